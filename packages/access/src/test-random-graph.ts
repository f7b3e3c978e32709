import fc from "fast-check";

/** A source of choices that fast-check records, reports and shrinks towards 0. */
export type Draw = fc.GeneratorValue;

/** Outer list OR, inner list AND. */
export type WrittenDnf = readonly (readonly string[])[];

/** The access directives that stand at one coordinate. */
export type Written = {
  readonly authenticated: boolean;
  readonly scopes: WrittenDnf | null;
  readonly policies: WrittenDnf | null;
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
  /** Closed, farthest first: what an interface implements is named too. */
  readonly interfaces: readonly string[];
  readonly members: readonly string[];
  readonly fields: readonly GraphField[];
};

/** A supergraph as plain data, by type name. */
export type Graph = ReadonlyMap<string, GraphType>;

export const scopes = ["a", "a:self", "b", "b:reports", "c"] as const;
export const policies = ["p", "q"] as const;

const unwritten: Written = { authenticated: false, scopes: null, policies: null };
const leaves = ["String", "Int", "Token", "Mood"] as const;
const shapes = ["_", "_", "_!", "[_]", "[_!]", "[_]!", "[_!]!", "[[_]!]"] as const;
const argLists = ["", "", "", "(n: Int)", "(n: Int, mood: Mood)", "(by: By)"] as const;

/** Types of every kind, wrapped, implementing and protected in every way. */
export function randomGraph(draw: Draw): Graph {
  const objects = ["Query", ...numbered("T", 2 + upTo(draw, 2))];
  if (chance(draw, 30)) objects.push("Mutation");
  const interfaces = numbered("I", upTo(draw, 3));
  const unions = numbered("U", upTo(draw, 2));
  const above = randomlyAbove(draw, objects, interfaces);
  const graph = new Map<string, GraphType>();
  const add = (type: Partial<GraphType> & Pick<GraphType, "kind" | "name">) =>
    graph.set(type.name, { own: unwritten, interfaces: [], members: [], fields: [], ...type });
  for (const name of unions)
    add({ kind: "union", name, members: ["T0", ...objects.filter((one) => one !== "Mutation" && one !== "T0" && chance(draw, 40))] });
  const targets = [...objects.filter((one) => one !== "Mutation"), ...interfaces, ...unions];
  for (const name of [...interfaces, ...objects]) {
    const inherited = new Map<string, GraphField>();
    for (const one of above.get(name) ?? [])
      for (const field of graph.get(one)?.fields ?? [])
        inherited.set(field.name, field);
    const isObject = objects.includes(name);
    const written = (percent: number) => isObject ? randomlyWritten(draw, percent) : unwritten;
    add({
      kind: isObject ? "object" : "interface",
      name,
      own: written(20),
      interfaces: above.get(name) ?? [],
      fields: [
        ...[...inherited.values()].map((field) => ({
          ...field,
          type: randomlyNarrowed(draw, field.type, [...(graph), ...above]),
          own: written(40),
        })),
        ...randomFields(draw, ...).map(),
      ],
    });
  }
}
