import {
  type FieldSelection,
  type FilteredOperation,
  type Selection,
  collectFields,
  conditionHolds,
  typenameKey,
} from "@hr/access";
import {
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { type JsonObject, isObject, own } from "./json.ts";
import { type Write, type Written, leafOf } from "./write-leaf.ts";

/** The text of an object: heads and values in turn, then the tail. */
export type ObjectShape = {
  readonly members: readonly Member[];
  readonly tail: string;
};

/** What is in the data under `key`; the client's key is in the `head`. */
export type Member = Place & { readonly head: string; readonly key: string };

export type Place = { readonly shape: Shape; readonly isRequired: boolean };

export type Shape =
  | { readonly kind: "written"; readonly written: Written }
  | { readonly kind: "list"; readonly item: Place }
  | { readonly kind: "object"; readonly object: ObjectShape };

export type ShapeInput = {
  /** What the client was promised. */
  readonly schema: GraphQLSchema;
  readonly filtered: FilteredOperation;
  readonly prefix: string;
  /** For objects whose type is known only when they are there. */
  readonly compile: (object: ObjectShape) => Write;
};

/**
 * How the answer looks when everything is as promised. Undefined where a selection
 * was refused that may not be null, since something above it is null then, and where
 * one asks for the schema, which is not in the data.
 */
export function shapeOf(input: ShapeInput): ObjectShape | undefined {
  const { rootType, selections } = input.filtered;
  if (!isObjectType(rootType)) return undefined;
  return objectShape(input, rootType, selections);
}

function objectShape(
  input: ShapeInput,
  type: GraphQLObjectType,
  selections: readonly Selection[],
): ObjectShape | undefined {
  const groups = collectFields(input.schema, selections, type);
  const members: Member[] = [];
  let text = "";
  for (const [key, fields] of groups) {
    const part = fieldShape(input, type, fields);
    if (part === undefined) return undefined;
    const isFirst = members.length === 0 && text === "";
    text += `${isFirst ? "{" : ","}${JSON.stringify(key)}:`;
    if (typeof part === "string") text += part;
    else {
      members.push({ ...part, head: text });
      text = "";
    }
  }
  return { members, tail: groups.size > 0 ? `${text}}` : "{}" };
}

/** Text where it is known before there are data. */
function fieldShape(
  input: ShapeInput,
  parent: GraphQLObjectType,
  fields: readonly FieldSelection[],
): Omit<Member, "head"> | string | undefined {
  const [any] = fields;
  if (!any || any.outcome === "introspection") return undefined;
  const kept = fields.find(({ outcome }) => outcome === "kept");
  if (!kept) return isNonNullType(any.type) ? undefined : "null";
  if (kept.name === "__typename") return JSON.stringify(parent.name);
  const promised = parent.getFields()[kept.name]?.type;
  if (!promised) return undefined;
  const below = fields.flatMap(({ selections }) => selections);
  const place = placeOf(input, { promised, asked: kept.type }, below);
  return { ...place, key: kept.wireKey };
}

/** Of the field of the object's own type, and of the one selected, maybe an interface's. */
type Types = {
  readonly promised: GraphQLOutputType;
  readonly asked: GraphQLOutputType;
};

function placeOf(
  input: ShapeInput,
  types: Types,
  below: readonly Selection[],
): Place {
  const promised = getNullableType(types.promised);
  const asked = getNullableType(types.asked);
  return {
    isRequired: isNonNullType(types.promised),
    shape: shapeAt(input, { promised, asked }, below),
  };
}

function shapeAt(
  input: ShapeInput,
  { promised, asked }: Types,
  below: readonly Selection[],
): Shape {
  if (isListType(promised) && isListType(asked)) {
    const types = { promised: promised.ofType, asked: asked.ofType };
    return { kind: "list", item: placeOf(input, types, below) };
  }
  if (isObjectType(asked)) {
    const object = objectShape(input, asked, below);
    return object
      ? { kind: "object", object }
      : { kind: "written", written: { quote: "", write: never } };
  }
  const written = isAbstractType(asked)
    ? abstract(input, promised as GraphQLCompositeType, below)
    : leafOf(promised as GraphQLLeafType);
  return { kind: "written", written };
}

function never(): undefined {
  return undefined;
}

/** Each type that comes along is compiled once. */
function abstract(
  input: ShapeInput,
  promised: GraphQLCompositeType,
  below: readonly Selection[],
): Written {
  const { schema, prefix, compile } = input;
  const keys = isObjectType(promised)
    ? [typenameKey(prefix)]
    : ["__typename", typenameKey(prefix)];
  const byType = new Map<GraphQLObjectType, Write>();
  const make = (type: GraphQLObjectType): Write => {
    const shape = conditionHolds(schema, promised, type)
      ? objectShape(input, type, below)
      : undefined;
    const made = shape ? compile(shape) : never;
    byType.set(type, made);
    return made;
  };
  const write = (value: unknown) => {
    if (!isObject(value)) return undefined;
    const type = runtimeType(schema, value, keys);
    return type && (byType.get(type) ?? make(type))(value);
  };
  return { quote: "", write };
}

/** The first key that names an object type tells it. */
function runtimeType(
  schema: GraphQLSchema,
  object: JsonObject,
  keys: readonly string[],
): GraphQLObjectType | undefined {
  for (const key of keys) {
    const name = own(object, key);
    const type = typeof name === "string" ? schema.getType(name) : undefined;
    if (isObjectType(type)) return type;
  }
  return undefined;
}
