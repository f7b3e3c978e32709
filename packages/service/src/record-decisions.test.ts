import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { DecisionEvent, PolicyEvaluator } from "@hr/access";
import { createLogger } from "./log.ts";
import { Forbidden, Unauthorized } from "./errors.ts";
import { guardSubgraph } from "./guarded-subgraph.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { openPolicy } from "./test-policy.ts";
import { type TestCaller, type TestSubgraph, testSubgraph } from "./testing.ts";

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@policy", "@requiresScopes"])
  type Query {
    people(filter: Filter): [Person] @requiresScopes(scopes: [["staff:read"]])
    free: Int
    vault: Int @policy(policies: [["night"]])
    both: Int @policy(policies: [["night"]]) @requiresScopes(scopes: [["staff:read"]])
    domain(hide: Boolean): Int
  }
  type Person @key(fields: "id") @requiresScopes(scopes: [["staff:read"]]) {
    id: ID
    pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:self"]])
  }
  input Filter { pay: Int }
`;

const people = ["emp_ada", "emp_ben", "emp_zoe"].map((id) => ({ id, pay: 1 }));
const now = new Date("2026-03-31T12:00:00Z");
const events: DecisionEvent[] = [];
const lines: Record<string, unknown>[] = [];
const logger = createLogger("people", {
  write: (line: string) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
});
const asked: string[][] = [];
let evaluate: PolicyEvaluator = () => [];

const options: SubgraphOptions<object> = {
  name: "people",
  schema,
  policy: openPolicy("people", schema),
  resolvers: {
    Query: {
      people: () => people,
      free: () => 1,
      vault: () => 1,
      both: () => 1,
      domain(_: unknown, { hide }: { readonly hide: boolean }) {
        throw hide
          ? new Forbidden("Query.domain")
          : new Unauthorized(
              "Query.domain",
              { authenticated: true, scopes: [[["x"]]], policies: [] },
              { kind: "person", scopes: new Set() },
            );
      },
    },
    Person: {
      __resolveReference: ({ id }: { readonly id: string }) =>
        people.find((one) => one.id === id) ?? null,
    },
  },
  subjects: {
    Person: { kind: "of", id: ({ id }: { readonly id: string }) => id },
  },
  criteria: { "Filter.pay": "Person.pay" },
  policies(names, principal) {
    asked.push([...names, principal.subject]);
    return evaluate(names, principal);
  },
  reports: () => Promise.resolve(new Set()),
  context: () => ({}),
  dependencies: {},
};

const subgraph: TestSubgraph = await testSubgraph(options, {
  ...{
    clock: () => now,
    decisions: (event) => void events.push(event),
    logger,
  },
});
afterAll(() => subgraph.close());
beforeEach(() => {
  events.length = 0;
  lines.length = 0;
  asked.length = 0;
  evaluate = () => [];
});

const ada = (...scopes: readonly string[]): TestCaller => ({
  ...{ subject: "usr_ada", clientId: "app", employeeId: "emp_ada", scopes },
});

describe("each request leaves one event", () => {
  test("of who asked what, when all was granted", async () => {
    await subgraph.ask(
      "query People { people { id pay } free }",
      ada("staff:read", "pay:read"),
    );
    expect(events).toEqual([
      {
        at: "2026-03-31T12:00:00.000Z",
        requestId: expect.stringMatching(/./),
        enforcer: "subgraph:people",
        policy: "0",
        mode: "filter",
        subject: "usr_ada",
        clientId: "app",
        operationName: "People",
        operationHash: expect.stringMatching(/^[\da-f]{64}$/),
        granted: ["Person.pay", "Query.people"],
        denied: [],
      },
    ]);
    expect(lines.filter(({ level }) => level !== "info")).toEqual([]);
  });

  test("that counts what was denied, by what kept the caller out", async () => {
    await subgraph.ask(
      "{ a: people { pay } b: people { pay } both vault }",
      ada("staff:read", "pay:read:self"),
    );
    expect(events).toMatchObject([
      {
        operationName: null,
        granted: ["Person.pay", "Query.people"],
        denied: expect.arrayContaining([
          { coordinate: "Person.pay", reason: "reach", count: 4 },
          { coordinate: "Query.both", reason: "policy", count: 1 },
          { coordinate: "Query.vault", reason: "policy", count: 1 },
        ]),
      },
    ]);
    await subgraph.ask("{ people { id } both }", ada());
    expect(events[1]).toMatchObject({
      granted: [],
      denied: [
        { coordinate: "Query.people", reason: "scope", count: 1 },
        { coordinate: "Query.both", reason: "scope", count: 1 },
      ],
    });
  });

  test("that holds the criteria and the refusals of the domain", async () => {
    await subgraph.ask(
      "{ people(filter: { pay: 4711 }) { id } domain hidden: domain(hide: true) }",
      ada("staff:read"),
    );
    expect(events).toMatchObject([
      {
        denied: expect.arrayContaining([
          { coordinate: "Filter.pay", reason: "scope", count: 1 },
          { coordinate: "Query.domain", reason: "scope", count: 1 },
          { coordinate: "Query.domain", reason: "reach", count: 1 },
        ]),
      },
    ]);
    expect(JSON.stringify(events)).not.toContain("4711");
  });

  test("for entities too; what never ran leaves none", async () => {
    const query =
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id } } }";
    const r = [{ __typename: "Person", id: "emp_zoe" }];
    await subgraph.ask(query, ada("staff:read"), { r });
    await subgraph.ask("{ nothing }", ada("staff:read"));
    expect(events).toMatchObject([{ granted: ["Person"], denied: [] }]);
    expect(JSON.stringify(events)).not.toContain("emp_zoe");
  });
});

test("what the guard denies behind a gateway means that the policies differ, and is told", async () => {
  const differing = () => lines.filter(({ level }) => level === "warn");
  await subgraph.ask(
    "{ people(filter: { pay: 1 }) { id } domain }",
    ada("staff:read"),
  );
  await subgraph.ask("{ people { pay } }", ada("staff:read", "pay:read:self"));
  expect(differing()).toEqual([]);
  await subgraph.ask("{ people { pay } }", ada("staff:read"));
  expect(differing()).toMatchObject([
    { event: "policies differ", coordinates: ["Person.pay"] },
  ]);
});

describe("policies", () => {
  const query = "{ vault }";

  test("are decided once per request, for its caller", async () => {
    evaluate = () => ["night"];
    expect(
      await subgraph.ask("{ vault both free }", ada("staff:read")),
    ).toMatchObject({ data: { vault: 1, both: 1 }, errors: undefined });
    expect(asked).toEqual([["night", "usr_ada"]]);
  });

  test("that are not granted close what names them", async () => {
    expect(await subgraph.ask("{ vault free }", ada())).toMatchObject({
      data: { vault: null, free: 1 },
      errors: [
        {
          message: "Query.vault needs the policy night",
          extensions: {
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate: "Query.vault",
            requiredPolicies: [["night"]],
          },
        },
      ],
    });
  });

  test("are not remembered from one request to the next of the same caller", async () => {
    const answers: unknown[] = [];
    for (const granted of [["night"], [], ["night"]]) {
      evaluate = () => Promise.resolve(granted);
      answers.push((await subgraph.ask(query, ada())).data?.["vault"]);
    }
    expect(answers).toEqual([1, null, 1]);
  });

  test("do not hold when their evaluator fails, and its words are not logged", async () => {
    evaluate = () => {
      throw new RangeError("emp_ada is unknown");
    };
    expect(await subgraph.ask(query, ada())).toMatchObject({
      data: { vault: null },
    });
    const failures = lines.filter(({ level }) => level === "error");
    expect(failures).toMatchObject([
      { event: "policies not decided", fault: "RangeError" },
    ]);
    expect(JSON.stringify(lines)).not.toContain("emp_ada is");
  });

  test("that nobody decides keep a subgraph from starting", () => {
    const { policies: _policies, ...undecided } = options;
    const place = { logger, clock: () => now };
    expect(() => guardSubgraph(undecided, place)).toThrow(
      /Query\.vault names the policies night[^]*Query\.both names the policies night/,
    );
    expect(() => guardSubgraph(options, place)).not.toThrow();
  });
});
