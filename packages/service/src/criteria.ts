import { type Criterion, type Guard, type Lock, RulesError } from "@hr/access";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
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
 * Compiles the criteria of each field that takes any; undefined for the others.
 * @throws RulesError naming each input field and enum value that a query can use
 *   and nobody declared, and each declaration of something that is not there.
 */
export function compileCriteria(
  schema: GraphQLSchema,
  guard: Guard,
  criteria: Criteria,
): (coordinate: string) => CriteriaCheck | undefined {
  const inputs = [...readingFields(schema)];
  const faults = criteriaFaults(schema, inputs, criteria);
  if (faults.length > 0) throw new RulesError(faults);
  const checks = new Map<string, CriteriaCheck>();
  for (const { at, field } of inputs) {
    const check = checkOf(at, field, guard, criteria);
    if (check) checks.set(at, check);
  }
  return (coordinate) => checks.get(coordinate);
}
