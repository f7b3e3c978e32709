import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  buildASTSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  parse,
} from "graphql";
import { type TestGraph, startTestGraph } from "./test-graph.ts";

/**
 * Whatever a client calls a field, only that key of the answer changes. A rename
 * swaps two response keys of one scope, in all its fragments: where the new name
 * is in use, its holder takes the old one. So every rename is a valid document
 * by the specification, and none has to be left out. Renames that share no name
 * go in one request.
 */
const operationsWanted = 105;
const atOnce = 8;

const staff = {
  sdl: `
    type Query {
      me: Person
      people(first: Int = 2): [Person!]!
      found: [Found!]!
      titled(first: Int): [Titled!]!
    }
    interface Titled { id: ID! title(long: Boolean): String }
    union Found = Person | Team
    type Person implements Titled @key(fields: "id") @key(fields: "code region { zone }") {
      id: ID!
      code: String! @inaccessible
      ssn: String @inaccessible
      risk: Int @inaccessible
      region: Region!
      title(long: Boolean): String
      name: String @shareable
      tags(first: Int): [String!]
      boss: Person
      reports(first: Int): [Person!]!
    }
    type Team implements Titled @key(fields: "id") {
      id: ID!
      title(long: Boolean): String
      size: Int
      budget: Int @inaccessible
      grid: [[Region]]
      members(first: Int): [Person!]!
    }
    type Region @shareable { zone: String! label: String }`,
  resolvers: {
    Query: {
      me: () => persons[0],
      people: (_: unknown, { first }: First) => persons.slice(0, first),
      found: () => [persons[1], team],
      titled: (_: unknown, { first }: First) =>
        [team, persons[0]].slice(0, first),
    },
    Titled: { __resolveType: typeOf },
    Found: { __resolveType: typeOf },
    Person: {
      __resolveReference: (key: Partial<Person>) =>
        persons.find(({ id, code }) => id === key.id || code === key.code),
      title,
      tags: ({ tags }: Person, { first }: First) => tags.slice(0, first),
      boss: () => persons[2],
      reports: (_: unknown, { first }: First) =>
        persons.slice(1, 3).slice(0, first),
    },
    Team: {
      __resolveReference: () => team,
      title,
      grid: () => [[persons[0]?.region, null], [persons[1]?.region]],
      members: (_: unknown, { first }: First) => persons.slice(0, first),
    },
  },
};

const pay = {
  sdl: `
    type Query { payslips(first: Int): [Payslip!]! }
    type Person @key(fields: "code region { zone }") {
      code: String! @inaccessible
      region: Region! @shareable
      risk: Int @external
      tags(first: Int): [String!] @external
      premium(currency: String): String @requires(fields: "risk tags(first: 2)")
      payslips(first: Int): [Payslip!]!
    }
    type Region @shareable { zone: String! }
    type Payslip @key(fields: "id") {
      id: ID!
      iban: String @inaccessible
      net: Money
      owner: Person
    }
    type Money @shareable { amount: Int currency: String }`,
  resolvers: {
    Query: {
      payslips: (_: unknown, { first }: First) => payslips.slice(0, first),
    },
    Person: {
      premium: (
        { risk, tags }: Person,
        { currency = "EUR" }: { currency?: string },
      ) => `${risk} ${tags.join()} ${currency}`,
      payslips: ({ code }: Person, { first }: First) =>
        payslips.filter(({ owner }) => owner.code === code).slice(0, first),
    },
    Payslip: { __resolveReference: payslipOf },
  },
};

const assets = {
  sdl: `
    type Query { assets(first: Int): [Asset!]! }
    interface Asset { id: ID! worth: Money holder: Person }
    type Laptop implements Asset @key(fields: "id") {
      id: ID!
      worth: Money
      holder: Person @provides(fields: "name")
      serial: String
      disk: String @inaccessible
    }
    type Badge implements Asset @key(fields: "id") {
      id: ID!
      worth: Money
      holder: Person
      room: Int
    }
    type Money @shareable { amount: Int currency: String }
    type Person @key(fields: "id") {
      id: ID!
      name: String @external
      laptop: Laptop
      assets(first: Int): [Asset!]!
    }
    type Payslip @key(fields: "id") {
      id: ID!
      net: Money @external
      memo: String @requires(fields: "net { amount }")
    }`,
  resolvers: {
    Query: { assets: (_: unknown, { first }: First) => held.slice(0, first) },
    Asset: { __resolveType: typeOf },
    Person: {
      laptop: () => held[0],
      assets: (_: unknown, { first }: First) => held.slice(0, first),
    },
    Payslip: {
      memo: ({ net }: (typeof payslips)[number]) => `Paid ${net.amount}`,
    },
  },
};

let graph: TestGraph;
let schema: GraphQLSchema;

beforeAll(async () => {
  graph = await startTestGraph({ staff, pay, assets });
  schema = buildASTSchema(parse(graph.sdl), { assumeValidSDL: true });
});

afterAll(() => graph[Symbol.asyncDispose]());

test("a renamed leaf changes its own key and nothing else", async () => {
  const operations = generateOperations(operationsWanted);
  const texts = operations.map(print);
  expect(new Set(texts).size).toBe(operationsWanted);
  for (const feature of [
    /\.\.\. on/,
    /\.\.\.F\d/,
    /\(first: \d/,
    /\(first: \$/,
    /premium|memo/,
  ])
    expect(texts.filter((text) => feature.test(text)).length).toBeGreaterThan(
      9,
    );

  const answers = await inTurns(texts, (text) => graph.ask(text, "", values));
  expect(answers.filter(({ data, errors }) => !data || errors.length)).toEqual(
    [],
  );

  const cases = operations.flatMap((operation, n) =>
    roundsOf(operation).map((renames) => ({
      renames,
      query: print(renames.reduce(swapped, operation)),
      expected: JSON.stringify({
        data: renames.reduce(swappedIn, answers[n]?.data),
      }),
    })),
  );
  const renames = cases.flatMap((one) => one.renames);
  expect(renames.length).toBeGreaterThan(50 * operationsWanted);

  const results = await inTurns(cases, async (one) => {
    const { text: received } = await graph.ask(one.query, "", values);
    return received === one.expected ? [] : [{ ...one, received }];
  });
  const wrong = results.flat();
  expect({ wrong: wrong.length, examples: wrong.slice(0, 3) }).toEqual({
    wrong: 0,
    examples: [],
  });
}, 180_000);

type First = { readonly first?: number };

const persons = ["Ada", "Ben", "Cleo"].map((name, n) => ({
  ...{ __typename: "Person", id: `p${n}`, code: `c${n}`, name },
  ...{ ssn: `078-05-112${n}`, risk: n + 5 },
  region: { zone: `z${n}`, label: `Zone ${n}` },
  tags: [1, 2, 3, 4].map((tag) => `${name}-${tag}`),
}));

type Person = (typeof persons)[number];

const team = {
  __typename: "Team",
  id: "t1",
  size: 3,
  budget: 90,
  title: "Crew",
};

const payslips = persons.flatMap((owner, n) =>
  [1, 2].map((month) => ({
    ...{ id: `s${n}${month}`, iban: `DE${n}`, owner },
    net: { amount: 1_000 * n + month, currency: "EUR" },
  })),
);

const held = ["Laptop", "Badge"].map((kind, n) => ({
  ...{ __typename: kind, id: `a${n}`, serial: "L-1", disk: "key", room: 12 },
  ...{ worth: { amount: n, currency: "EUR" }, holder: persons[n] },
}));

function typeOf({ __typename }: { __typename: string }): string {
  return __typename;
}

function title({ id }: { id: string }, { long }: { long?: boolean }): string {
  return long ? `The long title of ${id}` : `Title of ${id}`;
}

function payslipOf(key: { id: string }) {
  return payslips.find(({ id }) => id === key.id);
}

/** A selection as this test thinks of it: to be printed, or to have two keys swapped. */
type Field = {
  readonly kind: "field";
  readonly key: string;
  readonly name: string;
  readonly given: string;
  readonly type: GraphQLOutputType;
  /** None below a leaf. */
  readonly parts: readonly Part[];
};
type Fragment = {
  readonly kind: "inline" | "named";
  readonly on: string;
  readonly parts: readonly Part[];
};
type Part = Field | Fragment;

type Rename = {
  /** The response keys that lead to the scope. */
  readonly path: readonly string[];
  readonly from: string;
  readonly to: string;
};

type Random = (below: number) => number;

const values = { first: 1, long: true, currency: "USD" };
const given: Readonly<Record<string, readonly string[]>> = {
  first: ["", "", "(first: 1)", "(first: 2)", "(first: $first)"],
  long: ["", "(long: true)", "(long: $long)"],
  currency: ["", '(currency: "CHF")', "(currency: $currency)"],
};
const types = { first: "Int", long: "Boolean", currency: "String" };

/** Names that no type has, and that nobody is ready for. */
const oddNames = ["__proto__", "constructor", "toString", "r7_0", "x__alias_0"];

/** The same operations at every run, drawn from the schema by a fixed seed. */
function generateOperations(count: number): readonly (readonly Part[])[] {
  const random = randomFrom(7);
  const seen = new Map<string, readonly Part[]>();
  while (seen.size < count) {
    const parts = generate(typeNamed("Query"), 3, fixedArguments(random));
    const text = print(parts);
    if (text.length < 220) seen.set(text, parts);
  }
  return [...seen.values()];
}

type Draw = {
  readonly random: Random;
  /** The same for one name all over an operation, so that equal keys always merge. */
  readonly argumentsOf: (key: string, names: readonly string[]) => string;
};

function fixedArguments(random: Random): Draw {
  const known = new Map<string, string>();
  return {
    random,
    argumentsOf(key, [name = ""]) {
      const choices = given[name] ?? [""];
      const chosen = known.get(key) ?? choices[random(choices.length)] ?? "";
      known.set(key, chosen);
      return chosen;
    },
  };
}

function generate(
  type: GraphQLCompositeType,
  depth: number,
  draw: Draw,
): readonly Part[] {
  const { random } = draw;
  const fields = isUnionType(type)
    ? []
    : Object.values(type.getFields())
        .filter((field) => !isHidden(field))
        .filter(
          (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
        );
  const picked = fields
    .map((field) => ({ field, order: random(1_000) }))
    .sort((a, b) => a.order - b.order)
    .slice(0, 1 + random(4))
    .map(({ field }) => fieldPart(field, depth, draw));
  const fragments = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const wrapped = [...fragments, ...(random(4) === 0 ? [type] : [])]
    .filter((on) => isUnionType(type) || on === type || random(3) > 0)
    .map((on): Part => ({
      kind: random(2) === 0 ? "inline" : "named",
      on: on.name,
      parts: generate(isObjectType(on) ? on : type, depth - 1, draw),
    }));
  const name: Part[] =
    random(4) === 0 || picked.length + wrapped.length === 0
      ? [leaf("__typename")]
      : [];
  return [...picked, ...name, ...wrapped];
}

function fieldPart(
  field: GraphQLField<unknown, unknown>,
  depth: number,
  draw: Draw,
): Field {
  const type = getNamedType(field.type);
  const composite = isCompositeType(type);
  const key =
    composite && draw.random(4) === 0 ? `my_${field.name}` : field.name;
  const names = field.args.map(({ name }) => name);
  return {
    ...{ kind: "field", key, name: field.name, type: field.type },
    given: draw.argumentsOf(key, names),
    parts: composite ? generate(type, depth - 1, draw) : [],
  };
}

function leaf(name: string): Field {
  return {
    kind: "field",
    key: name,
    name,
    given: "",
    type: GraphQLString,
    parts: [],
  };
}

function print(parts: readonly Part[]): string {
  const definitions: string[] = [];
  const set = (inner: readonly Part[]): string =>
    `{ ${inner.map(one).join(" ")} }`;
  const one = (part: Part): string => {
    if (part.kind !== "field") {
      const fragment = `on ${part.on} ${set(part.parts)}`;
      return part.kind === "inline"
        ? `... ${fragment}`
        : `...F${definitions.push(fragment)}`;
    }
    const alias = part.key === part.name ? "" : `${part.key}: `;
    const below = part.parts.length > 0 ? ` ${set(part.parts)}` : "";
    return `${alias}${part.name}${part.given}${below}`;
  };
  const body = set(parts);
  const fragments = definitions.map((text, n) => `fragment F${n + 1} ${text}`);
  const source = [body, ...fragments].join(" ");
  const used = Object.entries(types).filter(([name]) =>
    source.includes(`$${name}`),
  );
  const declared = used.map(([name, type]) => `$${name}: ${type}`).join(", ");
  return declared ? `query (${declared}) ${source}` : source;
}

/** The renames in as few requests as keep them apart: two of one scope share no name. */
function roundsOf(operation: readonly Part[]): readonly (readonly Rename[])[] {
  const rounds: Rename[][] = [];
  for (const rename of renamesOf(operation)) {
    const free = rounds.find((round) => round.every(isApartFrom(rename)));
    if (free) free.push(rename);
    else rounds.push([rename]);
  }
  return rounds;
}

function isApartFrom({ path, from, to }: Rename): (other: Rename) => boolean {
  return (other) =>
    JSON.stringify(path) !== JSON.stringify(other.path) ||
    ![from, to].some((name) => name === other.from || name === other.to);
}

/** Each leaf to the name of each field its object has at home, hidden ones included, and to an odd one; deepest first. */
function renamesOf(operation: readonly Part[]): readonly Rename[] {
  const renames = new Map<string, Rename>();
  const walk = (
    parts: readonly Part[],
    type: GraphQLNamedType,
    path: readonly string[],
  ) => {
    for (const part of parts) {
      if (part.kind !== "field") walk(part.parts, type, path);
      else if (part.parts.length > 0)
        walk(part.parts, getNamedType(part.type), [...path, part.key]);
      else
        for (const to of [...namesAtHome(type), oddName(renames.size)])
          if (to !== part.key)
            renames.set(JSON.stringify([path, part.key, to]), {
              path,
              from: part.key,
              to,
            });
    }
  };
  walk(operation, typeNamed("Query"), []);
  return [...renames.values()].sort((a, b) => b.path.length - a.path.length);
}

function oddName(n: number): string {
  return oddNames[n % oddNames.length] ?? "odd";
}

function namesAtHome(type: GraphQLNamedType): readonly string[] {
  const homes = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const names = homes.flatMap((home) =>
    isObjectType(home) ? Object.keys(home.getFields()) : [],
  );
  return [...new Set(names)];
}

function swapped(
  parts: readonly Part[],
  { path, from, to }: Rename,
): readonly Part[] {
  const [next, ...rest] = path;
  return parts.map((part): Part => {
    if (part.kind !== "field")
      return { ...part, parts: swapped(part.parts, { path, from, to }) };
    if (next === undefined)
      return { ...part, key: otherOf(part.key, from, to) };
    if (part.key !== next) return part;
    return { ...part, parts: swapped(part.parts, { path: rest, from, to }) };
  });
}

/** The answer with two keys of one scope swapped, in their places. */
function swappedIn(data: unknown, rename: Rename): unknown {
  if (Array.isArray(data)) return data.map((item) => swappedIn(item, rename));
  if (typeof data !== "object" || data === null) return data;
  const {
    path: [next, ...path],
    from,
    to,
  } = rename;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]: [string, unknown]) => {
      if (next === undefined) return [otherOf(key, from, to), value];
      return [key, key === next ? swappedIn(value, { path, from, to }) : value];
    }),
  );
}

function otherOf(key: string, from: string, to: string): string {
  if (key === from) return to;
  return key === to ? from : key;
}

function isHidden({ astNode }: GraphQLField<unknown, unknown>): boolean {
  return (
    astNode?.directives?.some(({ name }) => name.value === "inaccessible") ===
    true
  );
}

function typeNamed(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return type;
}

function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** All of them, a few at once, answers in order. */
async function inTurns<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [n, item] of waiting) answers[n] = await ask(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return answers;
}
