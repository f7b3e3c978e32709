import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import type { Criteria } from "./criteria.ts";
import { guardSubgraph } from "./guarded-subgraph.ts";
import { createLogger } from "./log.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { openPolicy } from "./test-policy.ts";
import { type TestCaller, type TestSubgraph, testSubgraph } from "./testing.ts";

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query {
    people(filter: Filter, orderBy: [Order!] = [{ field: NAME }], payAbove: Int): [Person]
    own(filter: Filter): [Person] @requiresScopes(scopes: [["staff:read"], ["staff:read:self"]])
  }
  type Mutation { rename(input: Renaming): Int }
  type Person @requiresScopes(scopes: [["staff:read"], ["staff:read:self"]]) {
    name: String
    pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:self"]])
    team(filter: Filter): [Person]
  }
  input Filter { name: String, paidFrom: Int, kind: Kind = B, and: [Filter!], wide: Boolean = true }
  input Order { field: Field!, direction: Direction! = ASC }
  input Renaming { name: String }
  enum Field { NAME PAY }
  enum Direction { ASC DESC }
  enum Kind { A B }
`;

const criteria: Criteria = {
  "Filter.name": "Person.name",
  "Filter.paidFrom": "Person.pay",
  "Filter.kind": null,
  "Filter.and": null,
  "Filter.wide": null,
  "Order.field": null,
  "Order.direction": null,
  "Field.NAME": "Person.name",
  "Field.PAY": ["Person.pay", "Person.name"],
  "Query.people(payAbove:)": "Person.pay",
  Direction: null,
  Kind: null,
};

const ada = { name: "Ada", pay: 1 };
let calls = 0;
const people = () => {
  calls += 1;
  return [ada];
};

const options: SubgraphOptions<object> = {
  name: "people",
  schema,
  policy: openPolicy("people", schema),
  resolvers: {
    Query: { people, own: people },
    Mutation: { rename: () => 1 },
    Person: { team: people },
  },
  subjects: {
    Person: { kind: "of", id: () => "emp_ada" },
    "Query.own": { kind: "narrowed", by: "sql" },
  },
  criteria,
  reports: () => Promise.resolve(new Set()),
  context: () => ({}),
  dependencies: {},
};

const staff = callerWith("staff:read");
const payroll = callerWith("staff:read", "pay:read");
const self = callerWith("staff:read:self", "pay:read:self");

let subgraph: TestSubgraph;
beforeAll(async () => {
  subgraph = await testSubgraph(options);
});
afterAll(() => subgraph.close());
beforeEach(() => {
  calls = 0;
});

describe("rows are chosen and sorted", () => {
  test.each([
    ["by a field that is closed", "filter: { paidFrom: 5 }", "Filter.paidFrom"],
    [
      "at any depth",
      "filter: { and: [{ name: null }, { and: [{ paidFrom: 0 }] }] }",
      "Filter.paidFrom",
    ],
    ["by an order", "orderBy: [{ field: NAME }, { field: PAY }]", "Field.PAY"],
    ["by an argument", "payAbove: 1", "Query.people(payAbove:)"],
  ])("%s only with its scope", async (_, given, coordinate) => {
    const query = `{ people(${given}) { name } }`;
    expect(await subgraph.ask(query, staff)).toMatchObject({
      data: { people: null },
      errors: [
        {
          message: `${coordinate} needs pay:read`,
          path: ["people"],
          extensions: {
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate,
            missingScopes: ["pay:read"],
          },
        },
      ],
    });
    expect(calls).toBe(0);
    expect(await subgraph.ask(query, payroll)).toMatchObject({
      data: { people: [{ name: "Ada" }] },
      errors: undefined,
    });
  });

  test("as variables say, and nothing that is null or left out counts", async () => {
    const query =
      "query ($filter: Filter, $order: [Order!]) { people(filter: $filter, orderBy: $order, payAbove: null) { name } }";
    const ask = (variables: object) =>
      subgraph.ask(query, staff, variables as Record<string, unknown>);
    expect(await ask({ filter: { paidFrom: 5 } })).toMatchObject({
      errors: [{ extensions: { coordinate: "Filter.paidFrom" } }],
    });
    for (const variables of [
      {},
      { filter: null, order: null },
      { filter: { paidFrom: null, and: null, name: "Ada" } },
      { order: [{ field: "NAME" }] },
    ])
      expect(await ask(variables)).toMatchObject({ errors: undefined });
  });

  test("by what an argument is when it is left out", async () => {
    const query = "{ people { __typename } }";
    expect(await subgraph.ask(query, callerWith("staff:read"))).toMatchObject({
      errors: undefined,
    });
    const priced = await testSubgraph({
      ...options,
      schema: schema.replace("[{ field: NAME }]", "[{ field: PAY }]"),
    });
    expect(await priced.ask(query, staff)).toMatchObject({
      errors: [{ extensions: { coordinate: "Field.PAY" } }],
    });
    expect(await priced.ask(query, payroll)).toMatchObject({
      errors: undefined,
    });
    await priced.close();
  });

  test("among one's own by what one may read of oneself, and among all by what of all", async () => {
    const filter = "filter: { paidFrom: 5 }";
    expect(
      await subgraph.ask(`{ own(${filter}) { name } }`, self),
    ).toMatchObject({ data: { own: [{ name: "Ada" }] }, errors: undefined });
    expect(
      await subgraph.ask(`{ people(${filter}) { name } }`, self),
    ).toMatchObject({
      data: { people: null },
      errors: [
        {
          extensions: {
            coordinate: "Filter.paidFrom",
            requiredScopes: [["pay:read", "staff:read"]],
            missingScopes: ["pay:read", "staff:read"],
          },
        },
      ],
    });
    // Whose rows hang on a person nobody has said.
    expect(
      await subgraph.ask(`{ own { team(${filter}) { name } } }`, self),
    ).toMatchObject({
      data: { own: [{ team: null }] },
      errors: [{ extensions: { coordinate: "Filter.paidFrom" } }],
    });
  });
});

describe("a subgraph does not start", () => {
  const start = (declared: Criteria) => () =>
    guardSubgraph(
      { ...options, criteria: declared },
      {
        logger: createLogger("people", { write: () => undefined }),
        clock: () => new Date(),
      },
    );
  const without = (name: string) =>
    Object.fromEntries(
      Object.entries(criteria).filter(([one]) => one !== name),
    );

  test.each([
    ["Filter.paidFrom", "Filter.paidFrom"],
    ["Order.direction", "Order.direction"],
    ["Field.PAY", "Field.PAY"],
    ["Direction", "Direction.ASC"],
  ])("without a word on %s", (name, named) => {
    expect(start(without(name))).toThrow(
      `${named} can choose or sort rows, but nobody declared which field it tells of`,
    );
    expect(start(criteria)).not.toThrow();
  });

  test.each([
    ["Filter.age", null],
    ["Field.AGE", null],
    ["Query.people(age:)", null],
    ["Renaming.name", null],
    ["Person", null],
  ])("with a word on %s, which no query can use", (name, told) => {
    expect(start({ ...criteria, [name]: told })).toThrow(
      `The criteria name ${name}, which no query can use`,
    );
  });

  test.each(["Person.age", "Nobody.name", "Person", "Filter.name"])(
    "with a word that tells of %s, which is no field",
    (told) => {
      expect(start({ ...criteria, "Filter.name": told })).toThrow(
        `Filter.name tells of ${told}, which is no field here`,
      );
    },
  );
});

function callerWith(...scopes: readonly string[]): TestCaller {
  return { subject: "usr_ada", employeeId: "emp_ada", scopes };
}
