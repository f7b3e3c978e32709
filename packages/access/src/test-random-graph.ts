import { type Draw, chance, pick, some } from "./test-draw.ts";
import {
  type Graph,
  type GraphField,
  type GraphType,
  type Written,
  type WrittenDnf,
  namedIn,
  unwritten,
} from "./test-graph.ts";

export const scopes = ["a", "a:self", "b", "b:reports", "c"];
export const policies = ["p", "q"];

const leaves = ["String", "Int", "Token", "Mood"];
const shapes = ["_", "_", "_!", "[_]", "[_!]", "[_]!", "[_!]!", "[[_]!]"];
const argLists = ["", "", "", "(n: Int)", "(n: Int, mood: Mood)", "(by: By)"];
const blank = { own: unwritten, interfaces: [], members: [], fields: [] };

/** Types of every kind, wrapped, implementing and protected in every way. */
export function randomGraph(draw: Draw): Graph {
  const rows = numbered("T", 2 + draw(2));
  const interfaces = numbered("I", draw(3));
  const unions = numbered("U", 1 + draw(1));
  const objects = ["Query", ...rows, ...(chance(draw, 30) ? ["Mutation"] : [])];
  const graph = new Map<string, GraphType>();
  const add = (type: Partial<GraphType> & Pick<GraphType, "kind" | "name">) =>
    graph.set(type.name, { ...blank, ...type });

  add({ kind: "scalar", name: "Token", own: written(draw, 20) });
  add({ kind: "enum", name: "Mood", own: written(draw, 20) });
  for (const name of unions)
    add({ kind: "union", name, members: some(draw, ["Query", ...rows]) });
  // Who implements what stands before any field: a narrower type has to know.
  for (const [n, name] of interfaces.entries())
    add({ kind: "interface", name, interfaces: chain(draw, graph, n) });
  for (const name of objects) {
    const above = implemented(draw, graph, interfaces);
    add({
      kind: "type",
      name,
      interfaces: above,
      own: written(draw, rows.includes(name) ? 30 : 8),
    });
  }
  const targets = ["Query", ...rows, ...interfaces, ...unions, ...unions];
  for (const name of [...interfaces, ...objects]) {
    const type = graph.get(name) ?? { ...blank, kind: "type", name };
    add({ ...type, fields: fieldsOf(draw, type, { graph, targets }) });
  }
  return withInterfaceRules(draw, graph);
}

function numbered(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${letter}${n}`);
}

/** Each interface extends the one before it or none, so no two narrow one field differently. */
function chain(draw: Draw, graph: Graph, n: number): readonly string[] {
  const before = graph.get(`I${n - 1}`);
  return before && chance(draw, 50) ? [...before.interfaces, before.name] : [];
}

function implemented(draw: Draw, graph: Graph, interfaces: readonly string[]) {
  const direct = interfaces.filter(() => chance(draw, 40));
  const all = new Set(
    direct.flatMap((name) => [...(graph.get(name)?.interfaces ?? []), name]),
  );
  return interfaces.filter((name) => all.has(name));
}

function fieldsOf(
  draw: Draw,
  type: GraphType,
  all: { readonly graph: Graph; readonly targets: readonly string[] },
): readonly GraphField[] {
  const own = () => (type.kind === "interface" ? unwritten : written(draw, 30));
  const promised = new Map(
    type.interfaces
      .flatMap((name) => all.graph.get(name)?.fields ?? [])
      .map((field) => [field.name, field]),
  );
  const inherited = [...promised.values()].map((field) => ({
    ...field,
    type: narrowed(draw, all.graph, field.type),
    own: own(),
  }));
  const names = type.kind === "interface" ? ["x", "y"] : ["f", "g", "h", "k"];
  const fresh = some(draw, names).map((name) => ({
    name:
      type.kind === "interface" ? `${type.name.toLowerCase()}${name}` : name,
    type: pick(draw, shapes).replace(
      "_",
      pick(draw, chance(draw, 55) ? all.targets : leaves),
    ),
    args: pick(draw, argLists),
    own: own(),
  }));
  return [...inherited, ...fresh];
}

/** The same type or a subtype: non-null at more places, one of the possible types. */
function narrowed(draw: Draw, graph: Graph, type: string): string {
  const name = namedIn(type);
  const below = [...graph.values()].filter(
    (one) =>
      one.interfaces.includes(name) ||
      graph.get(name)?.members.includes(one.name),
  );
  const target =
    below.length > 0 && chance(draw, 60) ? pick(draw, below).name : name;
  return type
    .replace(name, target)
    .replaceAll(/(?<=[\w\]])(?![\w!])/g, () => (chance(draw, 15) ? "!" : ""));
}

function written(draw: Draw, percent: number): Written {
  if (!chance(draw, percent)) return unwritten;
  return {
    authenticated: chance(draw, 20),
    scopes: chance(draw, 75) ? dnf(draw, scopes) : null,
    policies: chance(draw, 15) ? dnf(draw, policies) : null,
  };
}

function dnf(draw: Draw, words: readonly string[]): WrittenDnf {
  return Array.from({ length: 1 + draw(1) }, () => {
    const one = pick(draw, words);
    const other = pick(draw, words);
    return chance(draw, 30) && one !== other ? [one, other] : [one];
  });
}

/**
 * Composition lifts the rules of objects and their fields to their interfaces;
 * a graph may also come without that, or with more.
 */
function withInterfaceRules(draw: Draw, graph: Graph): Graph {
  const manner = pick(draw, ["none", "lifted", "more"]);
  if (manner === "none") return graph;
  const rule = (below: readonly (Written | undefined)[]) =>
    manner === "lifted" ? joined(below) : written(draw, 15);
  return new Map(
    [...graph].map(([name, type]) => {
      if (type.kind !== "interface") return [name, type];
      const below = [...graph.values()].filter(
        (one) => one.kind === "type" && one.interfaces.includes(name),
      );
      const fields = type.fields.map((field) => ({
        ...field,
        own: rule(
          below.map(
            (one) => one.fields.find((other) => other.name === field.name)?.own,
          ),
        ),
      }));
      return [
        name,
        { ...type, own: rule(below.map(({ own }) => own)), fields },
      ];
    }),
  );
}

function joined(all: readonly (Written | undefined)[]): Written {
  return {
    authenticated: all.some((one) => one?.authenticated),
    scopes: product(all.map((one) => one?.scopes ?? null)),
    policies: product(all.map((one) => one?.policies ?? null)),
  };
}

function product(dnfs: readonly (WrittenDnf | null)[]): WrittenDnf | null {
  return dnfs.reduce(
    (left, right) =>
      left && right
        ? left.flatMap((one) => right.map((two) => [...one, ...two]))
        : (left ?? right),
    null,
  );
}
