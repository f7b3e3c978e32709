import { type DocumentNode, Kind, parse, print, visit } from "graphql";
import type { Case } from "./test-cases.ts";
import { shuffled } from "./test-draw.ts";
import { introspected } from "./test-world.ts";

/** For each response key another: names of fields, of nothing, and of JavaScript. */
export function otherKeys({
  document,
  draw,
}: Case): ReadonlyMap<string, string> {
  const found = new Set<string>();
  visit(parse(document.source), {
    Field: ({ alias, name }) => {
      found.add((alias ?? name).value);
    },
  });
  const lures = ["f", "g", "h", "k", "i0x", "i1x", "__proto__", "r7_t", "r7_1"];
  const more = [...found].map((_, n) => `key${n}`);
  const names = shuffled(draw, [...lures, ...more]);
  return new Map([...found].map((key, n) => [key, names[n] ?? key]));
}

export function underKeys(
  source: string,
  keys: ReadonlyMap<string, string>,
): string {
  return print(rewritten(parse(source), (key) => keys.get(key) ?? key));
}

/** Each key in the order of its appearance, so that documents compare by all the rest. */
export function withoutKeys(source: string | null): string | null {
  if (source === null) return null;
  const seen = new Map<string, string>();
  return print(
    rewritten(parse(source), (key) => {
      const name = seen.get(key) ?? `key${seen.size}`;
      seen.set(key, name);
      return name;
    }),
  );
}

function rewritten(
  document: DocumentNode,
  rename: (key: string) => string,
): DocumentNode {
  return visit(document, {
    Field: (node) => {
      const value = rename((node.alias ?? node.name).value);
      return { ...node, alias: { kind: Kind.NAME, value } };
    },
  });
}

export function rekeyed(
  value: unknown,
  keys: ReadonlyMap<string, string>,
): unknown {
  if (value === null || typeof value !== "object") return value;
  if (value === introspected) return value;
  if (Array.isArray(value)) return value.map((one) => rekeyed(one, keys));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      keys.get(key) ?? key,
      rekeyed(one, keys),
    ]),
  );
}
