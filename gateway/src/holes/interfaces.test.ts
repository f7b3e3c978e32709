import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { Kind, parse, print, visit } from "graphql";
import {
  type GraphAnswer,
  type GraphPart,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

/** A bonus is closed by its amount, a medical record by its type. */
const records: GraphPart = {
  sdl: `
    type Query {
      payEvents: [PayEvent]
      refund: Refund
      records: [Record]
      record: Record!
      letter: Letter
      medical: Medical
      medicals: [Medical!]!
      found: [Found]
    }
    type Mutation @requiresScopes(scopes: [["write"]]) { send: Letter }
    interface PayEvent { id: ID amount: Int proof: Proof }
    type Bonus implements PayEvent { id: ID amount: Int @requiresScopes(scopes: [["pay"]]) proof: Payslip }
    type Refund implements PayEvent { id: ID amount: Int proof: Receipt }
    union Proof = Payslip | Receipt
    type Payslip @requiresScopes(scopes: [["slip"]]) { number: String }
    type Receipt { number: String }
    interface Record { title: String }
    type Letter implements Record { title: String }
    type Medical implements Record @requiresScopes(scopes: [["health"]]) { title: String }
    union Found = Letter | Medical`,
  resolvers: {
    Query: {
      payEvents: () => [bonus, refund],
      refund: () => refund,
      records: () => [medical, letter],
      record: () => medical,
      letter: () => letter,
      medical: () => medical,
      medicals: () => [medical],
      found: () => [medical, letter],
    },
    Mutation: { send: () => (called.push("Mutation.send"), letter) },
    Bonus: {
      amount: () => (called.push("Bonus.amount"), 5),
      proof: () => (called.push("Bonus.proof"), { number: "S-1" }),
    },
    Medical: { title: () => (called.push("Medical.title"), "X-ray") },
  },
};
const bonus = { __typename: "Bonus", id: "1" };
const refund = {
  __typename: "Refund",
  id: "2",
  amount: 6,
  proof: { number: "R-1" },
};
const letter = { __typename: "Letter", title: "Welcome" };
const medical = { __typename: "Medical" };

const called: string[] = [];
const estate = new AsyncDisposableStack();
let asComposed: TestGateway;
/** What composition adds to interfaces may be missing: older composers add nothing. */
let bare: TestGateway;

beforeAll(async () => {
  const subgraphs = estate.use(await startSubgraphs({ records }));
  const sdl = composeParts({ records }, subgraphs.urls);
  asComposed = estate.use(await startTestGateway(sdl, subgraphs));
  bare = estate.use(
    await startTestGateway(withoutInterfaceRules(sdl), subgraphs),
  );
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

test.each([
  ["by its name", "{ payEvents { id amount } }"],
  ["under an alias", "{ payEvents { id amount: amount } }"],
  ["in a fragment without a type", "{ payEvents { id ... { amount } } }"],
  [
    "in a fragment on the interface",
    "{ payEvents { id ... on PayEvent { amount } } }",
  ],
  [
    "in a named fragment",
    "{ payEvents { id ...F } } fragment F on PayEvent { amount }",
  ],
])(
  "hole 1, CVE-2025-64173 / GHSA-x33c-7c2v-mrj9: an implementation stricter than its interface denies the interface's selection, %s",
  async (_how, query) => {
    const denied = await askBoth(query, "slip");
    expect(denied.data).toEqual({
      payEvents: [
        { id: "1", amount: null },
        { id: "2", amount: null },
      ],
    });
    expect(coordinatesOf(denied)).toEqual(["PayEvent.amount"]);
    expect(textOf(denied)).not.toContain("amount");
    expect(called).toEqual([]);
    const granted = await askBoth(query, "pay");
    expect(granted).toMatchObject({
      data: { payEvents: [{ amount: 5 }, { amount: 6 }] },
      errors: [],
    });
  },
);

test("hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a fragment on an implementation is judged by that type, not by its interface", async () => {
  const query =
    "{ payEvents { ... on Bonus { amount } ... on Refund { amount } } }";
  const denied = await askBoth(query, "");
  expect(denied.data).toEqual({ payEvents: [{ amount: null }, { amount: 6 }] });
  expect(coordinatesOf(denied)).toEqual(["Bonus.amount"]);
  expect(called).toEqual([]);
  expect((await askBoth(query, "pay")).data).toEqual({
    payEvents: [{ amount: 5 }, { amount: 6 }],
  });
});

test("hole 10: an implementation's narrower return type is judged through the interface", async () => {
  const query = "{ payEvents { id proof { ... on Receipt { number } } } }";
  const denied = await askBoth(query, "pay");
  expect(denied.data).toEqual({
    payEvents: [
      { id: "1", proof: null },
      { id: "2", proof: null },
    ],
  });
  expect(coordinatesOf(denied)).toEqual(["PayEvent.proof"]);
  expect(called).toEqual([]);
  expect((await askBoth(query, "slip")).data).toEqual({
    payEvents: [
      { id: "1", proof: {} },
      { id: "2", proof: { number: "R-1" } },
    ],
  });
  expect((await askBoth("{ refund { proof { number } } }", "")).data).toEqual({
    refund: { proof: { number: "R-1" } },
  });
});

const roads = [
  ["a field", "medical", "{ title }", "Query.medical"],
  ["a list that promises its items", "medicals", "{ title }", "Query.medicals"],
  ["an interface", "records", "{ title }", "Query.records"],
  ["an interface that is promised", "record", "{ title }", "Query.record"],
  [
    "an interface, for another implementation",
    "records",
    "{ ... on Letter { title } }",
    "Query.records",
  ],
  ["a member of a union", "found", "{ ... on Medical { title } }", "Medical"],
  [
    "an interface inside a union",
    "found",
    "{ ... on Record { title } }",
    "Record",
  ],
  [
    "the interface of an open object",
    "letter",
    "{ ... on Record { title } }",
    "Record",
  ],
  ["its name alone", "medical", "{ __typename }", "Query.medical"],
  [
    "its name alone, in a union",
    "found",
    "{ ... on Medical { __typename } }",
    "Medical",
  ],
] as const;

test.each(roads)(
  "hole 11: a closed type is not reached by way of %s, however it is wrapped",
  async (_road, field, selections, coordinate) => {
    for (const query of wraps(`${field} ${selections}`)) {
      const denied = await askBoth(query, "pay slip");
      expect([query, coordinatesOf(denied)]).toEqual([query, [coordinate]]);
      expect(denied.asked).toEqual([]);
      expect(called).toEqual([]);
    }
    const granted = await askBoth(`{ ${field} ${selections} }`, "health");
    expect(granted.errors).toEqual([]);
    expect(granted.asked).toHaveLength(1);
  },
);

test("hole 11: members of a union that are open stay so beside one that is closed", async () => {
  const query =
    "{ found { ... on Medical { title } ... on Letter { title } } }";
  expect(await askBoth(query, "")).toMatchObject({
    data: { found: [{ title: null }, { title: "Welcome" }] },
  });
  expect(called).toEqual([]);
  expect((await askBoth(query, "health")).data).toEqual({
    found: [{ title: "X-ray" }, { title: "Welcome" }],
  });
});

test("hole 11: a root type that is closed closes each of its fields", async () => {
  const query = "mutation { a: send { title } ... { b: send { title } } }";
  const denied = await askBoth(query, "");
  expect(denied.data).toEqual({ a: null, b: null });
  expect(coordinatesOf(denied)).toEqual(["Mutation", "Mutation"]);
  expect(called).toEqual([]);
  await askBoth(query, "write");
  expect(called).toEqual(Array(4).fill("Mutation.send"));
});

test("hole 11: entities cannot be asked for by their keys", async () => {
  const query =
    '{ _entities(representations: [{ __typename: "Medical" }]) { ... on Medical { title } } }';
  expect(await askBoth(query, "health")).toMatchObject({
    status: 400,
    errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
    asked: [],
  });
});

/** Both gateways answer alike. */
async function askBoth(query: string, scopes: string): Promise<GraphAnswer> {
  const [one, other] = [
    await asComposed.ask(query, scopes),
    await bare.ask(query, scopes),
  ];
  expect(other.text).toBe(one.text);
  return one;
}

function coordinatesOf({ errors }: GraphAnswer) {
  return errors.map(({ extensions }) => extensions?.["coordinate"]);
}

function textOf({ asked }: GraphAnswer): string {
  return asked.map(({ query }) => query).join("\n");
}

function withoutInterfaceRules(sdl: string): string {
  const bared = visit(parse(sdl), {
    [Kind.INTERFACE_TYPE_DEFINITION]: {
      enter: (type) =>
        visit(type, {
          Directive: ({ name }) =>
            name.value === "requiresScopes" ? null : undefined,
        }),
    },
  });
  const text = print(bared);
  if (text === print(parse(sdl))) throw new Error("Nothing was taken off");
  return text;
}

/** The same field as it stands, and in fragments of every kind. */
function wraps(field: string): readonly string[] {
  const fragments = `fragment F on Query { ...G } fragment G on Query { ${field} }`;
  return [
    `{ ${field} }`,
    `{ a: ${field} }`,
    `{ ... { ${field} } }`,
    `{ ... on Query { ... { ${field} } } }`,
    `{ ... @include(if: true) { ${field} } }`,
    `{ ...F } ${fragments}`,
    `{ ... @skip(if: true) { __typename } ...F @skip(if: false) } ${fragments}`,
  ];
}
