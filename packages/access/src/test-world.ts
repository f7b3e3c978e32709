import { type Graph, possible } from "./test-graph.ts";

/** Rows for a graph, none stored: each value follows from where it stands. */
export type World = {
  readonly graph: Graph;
  readonly seed: number;
  /** Whether values a schema promises are missing now and then. */
  readonly faulty: boolean;
};

export type Row = { readonly type: string; readonly id: string };

/** What a gateway answers by itself to `__schema { queryType { name } }`. */
export const introspected = { queryType: { name: "Query" } };

export function rootRow(type: string): Row {
  return { type, id: type };
}

export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && "id" in value;
}

/** What a resolver returns: the same for the same row, field and arguments. */
export function valueOf(
  world: World,
  row: Row,
  field: { readonly name: string; readonly args: unknown },
): unknown {
  const declared = world.graph
    .get(row.type)
    ?.fields.find(({ name }) => name === field.name);
  if (!declared) throw new Error(`${row.type} has no field ${field.name}`);
  return valueAt(world, declared.type, address(row, field));
}

export function address(
  row: Row,
  field: { readonly name: string; readonly args: unknown },
): string {
  return `${row.id}.${field.name}${JSON.stringify(sorted(field.args))}`;
}

function valueAt(world: World, type: string, at: string): unknown {
  const roll = hash(`${world.seed} ${at}`);
  if (!type.endsWith("!"))
    return roll % 9 === 0 ? null : presentAt(world, type, at);
  if (world.faulty && roll % 20 === 0) return null;
  return presentAt(world, type.slice(0, -1), at);
}

function presentAt(world: World, type: string, at: string): unknown {
  const roll = hash(`${at} ${world.seed}`);
  if (type.startsWith("["))
    return Array.from({ length: roll % 4 }, (_, n) =>
      valueAt(world, type.slice(1, -1), `${at}.${n}`),
    );
  if (type === "Int") return roll % 1_000;
  if (type === "Mood") return roll % 2 ? "FINE" : "GRIM";
  if (type === "String" || type === "Token") return `w${roll % 1_000}`;
  const types = possible(world.graph, type);
  const chosen = types[roll % types.length];
  return chosen === undefined ? null : { type: chosen, id: at };
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([name, one]) => [name, sorted(one)])
    .sort();
}

/** FNV-1a, stirred. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const letter of text)
    sum = Math.imul(sum ^ letter.charCodeAt(0), 0x01000193);
  return Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> 8;
}
