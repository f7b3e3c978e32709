import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import { casesOf, grantsOf, requestsOf, rules } from "./cases.ts";
import { refusal } from "./expectation.ts";
import { type Place, startPeople } from "./places.ts";
import { subgraphRules } from "./subgraph-cases.ts";
import { bearer, send } from "./wire.ts";
import { subgraphWorld } from "./world.ts";

const world = subgraphWorld();
const table = [...rules, ...subgraphRules];
let people: Place;
let ran: number;

beforeAll(async () => {
  people = await startPeople(world);
});
beforeEach(() => {
  ran = people.ran.length;
});
afterAll(() => people[Symbol.asyncDispose]());

describe("a subgraph refuses, with the whole answer as it is written, and calls no resolver", () => {
  test.each(casesOf(table))("$title", async ({ reason, make }) => {
    const [request = {}] = requestsOf(make, world);
    expect(await send(people.url, request)).toEqual(refusal(reason, world));
    expect(people.ran.length).toBe(ran);
  });
});

describe("a subgraph grants", () => {
  test.each(grantsOf(table))("$title", async ({ make }) => {
    const [request = {}] = requestsOf(make, world);
    expect(await send(people.url, request)).toMatchObject({
      status: 200,
      challenges: [],
      body: { data: { whoami: "usr_ada" } },
    });
    expect(people.ran.length).toBe(ran + 1);
  });
});

describe("R63: a subgraph closes a field to a token whose scope", () => {
  const ask = (scope: string | undefined) =>
    send(people.url, { ...bearer(world.token({ scope })), query: "{ pay }" });

  test.each([undefined, "payroll:readonly", "Payroll:Read", "*", "payroll:*"])(
    "is %j",
    async (scope) => {
      expect(await ask(scope)).toMatchObject({
        status: 200,
        challenges: [],
        body: {
          data: { pay: null },
          errors: [
            {
              message: "Query.pay needs payroll:read",
              extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" },
            },
          ],
        },
      });
      expect(people.ran.length).toBe(ran);
    },
  );

  test("and opens it to payroll:read", async () => {
    expect(await ask("payroll:read")).toMatchObject({
      body: { data: { pay: 1 } },
    });
  });
});

test("R66: a subgraph takes a token for nobody, whose scope is none", async () => {
  const nobody = { sub: "anonymous", client_id: "anonymous" };
  const request = { ...bearer(world.token(nobody)), query: "{ whoami pay }" };
  expect(await send(people.url, request)).toMatchObject({
    status: 200,
    body: { data: { whoami: "anonymous", pay: null } },
  });
});
