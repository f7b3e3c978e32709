import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { pagesOfMany } from "./rows.ts";

/** One hop towards a row. */
export type Step =
  /** By its key, as the gateway joins. */
  | { readonly kind: "entity"; readonly type: string }
  | { readonly kind: "field"; readonly parent: string; readonly name: string }
  /** Into one member of a union. */
  | { readonly kind: "fragment"; readonly type: string };

/** From a root, or an entity, to rows of a type; empty for the root itself. */
export type Way = readonly Step[];

/**
 * Every way worth walking to each object type: by reference, by each root field, by
 * each field of a person, single or as a page; where none of these leads to a type,
 * the shortest way of all.
 * @param entities the types `_entities` resolves; none at the gateway.
 */
export function waysTo(
  schema: GraphQLSchema,
  entities: ReadonlySet<string>,
): ReadonlyMap<string, readonly Way[]> {
  const ways = new Map<string, Way[]>([["Query", [[]]]]);
  const add = (type: string, way: Way) =>
    ways.set(type, [...(ways.get(type) ?? []), way]);
  for (const type of entities) add(type, [{ kind: "entity", type }]);
  const person: Way = entities.has("Employee")
    ? [{ kind: "entity", type: "Employee" }]
    : [{ kind: "field", parent: "Query", name: "employee" }];
  const direct = [
    ...landings(schema, "Query", []),
    ...landings(schema, "Employee", person).filter(
      ([type]) => type !== "Employee",
    ),
  ];
  for (const [type, way] of direct) add(type, way);
  if (schema.getMutationType()) add("Mutation", []);
  const queue = [...ways.keys()];
  for (const from of queue)
    for (const [type, way] of landings(schema, from, ways.get(from)?.[0] ?? []))
      if (!ways.has(type)) {
        add(type, way);
        queue.push(type);
      }
  return ways;
}

export function fieldsOf(
  schema: GraphQLSchema,
  type: string,
): readonly GraphQLField<unknown, unknown>[] {
  const object = schema.getType(type);
  return isObjectType(object) ? Object.values(object.getFields()) : [];
}

/** Fields that cannot be asked for without an argument. */
export function demandingFields(schema: GraphQLSchema): readonly string[] {
  return Object.keys(schema.getTypeMap())
    .filter((type) => !type.startsWith("_"))
    .flatMap((type) =>
      fieldsOf(schema, type)
        .filter(({ args }) => args.some(isRequiredArgument))
        .map(({ name }) => `${type}.${name}`),
    );
}

/** Where the fields of a type lead: what they return, and through a page of it. */
function landings(
  schema: GraphQLSchema,
  parent: string,
  way: Way,
): readonly (readonly [type: string, way: Way])[] {
  return fieldsOf(schema, parent).flatMap(({ name, type }) => {
    const there: Way = [...way, { kind: "field", parent, name }];
    const found = getNamedType(type);
    const page = fieldsOf(schema, found.name)
      .filter((field) => ["nodes", "edges"].includes(field.name))
      .filter(
        ({ name: page }) =>
          page === "edges" || !pagesOfMany.has(`${parent}.${name}`),
      )
      .map((field): readonly [string, Way] => [
        getNamedType(field.type).name,
        [...there, { kind: "field", parent: found.name, name: field.name }],
      ]);
    return [...members(schema, found, there), ...page];
  });
}

function members(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  way: Way,
): readonly (readonly [string, Way])[] {
  if (isObjectType(type)) return [[type.name, way]];
  if (!isAbstractType(type)) return [];
  return schema
    .getPossibleTypes(type)
    .map(({ name }) => [name, [...way, { kind: "fragment", type: name }]]);
}

/** `Query.employee > Employee.payslips`, for people. */
export function nameOf(way: Way): string {
  return way
    .map((step) =>
      step.kind === "field" ? `${step.parent}.${step.name}` : step.type,
    )
    .join(" > ");
}
