import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from "graphql";
import type { Requirement } from "./requirement.ts";
import { reachOf } from "./scopes.ts";

/** How the guard learns whose record a row of a type is. */
export type Subject =
  | {
      readonly kind: "of";
      /** Employee id; null: reachable with company-wide scopes only. */
      readonly id: (row: never) => string | null;
    }
  /** A value type: its parent row's subject. */
  | { readonly kind: "inherited" }
  /** A root field: the named row policy applies the reach. */
  | { readonly kind: "narrowed"; readonly by: string };

/** By type, or by coordinate of a root field. */
export type Subjects = Readonly<Record<string, Subject>>;

/**
 * What is wrong with the declarations: a subject for something that is not there,
 * or of a kind that does not fit; a value type that can be reached from a parent
 * without a subject.
 */
export function subjectFaults(
  schema: GraphQLSchema,
  subjects: ReadonlyMap<string, Subject>,
): readonly string[] {
  return [
    ...[...subjects].flatMap(([name, subject]) =>
      misplaced(name, subject, schema),
    ),
    ...Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => orphans(type, schema, subjects)),
  ];
}

/** What a requirement asks of the subject of its coordinate, and does not get. */
export function reachFaults(
  coordinate: string,
  requirement: Requirement,
  subject: Subject | undefined,
): readonly string[] {
  const mixed = mixedReaches(coordinate, requirement);
  const narrowed = requirement.scopes
    .flat(2)
    .some((scope) => reachOf(scope) !== "everyone");
  if (!narrowed || subject) return mixed;
  return [
    ...mixed,
    `${coordinate} has a :self or :reports alternative, but nobody declared whose row it is: add it to the subjects`,
  ];
}

/** The alternatives that no row can meet. */
export function mixedReaches(
  coordinate: string,
  { scopes }: Requirement,
): readonly string[] {
  return scopes
    .flat()
    .filter((all) =>
      new Set(["self", "reports"]).isSubsetOf(new Set(all.map(reachOf))),
    )
    .map(
      (all) =>
        `${coordinate}: [${all.join(", ")}] asks for :self and :reports, and no row is in both`,
    );
}

/** Object types a value of this type can be. */
export function objectTypesOf(
  type: GraphQLOutputType,
  schema: GraphQLSchema,
): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}

export function isRoot(
  type: GraphQLObjectType,
  schema: GraphQLSchema,
): boolean {
  return [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].includes(type);
}

function misplaced(
  name: string,
  { kind }: Subject,
  schema: GraphQLSchema,
): readonly string[] {
  const [typeName = "", fieldName] = name.split(".");
  const type = schema.getType(typeName);
  const isField = fieldName !== undefined;
  if (!isObjectType(type) || (isField && !type.getFields()[fieldName]))
    return [`The subjects name ${name}, which is not in the schema`];
  const rootField = isField && isRoot(type, schema);
  if (rootField === (kind === "narrowed") && isField === rootField) return [];
  return [
    `The subject of ${name} is "${kind}": a root field's is "narrowed", a type's "of" or "inherited", and other fields have none of their own`,
  ];
}

function orphans(
  type: GraphQLObjectType,
  schema: GraphQLSchema,
  subjects: ReadonlyMap<string, Subject>,
): readonly string[] {
  const hasSubject = !isRoot(type, schema) && subjects.has(type.name);
  if (hasSubject) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    objectTypesOf(field.type, schema)
      .filter(({ name }) => subjects.get(name)?.kind === "inherited")
      .map(
        ({ name }) =>
          `${type.name}.${field.name} returns ${name}, whose subject is its parent's, but the parent has none`,
      ),
  );
}
