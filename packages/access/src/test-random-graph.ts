import fc from "fast-check";

/** A source of choices that fast-check records, reports and shrinks. */
export type Draw = fc.GeneratorValue;

/** Outer list OR, inner list AND. */
export type WrittenDnf = readonly (readonly string[])[];

/** The access directives that stand at one coordinate. */
export type Written = {
  readonly authenticated: boolean;
  readonly scopes: readonly WrittenDnf[];
  readonly policies: readonly WrittenDnf[];
};

export type GraphField = {
  readonly name: string;
  /** As in SDL: `[T1!]`. */
  readonly type: string;
  /** As in SDL: `(n: Int)`, or empty. */
  readonly args: string;
  readonly own: Written;
};

export type GraphType = {
  readonly kind: "object" | "interface" | "union" | "scalar" | "enum";
  readonly name: string;
  readonly own: Written;
  /** Closed: what an interface implements is named here too. */
  readonly interfaces: readonly string[];
  readonly members: readonly string[];
  readonly fields: readonly GraphField[];
};

/** A supergraph as plain data: by type name, in the order of the SDL. */
export type Graph = ReadonlyMap<string, GraphType>;

export const scopes = ["a", "a:self", "b", "b:reports", "c"] as const;
export const policies = ["p", "q"] as const;
export const unwritten: Written = {
  authenticated: false,
  scopes: [],
  policies: [],
};

const shapes = ["_", "_", "_!", "[_]", "[_!]", "[_]!", "[_!]!", "[[_]!]"];
const argLists = ["", "", "", "(n: Int)", "(n: Int, mood: Mood)", "(by: By)"];
const leaves = ["String", "Int", "Token", "Mood"];
const inputs = `input By { mood: Mood, token: Token, inner: Inner }
input Inner @oneOf { n: Int, word: String }`;

/** Types of every kind, wrapped, implementing and protected at will. */
export function randomGraph(draw: Draw): Graph {
  const objects = ["Query", ...names("T", draw(fc.integer, { min: 2, max: 4 }))];
  if (draw(fc.boolean)) objects.push("Mutation");
  const interfaces = names("I", draw(fc.nat, { max: 3 }));
  const unions = names("U", draw(fc.nat, { max: 2 }));
  const composites = [...objects, ...interfaces, ...unions].filter(
    (name) => name !== "Mutation",
  );
  const above = implementing(draw, objects, interfaces);
  const members = new Map(
    unions.map((name) => [
      name,
      some(draw, objects.slice(1)).concat("T0").filter(firstOfItsKind),
    ]),
  );
  const graph = new Map<string, GraphType>();
  const narrow = (field: GraphField, name: string): GraphField => ({
    ...field,
    type: narrowed(draw, field.type, { above, members }),
    own: name.startsWith("I") ? unwritten : randomlyWritten(draw),
  });
  for (const name of [...interfaces, ...objects]) {
    const promised = (above.get(name) ?? []).flatMap(
      (one) => graph.get(one)?.fields ?? [],
    );
    const nearest = new Map(promised.map((field) => [field.name, field]));
    graph.set(name, {
      kind: name.startsWith("I") ? "interface" : "object",
      name,
      own: draw(often) || name.startsWith("I") ? unwritten : randomlyWritten(draw),
      interfaces: above.get(name) ?? [],
      members: [],
      fields: [
        ...[...nearest.values()].map((field) => narrow(field, name)),
        ...ownFields(draw, name, composites),
      ],
    });
  }
  for (const name of unions)
    graph.set(name, plain("union", name, unwritten, members.get(name)));
  graph.set("Token", plain("scalar", "Token", randomlyWritten(draw)));
  graph.set("Mood", plain("enum", "Mood", randomlyWritten(draw)));
  return withInterfaceRules(draw, graph);
}
