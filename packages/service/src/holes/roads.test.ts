import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { SubgraphOptions } from "../subgraph-options.ts";
import {
  type TestAnswer,
  type TestSubgraph,
  openPolicy,
  testSubgraph,
} from "../testing.ts";

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", { name: "@requiresScopes", as: "@needs" }])
  type Query {
    events: [Event]
    records: [Record]
    record: Record
    letter: Letter
    medical: Medical
    medicals: [Medical!]
    found: [Found]
    person: Person
  }
  type Mutation {
    order: Person @needs(scopes: [["order"]])
    audit: Medical
    greet: String
  }
  interface Event { id: ID amount: Int proof: Proof }
  type Bonus implements Event { id: ID amount: Int @needs(scopes: [["pay"]]) proof: Payslip }
  type Refund implements Event { id: ID amount: Int proof: Receipt }
  union Proof = Payslip | Receipt
  type Payslip @needs(scopes: [["slip"]]) { number: String }
  type Receipt { number: String }
  interface Record { title: String }
  type Letter implements Record { title: String }
  type Medical implements Record @key(fields: "title") @needs(scopes: [["health"]]) { title: String }
  union Found = Letter | Medical
  type Person {
    name: String
    pay(in: String): Int @needs(scopes: [["pay", "read"]])
    code: Secret
    codes: [[Secret!]!]
    mood: Mood
    moods: [Mood!]
    health: Medical
    history: [Medical!]
  }
  scalar Secret @needs(scopes: [["secret"]])
  enum Mood @needs(scopes: [["mood"]]) { FINE }`;

const bonus = { __typename: "Bonus", id: "1" };
const refund = { __typename: "Refund", id: "2" };
const letter = { __typename: "Letter", title: "Welcome" };
const medical = { __typename: "Medical" };

const options: SubgraphOptions<object> = {
  ...{ name: "records", schema, policy: openPolicy("records", schema) },
  resolvers: {
    Query: {
      events: () => [bonus, refund],
      records: () => note("Query.records", [medical, letter]),
      record: () => note("Query.record", letter),
      letter: () => letter,
      medical: () => note("Query.medical", medical),
      medicals: () => note("Query.medicals", [medical]),
      found: () => [medical, letter],
      person: () => ({ name: "Ada" }),
    },
    Mutation: {
      order: () => note("Mutation.order", { name: "Ada" }),
      audit: () => note("Mutation.audit", medical),
      greet: () => "hello",
    },
    Bonus: {
      amount: () => note("Bonus.amount", 5),
      proof: () => note("Bonus.proof", { number: "S-1" }),
    },
    Refund: { amount: () => 6, proof: () => ({ number: "R-1" }) },
    Medical: {
      __resolveReference: () => note("Medical", medical),
      title: () => note("Medical.title", "X-ray"),
    },
    Person: {
      pay: () => note("Person.pay", 90),
      code: () => note("Person.code", "c"),
      codes: () => note("Person.codes", [["c"]]),
      mood: () => note("Person.mood", "FINE"),
      moods: () => note("Person.moods", ["FINE"]),
      health: () => note("Person.health", medical),
      history: () => note("Person.history", [medical]),
    },
  },
  ...{ subjects: {}, reports: () => Promise.resolve(new Set<string>()) },
  ...{ context: () => ({}), dependencies: {} },
};

const entity =
  '_entities(representations: [{ __typename: "Medical", title: "X-ray" }])';

const everything = "pay read slip health secret mood order";

const called: string[] = [];
let subgraph: TestSubgraph;

beforeAll(async () => {
  subgraph = await testSubgraph(options);
});

afterAll(() => subgraph.close());

beforeEach(() => void (called.length = 0));

test.each([
  ["by its name", "{ events { id amount } }", "amount"],
  ["under an alias", "{ events { id a: amount } }", "a"],
  [
    "in a fragment without a type",
    "{ events { id ... { amount } } }",
    "amount",
  ],
  [
    "in a fragment on the interface",
    "{ events { id ... on Event { amount } } }",
    "amount",
  ],
])(
  "hole 1, CVE-2025-64173 / GHSA-x33c-7c2v-mrj9: an implementation stricter than its interface is closed through the interface, %s",
  async (_how, query, key) => {
    const denied = await ask(query, "slip");
    expect(denied.data).toEqual({
      events: [
        { id: "1", [key]: null },
        { id: "2", [key]: 6 },
      ],
    });
    expect(coordinatesOf(denied)).toEqual(["Bonus.amount"]);
    expect(called).toEqual([]);
    expect(await ask(query, "pay")).toMatchObject({
      data: { events: [{ [key]: 5 }, { [key]: 6 }] },
      errors: undefined,
    });
  },
);

test("hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a fragment on an implementation is judged by that type", async () => {
  const query =
    "{ events { ... on Bonus { amount } ... on Refund { amount } } }";
  const denied = await ask(query, "");
  expect(denied.data).toEqual({ events: [{ amount: null }, { amount: 6 }] });
  expect(called).toEqual([]);
  expect((await ask(query, "pay")).errors).toBeUndefined();
});

test.each([
  ["a harmless name", "{ person { a: pay } }", "Person.pay"],
  ["the name of an open field", "{ person { name: pay } }", "Person.pay"],
  ["swapped names", "{ person { name: pay pay: name } }", "Person.pay"],
  [
    "a name in a fragment",
    "{ person { ...F } } fragment F on Person { name: pay }",
    "Person.pay",
  ],
  [
    "names that differ by their arguments",
    `{ person { a: pay(in: "EUR") b: pay(in: "USD") } }`,
    "Person.pay",
  ],
  [
    "the name of a meta field",
    "{ person { __typename: code } }",
    "Person.code",
  ],
  ["the name of the SDL", "{ _service: medical { title } }", "Query.medical"],
])(
  "hole 5, wundergraph/cosmo#1815: a closed field is judged by its schema name under %s",
  async (_form, query, coordinate) => {
    const denied = await ask(query, "pay");
    expect(new Set(coordinatesOf(denied))).toEqual(new Set([coordinate]));
    expect(called).toEqual([]);
    expect((await ask(query, everything)).errors).toBeUndefined();
    expect(called).toContain(coordinate);
  },
);

test.each([
  ["a query", "{ person { pay } }", "person"],
  ["a mutation", "mutation { order { name } }", "order"],
  ["an entity", `{ ${entity} { ... on Medical { title } } }`, "_entities"],
])(
  "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision: %s",
  async (_what, query, root) => {
    const open = { data: { [root]: expect.anything() }, errors: undefined };
    const closed = { errors: [expect.anything()] };
    for (const scopes of ["", everything, "", everything])
      expect(await ask(query, scopes)).toMatchObject(scopes ? open : closed);
    await Promise.all(
      ["", everything, "", everything].map(async (scopes) =>
        expect(await ask(query, scopes)).toMatchObject(scopes ? open : closed),
      ),
    );
  },
);

test.each([
  ["a scalar", "code", "secret"],
  ["a list of lists of a scalar", "codes", "secret"],
  ["an enum", "mood", "mood"],
  ["a list of an enum", "moods", "mood"],
  ["an object", "health { title }", "health"],
  ["an object, its name alone", "health { __typename }", "health"],
  ["a list of an object", "history { title }", "health"],
])(
  "hole 10: a field is closed by %s it returns",
  async (_kind, selection, scope) => {
    const query = `{ person { name ${selection} } }`;
    const others = everything.replace(scope, "");
    const coordinate = `Person.${selection.split(" ")[0]}`;
    const denied = await ask(query, others);
    expect(coordinatesOf(denied)).toEqual([coordinate]);
    expect(denied.data).toMatchObject({ person: { name: "Ada" } });
    expect(called).toEqual([]);
    expect((await ask(query, scope)).errors).toBeUndefined();
    expect(called).toContain(coordinate);
  },
);

test("hole 10: an implementation's narrower return type is judged through the interface", async () => {
  const query =
    "{ events { id proof { ... on Payslip { number } ... on Receipt { number } } } }";
  const denied = await ask(query, "pay");
  expect(denied.data).toEqual({
    events: [
      { id: "1", proof: null },
      { id: "2", proof: { number: "R-1" } },
    ],
  });
  expect(coordinatesOf(denied)).toEqual(["Bonus.proof"]);
  expect(called).toEqual([]);
  expect((await ask(query, "slip")).errors).toBeUndefined();
});

test.each([
  ["a field", "medical { title }", "Query.medical"],
  ["a list", "medicals { title }", "Query.medicals"],
  ["an interface", "records { title }", "Query.records"],
  [
    "an interface, for a row of another type",
    "record { title }",
    "Query.record",
  ],
  [
    "an interface, for another implementation",
    "records { ... on Letter { title } }",
    "Query.records",
  ],
  [
    "a member of a union",
    "found { ... on Medical { title } }",
    "Medical.title",
  ],
  [
    "an interface inside a union",
    "found { ... on Record { title } }",
    "Medical.title",
  ],
  ["_entities", `${entity} { ... on Medical { title } }`, "Medical"],
  ["_entities, its name alone", `${entity} { __typename }`, "Medical"],
])(
  "hole 11: a closed type is not reached by way of %s, however it is wrapped",
  async (_road, selection, coordinate) => {
    const fragments = `fragment F on Query { ...G } fragment G on Query { ${selection} }`;
    for (const query of [
      `{ ${selection} }`,
      `{ a: ${selection} }`,
      `{ ... { ${selection} } }`,
      `{ ... on Query { ... @include(if: true) { ${selection} } } }`,
      `{ ...F } ${fragments}`,
    ]) {
      const denied = await ask(query, "pay slip secret");
      expect([query, coordinatesOf(denied)]).toEqual([query, [coordinate]]);
      expect(called).toEqual([]);
    }
    expect((await ask(`{ ${selection} }`, "health")).errors).toBeUndefined();
  },
);

test.each([
  ["by its own scope", "mutation { greet order { name } }", "Mutation.order"],
  [
    "by the type it returns",
    "mutation { audit { __typename } greet }",
    "Mutation.audit",
  ],
  [
    "under another's alias",
    "mutation { greet: order { name } }",
    "Mutation.order",
  ],
  [
    "between two that are open",
    "mutation { a: greet order { name } b: greet }",
    "Mutation.order",
  ],
])(
  "hole 12: a mutation that is denied %s is never called",
  async (_how, query, coordinate) => {
    const denied = await ask(query, "pay slip secret mood");
    expect(coordinatesOf(denied)).toEqual([coordinate]);
    expect(called).toEqual([]);
    expect((await ask(query, "order health")).errors).toBeUndefined();
    expect(called).toEqual([coordinate]);
  },
);

function ask(query: string, scopes: string): Promise<TestAnswer> {
  return subgraph.ask(query, { scopes: scopes.split(" ").filter(Boolean) });
}

function coordinatesOf({ errors = [] }: TestAnswer) {
  return errors.map(({ extensions }) => extensions["coordinate"]);
}

function note<Value>(coordinate: string, value: Value): Value {
  called.push(coordinate);
  return value;
}
