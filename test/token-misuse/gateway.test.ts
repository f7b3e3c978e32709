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
import { gatewayRules } from "./gateway-cases.ts";
import { type Place, startFront } from "./places.ts";
import { type Wire, bearer, send } from "./wire.ts";
import { gatewayWorld } from "./world.ts";

const world = gatewayWorld();
const table = [...rules, ...gatewayRules];
let front: Place;
let ran: number;

beforeAll(async () => {
  front = await startFront(world);
});
beforeEach(() => {
  ran = front.ran.length;
});
afterAll(() => front[Symbol.asyncDispose]());

/** Sends them in turn; the answer to the last, after those before it were granted. */
async function answerTo(requests: readonly Wire[]) {
  for (const request of requests.slice(0, -1)) {
    expect(await send(front.url, request)).toMatchObject({ status: 200 });
    ran += 1;
  }
  return send(front.url, requests.at(-1) ?? {});
}

describe("the gateway refuses, with the whole answer as it is written, and asks no subgraph", () => {
  test.each(casesOf(table))("$title", async ({ reason, make }) => {
    expect(await answerTo(requestsOf(make, world))).toEqual(
      refusal(reason, world),
    );
    expect(front.ran.length).toBe(ran);
  });
});

describe("the gateway grants", () => {
  test.each(grantsOf(table))("$title", async ({ make }) => {
    expect(await answerTo(requestsOf(make, world))).toMatchObject({
      status: 200,
      challenges: [],
      body: { data: { whoami: "usr_ada" } },
    });
    expect(front.ran.length).toBe(ran + 1);
  });
});

describe("R63: the gateway refuses an operation as a whole to a token whose scope", () => {
  const ask = (scope: string | undefined) =>
    send(front.url, {
      ...bearer(world.token({ scope })),
      query: "{ whoami pay }",
    });

  test.each([
    ["is absent", undefined],
    ["is another", "leave:read"],
    ["begins like it", "payroll:readonly"],
    ["it begins like", "payroll"],
    ["is narrower", "payroll:read:self"],
    ["is in other letters", "Payroll:Read"],
    ["is a star", "*"],
    ["is a pattern", "payroll:*"],
    ["holds it with a comma", "payroll:read,leave:read"],
  ])("%s", async (_how, scope) => {
    const { status, challenges, body } = await ask(scope);
    expect({ status, challenges, body }).toEqual({
      status: 403,
      challenges: [
        'Bearer realm="hr", resource_metadata="https://graph.example/.well-known/oauth-protected-resource/graphql", error="insufficient_scope", scope="payroll:read"',
      ],
      body: {
        data: null,
        errors: [
          {
            message: "Query.pay needs payroll:read",
            path: ["pay"],
            extensions: {
              code: "UNAUTHORIZED_FIELD_OR_TYPE",
              reason: "MISSING_SCOPE",
              coordinate: "Query.pay",
              requiredScopes: [["payroll:read"]],
              missingScopes: ["payroll:read"],
              occurrences: 1,
            },
          },
        ],
        extensions: {
          authorization: {
            suggestedScopes: ["payroll:read"],
            missingScopes: ["payroll:read"],
          },
        },
      },
    });
    expect(front.ran.length).toBe(ran);
  });

  test.each(["payroll:read", "leave:read payroll:read"])(
    "and grants it to %j",
    async (scope) => {
      expect(await ask(scope)).toMatchObject({
        status: 200,
        body: { data: { whoami: "usr_ada", pay: 1 } },
      });
    },
  );
});

test("R45: a header beyond what is read at all ends at 431", async () => {
  const { status } = await send(front.url, bearer("x".repeat(17_000)));
  expect({ status, ran: front.ran.length }).toEqual({ status: 431, ran });
});

test("R47: no request ever leaves for an address in a token", () => {
  expect(new Set(front.keys.asked)).toEqual(new Set(["/jwks.json"]));
});

test("R69: nothing of all those tokens is in the log", () => {
  expect(front.log()).toContain("usr_ada");
  expect(front.log()).not.toMatch(/eyJ|Bearer |urn:hr:subgraph/);
});
