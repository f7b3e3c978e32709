import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from "graphql";
import type { ResponsePath } from "./flatten-path.ts";
import { type JsonObject, isObject, own } from "./json.ts";

/** Where an answer breaks what the schema promises. What cannot stand is null afterwards. */
export type CheckAnswer = (root: JsonObject) => {
  readonly problems: readonly ResponsePath[];
  /** Null when nothing of it can stand. */
  readonly data: JsonObject | null;
};

/** Compiles the check of one operation's answers; each type that comes along is compiled once. */
export function compileCheck(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): CheckAnswer {
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`The schema has no ${operation.operation}`);
  const check = compileObject(schema, type, [operation.selectionSet]);
  return (root) => {
    const problems: ResponsePath[] = [];
    const verdict = check(root, { path: [], problems });
    return { problems, data: verdict === "broken" ? null : root };
  };
}

/**
 * What becomes of a value: it stands; it is `null`, with its reason told; it is `absent`,
 * a null without a reason; or what holds it cannot stand either.
 */
type Verdict = "fine" | "null" | "absent" | "broken";

type Trail = {
  readonly path: (string | number)[];
  readonly problems: ResponsePath[];
};

type Check = (value: unknown, trail: Trail) => Verdict;

function compileValue(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  selections: readonly SelectionSetNode[],
): Check {
  if (isNonNullType(type))
    return nonNull(compileValue(schema, type.ofType, selections));
  if (isListType(type))
    return list(compileValue(schema, type.ofType, selections));
  if (isCompositeType(type)) return composite(schema, type, selections);
  return leaf(type);
}

function nonNull(check: Check): Check {
  return (value, trail) => {
    const verdict = check(value, trail);
    if (verdict === "fine") return verdict;
    if (verdict === "absent") trail.problems.push([...trail.path]);
    return "broken";
  };
}

function list(check: Check): Check {
  return (value, trail) => {
    if (value === null || value === undefined) return "absent";
    if (!Array.isArray(value)) return invalid(trail);
    let verdict: Verdict = "fine";
    for (let at = 0; at < value.length; at += 1) {
      trail.path.push(at);
      const one = check(value[at], trail);
      trail.path.pop();
      if (one === "broken") verdict = "null";
      else if (one !== "fine") value[at] = null;
    }
    return verdict;
  };
}

function composite(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  selections: readonly SelectionSetNode[],
): Check {
  const check = isAbstractType(type)
    ? compileAbstract(schema, selections)
    : compileObject(schema, type, selections);
  return (value, trail) => {
    if (value === null || value === undefined) return "absent";
    if (!isObject(value)) return invalid(trail);
    const verdict = check(value, trail);
    return verdict === "broken" ? "null" : verdict;
  };
}

type CheckObject = (object: JsonObject, trail: Trail) => Verdict;

/** Its own name for the type is set, whatever the subgraphs called it. */
function compileAbstract(
  schema: GraphQLSchema,
  selections: readonly SelectionSetNode[],
): CheckObject {
  const keys = typenameKeys(selections);
  const byType = new Map<GraphQLObjectType, CheckObject>();
  return (object, trail) => {
    const named = ["__typename", ...keys].map((key) => own(object, key));
    const types = named.map((name) =>
      typeof name === "string" ? schema.getType(name) : undefined,
    );
    const type = types.find(isObjectType);
    if (!type)
      return named.some((name, at) => name && !types[at])
        ? invalid(trail)
        : "absent";
    for (const key of keys) object[key] = type.name;
    const known = byType.get(type);
    if (known) return known(object, trail);
    const made = compileObject(schema, type, selections);
    byType.set(type, made);
    return made(object, trail);
  };
}

function typenameKeys(
  selections: readonly SelectionSetNode[],
): readonly string[] {
  const keys = selections.flatMap((set) =>
    set.selections.flatMap((one) =>
      one.kind === Kind.FIELD && one.name.value === "__typename"
        ? [keyOf(one)]
        : [],
    ),
  );
  return [...new Set(keys)];
}

function compileObject(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  selections: readonly SelectionSetNode[],
): CheckObject {
  const groups = new Map<string, FieldNode[]>();
  for (const set of selections) collect(schema, type, { set, groups });
  const fields = [...groups].map(([key, nodes]) => ({
    key,
    check: compileField(schema, type, nodes),
  }));
  return (object, trail) => {
    for (const { key, check } of fields) {
      const value = own(object, key);
      trail.path.push(key);
      const verdict = check(value, trail);
      trail.path.pop();
      if (verdict === "broken") return verdict;
      if (verdict !== "fine" && value !== undefined) object[key] = null;
    }
    return "fine";
  };
}

function compileField(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Check {
  const type = parent.getFields()[nodes[0]?.name.value ?? ""]?.type;
  if (!type) return () => "fine";
  return compileValue(
    schema,
    type,
    nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
  );
}

function collect(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  into: {
    readonly set: SelectionSetNode;
    readonly groups: Map<string, FieldNode[]>;
  },
): void {
  const { set, groups } = into;
  for (const one of set.selections) {
    if (one.kind === Kind.FRAGMENT_SPREAD) continue;
    if (one.kind === Kind.INLINE_FRAGMENT) {
      const on = schema.getType(one.typeCondition?.name.value ?? type.name);
      if (on === type || (isAbstractType(on) && schema.isSubType(on, type)))
        collect(schema, type, { set: one.selectionSet, groups });
    } else if (one.name.value !== "__typename") {
      const key = keyOf(one);
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
  }
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function leaf(type: GraphQLLeafType): Check {
  const isValid = validity(type);
  return (value, trail) => {
    if (value === null || value === undefined) return "absent";
    return isValid(value) ? "fine" : invalid(trail);
  };
}

/** As JSON carries them; a scalar of the schema's own may be anything. */
export function validity(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map(({ name }) => name));
    return (value) => typeof value === "string" && names.has(value);
  }
  switch (isScalarType(type) ? type.name : undefined) {
    case "Boolean":
      return (value) => typeof value === "boolean";
    case "String":
      return (value) => typeof value === "string";
    case "ID":
      return (value) => typeof value === "string" || Number.isInteger(value);
    case "Int":
      return Number.isInteger;
    case "Float":
      return (value) => typeof value === "number";
    default:
      return () => true;
  }
}

function invalid({ path, problems }: Trail): Verdict {
  problems.push([...path]);
  return "null";
}
