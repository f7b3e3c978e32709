import { type Guard, type Lock, RulesError } from "@hr/access";
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from "graphql";
import { Unauthorized } from "./errors.ts";
import type { GuardedContext } from "./guard-state.ts";

/**
 * What each input field and enum value tells of the rows that are chosen or
 * sorted by it: coordinates of fields, or null for nothing. An enum's own name
 * stands for all of its values. An argument may be named too, as
 * `Query.absences(managerId:)`.
 *
 * @example
 * const criteria: Criteria = {
 *   "EmployeeFilter.hiredFrom": "Employee.hireDate",
 *   "EmployeeOrder.field": null, // its value tells
 *   "EmployeeOrderField.HIRE_DATE": "Employee.hireDate",
 *   OrderDirection: null,
 * };
 */
export type Criteria = Readonly<
  Record<string, string | readonly string[] | null>
>;

/** @throws Unauthorized naming the first criterion that is used and not open. */
export type CriteriaCheck = (
  args: Readonly<Record<string, unknown>>,
  context: GuardedContext,
) => void;

/**
 * Compiles a check for each field that takes a criterion; undefined for the others.
 * @throws RulesError naming each input field and enum value that a query can use
 *   and nobody declared, and each declaration of something that is not there.
 */
export function compileCriteria(
  schema: GraphQLSchema,
  guard: Guard,
  criteria: Criteria,
): (coordinate: string) => CriteriaCheck | undefined {
  const readers = readingFields(schema);
  const faults = [
    ...undeclared(readers, criteria),
    ...unknown(readers, schema, criteria),
  ];
  if (faults.length > 0) throw new RulesError(faults);
  const checks = new Map<string, CriteriaCheck>();
  for (const { at, field } of readers) {
    const check = compileField(at, field, guard, criteria);
    if (check) checks.set(at, check);
  }
  return (coordinate) => checks.get(coordinate);
}

type Field = GraphQLField<unknown, unknown>;
type Reader = { readonly at: string; readonly field: Field };

/** A place a value can be given at: what it asks for itself, and what its parts do. */
type Place = { readonly lock: Lock | undefined; readonly parts: Parts };
type Parts = {
  readonly fields: ReadonlyMap<string, Place>;
  readonly values: ReadonlyMap<unknown, Lock>;
};

function compileField(
  at: string,
  field: Field,
  guard: Guard,
  criteria: Criteria,
): CriteriaCheck | undefined {
  let locks = 0;
  const lockOf = (coordinate: string): Lock | undefined => {
    const told = Object.hasOwn(criteria, coordinate)
      ? criteria[coordinate]
      : undefined;
    if (told === null || told === undefined) return undefined;
    locks += 1;
    return guard.criterion({ coordinate, tells: [told].flat(), at });
  };
  const partsOf = compileParts(lockOf, criteria);
  const places = field.args.map(({ name, type }) => ({
    name,
    place: { lock: lockOf(`${at}(${name}:)`), parts: partsOf(type) },
  }));
  if (locks === 0) return undefined;
  return (args, context) => {
    for (const { name, place } of places) demand(place, args[name], context);
  };
}

function compileParts(
  lockOf: (coordinate: string) => Lock | undefined,
  criteria: Criteria,
) {
  const known = new Map<string, Parts>();
  const partsOf = (inputType: GraphQLInputType): Parts => {
    const type = getNamedType(inputType);
    const before = known.get(type.name);
    if (before) return before;
    const fields = new Map<string, Place>();
    const values = new Map<unknown, Lock>();
    known.set(type.name, { fields, values });
    if (isInputObjectType(type))
      for (const { name, type: below } of Object.values(type.getFields()))
        fields.set(name, {
          lock: lockOf(`${type.name}.${name}`),
          parts: partsOf(below),
        });
    if (isEnumType(type))
      for (const { name, value } of type.getValues()) {
        const lock = lockOf(declaredAs(type.name, name, criteria));
        if (lock) values.set(value, lock);
      }
    return { fields, values };
  };
  return partsOf;
}

function demand(
  { lock, parts }: Place,
  value: unknown,
  context: GuardedContext,
): void {
  if (value === null || value === undefined) return;
  if (lock) demandOpen(lock, context);
  if (Array.isArray(value)) {
    for (const item of value) demand({ lock: undefined, parts }, item, context);
    return;
  }
  const ofValue = parts.values.get(value);
  if (ofValue) demandOpen(ofValue, context);
  for (const [name, place] of parts.fields)
    demand(place, (value as Record<string, unknown>)[name], context);
}

function demandOpen(lock: Lock, { guard, principal }: GuardedContext): void {
  const decision = guard.decisions(lock);
  if (decision.kind === "closed")
    throw new Unauthorized(lock.coordinate, decision.requirement, principal);
}

/** All fields that are read, with their arguments: a change is judged by its target. */
function readingFields(schema: GraphQLSchema): readonly Reader[] {
  const mutation = schema.getMutationType();
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type !== mutation && !type.name.startsWith("__"))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({
        at: `${type.name}.${field.name}`,
        field,
      })),
    );
}

function undeclared(
  readers: readonly Reader[],
  criteria: Criteria,
): readonly string[] {
  return [...inputsOf(readers)].flatMap((type) =>
    criteriaIn(type)
      .filter(
        (name) =>
          !Object.hasOwn(criteria, declaredAs(type.name, name, criteria)),
      )
      .map(
        (name) =>
          `${type.name}.${name} can choose or sort rows, but nobody declared which field it tells of: add it to the criteria, or null when it tells of none`,
      ),
  );
}

function unknown(
  readers: readonly Reader[],
  schema: GraphQLSchema,
  criteria: Criteria,
): readonly string[] {
  const there = new Set([
    ...readers.flatMap(({ at, field }) =>
      field.args.map(({ name }) => `${at}(${name}:)`),
    ),
    ...[...inputsOf(readers)].flatMap((type) => [
      ...(isEnumType(type) ? [type.name] : []),
      ...criteriaIn(type).map((name) => `${type.name}.${name}`),
    ]),
  ]);
  return Object.entries(criteria).flatMap(([coordinate, told]) => [
    ...(there.has(coordinate)
      ? []
      : [`The criteria name ${coordinate}, which no query can use`]),
    ...[told ?? []]
      .flat()
      .filter((one) => !isField(one, schema))
      .map((one) => `${coordinate} tells of ${one}, which is no field here`),
  ]);
}

/** Input objects and enums that an argument can hold, at any depth. */
function inputsOf(readers: readonly Reader[]): ReadonlySet<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>();
  const add = (inputType: GraphQLInputType) => {
    const type = getNamedType(inputType);
    if (found.has(type)) return;
    if (isEnumType(type)) found.add(type);
    if (!isInputObjectType(type)) return;
    found.add(type);
    for (const field of Object.values(type.getFields())) add(field.type);
  };
  for (const { field } of readers) for (const { type } of field.args) add(type);
  return found;
}

function criteriaIn(type: GraphQLNamedType): readonly string[] {
  if (isInputObjectType(type)) return Object.keys(type.getFields());
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
}

/** A value's own declaration, or its enum's. */
function declaredAs(
  typeName: string,
  name: string,
  criteria: Criteria,
): string {
  const own = `${typeName}.${name}`;
  const isShared =
    !Object.hasOwn(criteria, own) && Object.hasOwn(criteria, typeName);
  return isShared ? typeName : own;
}

function isField(coordinate: string, schema: GraphQLSchema): boolean {
  const [typeName = "", fieldName = ""] = coordinate.split(".");
  const type = schema.getType(typeName);
  return isObjectType(type) && Object.hasOwn(type.getFields(), fieldName);
}
