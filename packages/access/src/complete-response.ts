import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type {
  FieldSelection,
  FilteredOperation,
  Selection,
} from "./filter-operation.ts";
import { typenameKey } from "./wire-operation.ts";

type Json = Readonly<Record<string, unknown>>;

export type CompletionInput = {
  readonly schema: GraphQLSchema;
  readonly filtered: FilteredOperation;
  /** What the executor answered, under wire keys; null when nothing ran or everything failed. */
  readonly data: Json | null;
  /** Answers to `__schema` and `__type`, by response key. */
  readonly introspection: Json;
  readonly prefix: string;
};

/**
 * Builds the answer to the **original** operation: its order, its keys, null for
 * every selection that was removed because the record says so, then the non-null
 * rules of the schema. Nothing is read from the data that was not asked for.
 */
export function completeResponse(input: CompletionInput): Json | null {
  const { filtered } = input;
  if (!isObjectType(filtered.rootType)) return null;
  const source = input.data ?? {};
  const answer = completeObject(
    input,
    filtered.selections,
    filtered.rootType,
    source,
  );
  return answer ?? null;
}

/** Translates the path of an executor's error back into the client's keys. */
export function clientPath(
  selections: readonly Selection[],
  path: readonly (string | number)[],
): readonly (string | number)[] {
  const translated: (string | number)[] = [];
  let here = selections;
  for (const key of path) {
    if (typeof key === "number") {
      translated.push(key);
      continue;
    }
    const found = findWire(here, key);
    if (found.length === 0) return translated;
    translated.push(found[0]?.responseKey ?? key);
    here = found.flatMap((one) => one.selections);
  }
  return translated;
}

function completeObject(
  input: CompletionInput,
  selections: readonly Selection[],
  type: GraphQLObjectType,
  source: Json,
): Json | undefined {
  const groups = collectFields(input.schema, selections, type);
  const answer = Object.create(null) as Record<string, unknown>;
  for (const [key, fields] of groups) {
    const value = completeField(input, fields, type, source);
    if (value === undefined) return undefined;
    answer[key] = value;
  }
  return answer;
}

/** `undefined` stands for a null that the schema forbids here. */
function completeField(
  input: CompletionInput,
  fields: readonly FieldSelection[],
  parent: GraphQLObjectType,
  source: Json,
): unknown {
  const live = fields.filter(({ outcome }) => outcome === "kept");
  const [first] = live;
  const [any] = fields;
  if (any?.outcome === "introspection")
    return input.introspection[any.responseKey] ?? null;
  if (!first) return any && isNonNullType(any.type) ? undefined : null;
  if (first.name === "__typename") return parent.name;
  const value = Object.hasOwn(source, first.wireKey)
    ? source[first.wireKey]
    : null;
  const below = fields.flatMap((one) => one.selections);
  return completeValue(input, first.type, value, below);
}

function completeValue(
  input: CompletionInput,
  type: GraphQLOutputType,
  value: unknown,
  below: readonly Selection[],
): unknown {
  if (isNonNullType(type))
    return completeValue(input, type.ofType, value, below) ?? undefined;
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) return null;
    const items: unknown[] = [];
    for (const item of value) {
      const completed = completeValue(input, type.ofType, item, below);
      if (completed === undefined) return null;
      items.push(completed);
    }
    return items;
  }
  const named = getNamedType(type);
  if (!isCompositeType(named)) return value;
  if (typeof value !== "object") return null;
  const object = value as Json;
  const runtime = runtimeType(input, named, object);
  if (!runtime) return null;
  return completeObject(input, below, runtime, object) ?? null;
}

function runtimeType(
  input: CompletionInput,
  type: GraphQLCompositeType,
  value: Json,
): GraphQLObjectType | undefined {
  if (isObjectType(type)) return type;
  const key = typenameKey(input.prefix);
  const name = Object.hasOwn(value, key) ? value[key] : undefined;
  const found =
    typeof name === "string" ? input.schema.getType(name) : undefined;
  return isObjectType(found) ? found : undefined;
}

/** The selections that apply to an object of a type, by response key, in the order of the answer. */
export function collectFields(
  schema: GraphQLSchema,
  selections: readonly Selection[],
  type: GraphQLObjectType,
): ReadonlyMap<string, readonly FieldSelection[]> {
  const groups = new Map<string, FieldSelection[]>();
  collect(schema, selections, type, groups);
  return groups;
}

function collect(
  schema: GraphQLSchema,
  selections: readonly Selection[],
  type: GraphQLObjectType,
  groups: Map<string, FieldSelection[]>,
): void {
  for (const one of selections) {
    if (one.kind === "field") {
      const group = groups.get(one.responseKey);
      if (group) group.push(one);
      else groups.set(one.responseKey, [one]);
    } else if (conditionHolds(schema, one.on, type))
      collect(schema, one.selections, type, groups);
  }
}

/** Whether what stands under a type condition is asked of an object of that type. */
export function conditionHolds(
  schema: GraphQLSchema,
  on: GraphQLCompositeType,
  type: GraphQLObjectType,
): boolean {
  return on === type || (isAbstractType(on) && schema.isSubType(on, type));
}

function findWire(
  selections: readonly Selection[],
  key: string,
): readonly FieldSelection[] {
  return selections.flatMap((one): readonly FieldSelection[] => {
    if (one.kind === "fragment") return findWire(one.selections, key);
    return one.outcome === "kept" && one.wireKey === key ? [one] : [];
  });
}
