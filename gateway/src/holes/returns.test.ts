import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type TestGraph,
  startTestGraph,
} from "../test-graph.ts";

const kinds = {
  "a scalar": ["Secret", "secret", ""],
  "an enum": ["Mood", "mood", ""],
  "an object": ["File", "file", " { id }"],
  "an interface by an implementation": ["Node", "file", " { id }"],
} as const;
const shapes = {
  alone: (type: string) => type,
  promised: (type: string) => `${type}!`,
  "in a list": (type: string) => `[${type}]`,
  "in a promised list of promised items": (type: string) => `[${type}!]!`,
  "in a list of lists": (type: string) => `[[${type}!]]`,
} as const;

/** One field for each kind in each shape: `secret0`, `secret1`, … */
const cases = Object.entries(kinds).flatMap(([kind, [type, scope, below]]) =>
  Object.entries(shapes).map(([shape, wrap], n) => ({
    ...{ kind, shape, scope, below, field: `${type.toLowerCase()}${n}` },
    declaration: `${type.toLowerCase()}${n}: ${wrap(type)}`,
    value: valueOf(type, n),
  })),
);
const declarations = cases.map(({ declaration }) => declaration).join(" ");

const called: string[] = [];
const thing = { __typename: "Thing", name: "t" };
const resolvers = Object.fromEntries(
  cases.map(({ field, value }) => [
    field,
    () => {
      called.push(field);
      return value;
    },
  ]),
);

const things: GraphPart = {
  sdl: `
    type Query { thing: Thing holder: Holder }
    interface Holder { name: String ${declarations} }
    type Thing implements Holder { name: String ${declarations} }
    scalar Secret @requiresScopes(scopes: [["secret"]])
    enum Mood @requiresScopes(scopes: [["mood"]]) { FINE }
    interface Node { id: ID }
    type File implements Node @requiresScopes(scopes: [["file"]]) { id: ID }`,
  resolvers: {
    Query: { thing: () => thing, holder: () => thing },
    Thing: resolvers,
  },
};

const estate = new AsyncDisposableStack();
let graph: TestGraph;

beforeAll(async () => {
  graph = estate.use(await startTestGraph({ things }));
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

test.each(cases)(
  "hole 10: a field is closed by $kind it returns $shape, by itself and through an interface",
  async ({ field, scope, below }) => {
    const others = ["secret", "mood", "file"].filter((one) => one !== scope);
    for (const [parent, type] of [
      ["thing", "Thing"],
      ["holder", "Holder"],
    ] as const) {
      const query = `{ ${parent} { x: ${field}${below} } }`;
      const denied = await graph.ask(query, others.join(" "));
      expect(denied.errors).toMatchObject([
        { extensions: { coordinate: `${type}.${field}` } },
      ]);
      expect(denied.asked.map((one) => one.query).join()).not.toContain(field);
      expect(called).toEqual([]);
      expect((await graph.ask(query, scope)).errors).toEqual([]);
      expect(called.splice(0)).toEqual([field]);
    }
  },
);

function valueOf(type: string, shape: number): unknown {
  const one = {
    ...{ Secret: "s", Mood: "FINE" },
    ...{ File: { id: "f" }, Node: { __typename: "File", id: "f" } },
  }[type];
  return [one, one, [one], [one], [[one]]][shape];
}
