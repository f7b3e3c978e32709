import type { Requirement } from "@hr/access";
import { demoCompany } from "@hr/demo";
import { type GraphQLSchema, getNamedType } from "graphql";
import { estateToday } from "./estate.ts";
import type { Question } from "./questions.ts";
import { fieldsOf } from "./ways.ts";

/** What stands at each coordinate, and what it takes to enter each type. */
export type Requirements = {
  own(coordinate: string): Requirement;
  entry(type: string): Requirement;
};

/** What a caller has to get past, one after the other, as far as the end of a question. */
export type Gate = {
  readonly coordinate: string;
  readonly isRoot: boolean;
  /** Judged by the row the field stands on. */
  readonly before: Requirement["scopes"];
  /** Judged by each row it returns. */
  readonly after: Requirement["scopes"];
  readonly returns: string;
};

export type Asker = {
  readonly employeeId: string | null;
  readonly scopes: readonly string[];
};

const { employees } = demoCompany({ today: estateToday });
const managerOf = new Map(
  employees.map(({ id, current }) => [id, current.managerId]),
);

export function gatesOf(
  { type, field, way }: Question,
  schema: GraphQLSchema,
  rules: Requirements,
): readonly Gate[] {
  const gate = (parent: string, name: string): Gate => {
    const found = fieldsOf(schema, parent).find((one) => one.name === name);
    if (!found) throw new Error(`${parent}.${name}`);
    const returns = getNamedType(found.type).name;
    const own = rules.own(`${parent}.${name}`).scopes;
    return {
      coordinate: `${parent}.${name}`,
      isRoot: parent === "Query" || parent === "Mutation",
      before: [...rules.entry(parent).scopes, ...own],
      after: rules.entry(returns).scopes,
      returns,
    };
  };
  const walked = way.flatMap((step): readonly Gate[] => {
    if (step.kind === "field") return [gate(step.parent, step.name)];
    if (step.kind === "fragment") return [];
    const after = rules.entry(step.type).scopes;
    const { type: coordinate } = step;
    const returns = coordinate;
    return [{ coordinate, isRoot: false, before: [], after, returns }];
  });
  return field === null ? walked : [...walked, gate(type, field)];
}

/** The first gate that stays shut whatever the row; undefined when all open for some row. */
export function shutGate(
  gates: readonly Gate[],
  scopes: readonly string[],
): Gate | undefined {
  return gates.find(({ before, after }) =>
    [...before, ...after].some(
      (dnf) => !dnf.some((all) => all.every((scope) => scopes.includes(scope))),
    ),
  );
}

/** Whether every rule has an alternative the caller holds whose scopes all reach the row of this person. */
export function reaches(
  rules: Requirement["scopes"],
  { employeeId, scopes }: Asker,
  subject: string,
): boolean {
  return rules.every((dnf) =>
    dnf.some((all) =>
      all.every((scope) => {
        if (!scopes.includes(scope)) return false;
        if (scope.endsWith(":self")) return employeeId === subject;
        if (scope.endsWith(":reports")) return isAbove(employeeId, subject);
        return true;
      }),
    ),
  );
}

export function isAbove(manager: string | null, person: string): boolean {
  for (let one = managerOf.get(person); one; one = managerOf.get(one))
    if (one === manager) return true;
  return false;
}
