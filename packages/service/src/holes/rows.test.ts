import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { SubgraphOptions } from "../subgraph-options.ts";
import { type TestSubgraph, openPolicy, testSubgraph } from "../testing.ts";

/** What opens each coordinate. A scope's suffix says for which rows. */
const rules = {
  "Person.leave": [["leave"], ["leave:reports"], ["leave:self"]],
  "Person.pay": [["pay"], ["pay:self"]],
  "Person.review": [["review"], ["review:reports"]],
  "Person.rating": [
    ["rating", "review"],
    ["rating", "review:reports"],
    ["rating:self", "review"],
  ],
  "Person.badge": [["badge"]],
  Contract: [["job"], ["job:reports"], ["job:self"]],
  Slip: [["slip"], ["slip:reports"], ["slip:self"]],
} as const;

const needs = (coordinate: keyof typeof rules) =>
  `@requiresScopes(scopes: ${JSON.stringify(rules[coordinate])})`;

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query {
    person(id: ID!): Person
    people: [Person]
    slip(id: ID!): Slip
    slips: [Slip]
    either: [Either]
  }
  union Either = Person | Slip
  type Person @key(fields: "id") {
    id: ID!
    leave: Int ${needs("Person.leave")}
    pay: Int ${needs("Person.pay")}
    review: Int ${needs("Person.review")}
    rating: Int ${needs("Person.rating")}
    contract: Contract
    badge: Int ${needs("Person.badge")}
    slips: [Slip]
  }
  type Contract ${needs("Contract")} { title: String }
  type Slip @key(fields: "id") ${needs("Slip")} { id: ID! owner: ID net: Int }`;

/** Mira asks; Ben is below her, Zoe is not. */
const whose = {
  emp_mira: "own",
  emp_ben: "report",
  emp_zoe: "stranger",
} as const;
type Owner = keyof typeof whose;
const owners = Object.keys(whose) as readonly Owner[];
const people = owners.map((id) => ({ __typename: "Person", id }));
const slips = owners.map((owner) => ({
  __typename: "Slip",
  id: `slip_of_${owner}`,
  owner,
}));

const noting =
  (field: string, value: unknown) =>
  ({ id }: { id: string }) => {
    called.push(`${field} ${id}`);
    return value;
  };

const options: SubgraphOptions<object> = {
  ...{ name: "people", schema, policy: openPolicy("people", schema) },
  resolvers: {
    Query: {
      person: (_: unknown, { id }: { id: string }) => find(people, id),
      people: () => people,
      slip: (_: unknown, { id }: { id: string }) => find(slips, id),
      slips: () => slips,
      either: () => [...people, ...slips],
    },
    Person: {
      __resolveReference: ({ id }: { id: string }) => find(people, id),
      leave: noting("leave", 1),
      pay: noting("pay", 1),
      review: noting("review", 1),
      rating: noting("rating", 1),
      contract: ({ id }: { id: string }) => ({ id }),
      badge: noting("badge", 1),
      slips: ({ id }: { id: string }) =>
        slips.filter(({ owner }) => owner === id),
    },
    Contract: { title: noting("contract", "Engineer") },
    Slip: {
      __resolveReference: ({ id }: { id: string }) => find(slips, id),
      net: noting("net", 1),
    },
  },
  subjects: {
    Person: { kind: "of", id: ({ id }: { id: string }) => id },
    Slip: { kind: "of", id: ({ owner }: { owner: string }) => owner },
    Contract: { kind: "inherited" },
    "Query.slip": { kind: "narrowed", by: "the guard alone, here" },
    "Query.slips": { kind: "narrowed", by: "the guard alone, here" },
  },
  reports: (manager, candidates) =>
    Promise.resolve(
      new Set(
        manager === "emp_mira"
          ? candidates.filter((one) => one === "emp_ben")
          : [],
      ),
    ),
  ...{ context: () => ({}), dependencies: {} },
};

const called: string[] = [];
let subgraph: TestSubgraph;

beforeAll(async () => {
  subgraph = await testSubgraph(options);
});

afterAll(() => subgraph.close());

beforeEach(() => void (called.length = 0));

const fields = {
  "Person.leave": "leave",
  "Person.pay": "pay",
  "Person.review": "review",
  "Person.rating": "rating",
  "Person.badge": "badge",
  Contract: "contract { title }",
  Slip: "net",
} as const;

const each = (type: string, of: (id: string) => string) =>
  owners
    .map(
      (owner, n) =>
        `a${n}: ${of(type === "Slip" ? `slip_of_${owner}` : owner)}`,
    )
    .join(" ");

/** Every way to the three rows, in one operation each. */
const roads = {
  "by their ids": (type: string, field: string) =>
    `{ ${each(type, (id) => `${type.toLowerCase()}(id: "${id}") { ${field} }`)} }`,
  "by a list": (type: string, field: string) =>
    `{ ${type === "Slip" ? "slips" : "people"} { ${field} } }`,
  "by a union": (type: string, field: string) =>
    `{ either { ... on ${type} { ${field} } } }`,
  "by _entities": (type: string, field: string) =>
    `{ ${each(type, (id) => `_entities(representations: [{ __typename: "${type}", id: "${id}" }]) { ... on ${type} { ${field} } }`)} }`,
  "by representations that lie": (type: string, field: string) =>
    `{ ${each(type, (id) => `_entities(representations: [{ __typename: "${type}", id: "${id}", owner: "emp_mira", employeeId: "emp_mira", subject: "emp_mira", leave: 1, net: 1 }]) { ... on ${type} { ${field} } }`)} }`,
} as const;

const cases = Object.entries(rules).flatMap(([coordinate, alternatives]) =>
  alternatives.flatMap((scopes: readonly string[]) =>
    Object.keys(roads).map((road) => ({
      coordinate,
      scopes,
      words: scopes.join(" and "),
      road,
    })),
  ),
) as readonly {
  readonly coordinate: keyof typeof rules;
  readonly scopes: readonly string[];
  readonly words: string;
  readonly road: keyof typeof roads;
}[];

test.each(cases)(
  "hole 21, GHSA-mpw3-7c6v-vfjp: $coordinate is open with $words, reached $road, for the rows of its reach alone",
  async ({ coordinate, scopes, road }) => {
    const type = coordinate === "Slip" ? "Slip" : "Person";
    const field = fields[coordinate];
    await subgraph.ask(roads[road](type, field), mira(scopes));
    expect([...called].sort()).toEqual(
      owners
        .filter((owner) => isReached(scopes, whose[owner]))
        .map(
          (owner) =>
            `${field.split(" ")[0]} ${type === "Slip" ? `slip_of_${owner}` : owner}`,
        )
        .sort(),
    );
    called.length = 0;
    await subgraph.ask(roads[road](type, field), {
      ...{ subject: "job", clientId: "job", employeeId: null },
      scopes,
    });
    expect(called).toHaveLength(isReached(scopes, "stranger") ? 3 : 0);
  },
);

test.each(cases.filter(({ coordinate }) => coordinate === "Slip"))(
  "hole 21, GHSA-mpw3-7c6v-vfjp: a row is there with $words, reached $road, where it is in reach, though nothing but its type is asked",
  async ({ scopes, road }) => {
    const query = roads[road]("Slip", "__typename");
    const { data } = await subgraph.ask(query, mira(scopes));
    expect(
      JSON.stringify(data).match(/"__typename":"Slip"/g) ?? [],
    ).toHaveLength(
      owners.filter((owner) => isReached(scopes, whose[owner])).length,
    );
  },
);

test("hole 21, GHSA-mpw3-7c6v-vfjp: a row out of reach says so and nothing else", async () => {
  const query = "{ people { id leave slips { net } } }";
  expect(
    await subgraph.ask(query, mira(["leave:reports", "slip:self"])),
  ).toMatchObject({
    data: {
      people: [
        { id: "emp_mira", leave: null, slips: [{ net: 1 }] },
        { id: "emp_ben", leave: 1, slips: [null] },
        { id: "emp_zoe", leave: null, slips: [null] },
      ],
    },
    errors: [
      {
        extensions: {
          code: "FORBIDDEN",
          coordinate: "Person.leave",
          occurrences: 2,
        },
      },
      { extensions: { code: "FORBIDDEN", occurrences: 2 } },
    ],
  });
});

test("hole 21, GHSA-mpw3-7c6v-vfjp: two alternatives that are held open the rows of both", async () => {
  await subgraph.ask(
    "{ people { leave rating } }",
    mira([
      "leave:self",
      "leave:reports",
      "rating",
      "rating:self",
      "review:reports",
    ]),
  );
  expect([...called].sort()).toEqual([
    "leave emp_ben",
    "leave emp_mira",
    "rating emp_ben",
  ]);
});

/** The rows of an alternative are those in the reach of each of its scopes. */
function isReached(
  scopes: readonly string[],
  row: "own" | "report" | "stranger",
): boolean {
  const suffix = { own: "self", report: "reports", stranger: "nobody" }[row];
  return scopes.every(
    (scope) => !scope.includes(":") || scope.endsWith(`:${suffix}`),
  );
}

function mira(scopes: readonly string[]) {
  return { subject: "usr_mira", employeeId: "emp_mira", scopes };
}

function find<Row extends { readonly id: string }>(
  rows: readonly Row[],
  id: string,
) {
  return rows.find((row) => row.id === id) ?? null;
}
