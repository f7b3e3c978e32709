import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type People,
  bearing,
  everything,
  startPeople,
  zoe,
} from "./test-people.ts";

const estate = new AsyncDisposableStack();
let people: People;

beforeAll(async () => {
  people = estate.use(await startPeople());
});

afterAll(() => estate.disposeAsync());

beforeEach(() => people.reset());

const two = {
  "a query": ["{ sum }", { sum: 9 }, { sum: null }],
  "a mutation": ["mutation { order }", { order: "done" }, { order: null }],
  rows: [
    `{ ${zoe} { ... on Person { pay } } }`,
    { _entities: [{ pay: 90 }] },
    { _entities: [null] },
  ],
} as const;

test.each(
  Object.entries(two).flatMap(([what, [query, open, closed]]) => [
    [
      what,
      "the unprivileged first",
      query,
      [
        ["", closed],
        [everything, open],
        ["", closed],
      ],
    ] as const,
    [
      what,
      "the privileged first",
      query,
      [
        [everything, open],
        ["", closed],
        [everything, open],
      ],
    ] as const,
  ]),
)(
  "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision: %s, %s",
  async (_what, _order, query, asking) => {
    for (const [scopes, data] of asking)
      expect((await people.ask({ query }, scopes)).data).toEqual(data);
    const answers = await Promise.all(
      asking.map(([scopes]) => people.ask({ query }, scopes)),
    );
    expect(answers.map(({ data }) => data)).toEqual(
      asking.map(([, data]) => data),
    );
  },
);

test("hole 6, GHSA-hx78-272p-mqqh: a policy is decided anew for each request of one token", async () => {
  const token = await people.tokenOf("");
  const askHolding = async (held: readonly string[]) => {
    people.others.policies = () => held;
    return (await people.send({ query: "{ local }" }, bearing(token))).body
      .data;
  };
  expect(await askHolding(["local"])).toEqual({ local: "l" });
  expect(await askHolding([])).toEqual({ local: null });
  expect(people.called).toEqual(["Query.local"]);
  expect(await askHolding(["local"])).toEqual({ local: "l" });
});

test("hole 16: an evaluator that fails grants nothing", async () => {
  const query = "{ open local }";
  people.others.policies = () => {
    throw new Error("down");
  };
  expect((await people.ask({ query }, "")).data).toEqual({
    open: "yes",
    local: null,
  });
  expect(people.called).toEqual(["Query.open"]);
  people.others.policies = () => ["local"];
  expect((await people.ask({ query }, "")).data).toEqual({
    open: "yes",
    local: "l",
  });
});

test("hole 16: a reporting line that does not answer puts everybody out of reach", async () => {
  const query = `{ ${zoe} { ... on Person { name } } }`;
  people.others.reports = () => Promise.reject(new Error("down"));
  expect((await people.ask({ query }, "person:reports")).data).toEqual({
    _entities: [null],
  });
  expect(people.called).not.toContain("Person.name");
  people.reset();
  expect((await people.ask({ query }, "person:reports")).data).toEqual({
    _entities: [{ name: "Zoe" }],
  });
});

test.each(["__proto__", "constructor", "toString"])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as an alias or a key opens nothing",
  async (key) => {
    const query = `query ($r: [_Any!]!) { ${key}: sum _entities(representations: $r) { ... on Person { ${key}: pay name } } }`;
    const reference = JSON.parse(
      `{"__typename":"Person","id":"emp_zoe","${key}":{"pay":1,"scopes":["pay"]}}`,
    ) as unknown;
    const closed = JSON.stringify(
      await people.ask({ query, variables: { r: [reference] } }, "person"),
    );
    expect(closed).toContain(
      `"data":{"${key}":null,"_entities":[{"${key}":null,"name":"Zoe"}]}`,
    );
    expect(people.called).toEqual(["Person", "Person.name"]);
    const open = JSON.stringify(
      await people.ask({ query, variables: { r: [reference] } }, everything),
    );
    expect(open).toBe(
      `{"data":{"${key}":9,"_entities":[{"${key}":90,"name":"Zoe"}]}}`,
    );
    expect(Object.hasOwn(Object.prototype, "pay")).toBe(false);
  },
);
