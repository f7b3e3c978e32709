import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { Amount, Reading } from "./formula.ts";
import type { FieldCost } from "./selection-cost.ts";

/** What may stand under one key of an answered object. */
type Entry = {
  readonly key: string;
  readonly weight: number;
  readonly arguments: readonly Amount[];
  readonly below: Shape;
};

/** Made when an answer first gets there, so never more of it than answers hold. */
type Shape = () => readonly Entry[];

/**
 * What an answer did cost: each key of each object once, each list by its length,
 * a null nothing. Where one key may hold several fields, the heaviest counts.
 */
export function createActualCost(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  fields: ReadonlyMap<FieldNode, FieldCost>,
): (data: unknown, reading: Reading) => number {
  const shapeOf = (sets: readonly SelectionSetNode[]): Shape => {
    let made: readonly Entry[] | undefined;
    return () => (made ??= [...fieldsIn(sets, fragments)].map(entryOf));
  };
  const entryOf = ([key, nodes]: readonly [string, readonly FieldNode[]]) => {
    const costs = nodes.flatMap((node) => fields.get(node) ?? []);
    return {
      key,
      weight: Math.max(0, ...costs.map(({ weight }) => weight)),
      arguments: [...new Set(costs.map((one) => one.arguments))],
      below: shapeOf(nodes.flatMap(({ selectionSet }) => selectionSet ?? [])),
    };
  };
  const shape = shapeOf([root]);
  return (data, reading) => ofObject(data, shape, reading);
}

function ofObject(object: unknown, shape: Shape, reading: Reading): number {
  if (typeof object !== "object" || object === null) return 0;
  let sum = 0;
  for (const entry of shape()) {
    if (!Object.hasOwn(object, entry.key)) continue;
    const value = (object as Readonly<Record<string, unknown>>)[entry.key];
    if (value === null || value === undefined) continue;
    sum += Math.max(0, ...entry.arguments.map(reading));
    sum += ofValue(value, entry, reading);
  }
  return sum;
}

function ofValue(value: unknown, entry: Entry, reading: Reading): number {
  if (value === null) return 0;
  if (!Array.isArray(value))
    return entry.weight + ofObject(value, entry.below, reading);
  return value.reduce<number>(
    (sum, item) => sum + ofValue(item, entry, reading),
    0,
  );
}

/** By response key, in the set and all fragments in it, whatever they apply to. */
function fieldsIn(
  roots: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlyMap<string, readonly FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  // A set yields what is added to it on the way: each once.
  const sets = new Set(roots);
  for (const { selections } of sets)
    for (const one of selections) {
      if (one.kind === Kind.FIELD) {
        const key = one.alias?.value ?? one.name.value;
        const before = fields.get(key);
        if (before) before.push(one);
        else fields.set(key, [one]);
        continue;
      }
      const fragment =
        one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
      if (fragment) sets.add(fragment.selectionSet);
    }
  return fields;
}
