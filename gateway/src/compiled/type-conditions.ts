import {
  type Schema,
  isInterfaceType,
  isUnionType,
} from "@apollo/federation-internals";

/** The names of the types a type condition holds for, its own among them. */
export type TypeConditions = (condition: string) => ReadonlySet<string>;

/** Of the whole supergraph: plans speak of hidden types too. */
export function createTypeConditions(schema: Schema): TypeConditions {
  const known = new Map<string, ReadonlySet<string>>();
  return (condition) => {
    const before = known.get(condition);
    if (before) return before;
    const names = new Set([condition, ...namesBelow(schema, condition)]);
    known.set(condition, names);
    return names;
  };
}

function namesBelow(schema: Schema, condition: string): readonly string[] {
  const type = schema.type(condition);
  if (!type) return [];
  if (isInterfaceType(type))
    return type.allImplementations().map(({ name }) => name);
  return isUnionType(type) ? type.types().map(({ name }) => name) : [];
}
