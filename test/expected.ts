import type { Dnf, Requirement } from "@hr/access";
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
  { type, field, way }: Omit<Question, "row">,
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
    [...before, ...after].some((dnf) => !isMet(dnf, scopes)),
  );
}

export function isMet(dnf: Dnf, scopes: readonly string[]): boolean {
  return dnf.some((all) => all.every((scope) => scopes.includes(scope)));
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

/** A page is there for everybody who may ask; its rows are what reach cuts. */
export function isRootPage({ isRoot, returns }: Gate): boolean {
  return isRoot && returns.endsWith("Connection");
}

export function isAbove(manager: string | null, person: string): boolean {
  for (let one = managerOf.get(person); one; one = managerOf.get(one))
    if (one === manager) return true;
  return false;
}

/** What a caller is to be answered: every error as `code coordinate`. */
export type Expected = {
  readonly values: readonly unknown[];
  readonly errors: readonly string[];
  /** Both what the guard does and what a narrower row policy does before it are right. */
  readonly orSilent?: true;
};

/**
 * Walks the gates as a caller would.
 * @param all what stands at the end for somebody who may see everything, with `subject`
 */
export function expectedOf(
  gates: readonly Gate[],
  asker: Asker,
  { row, field }: Question,
  all: readonly unknown[],
): Expected {
  const end = field === null ? undefined : gates.at(-1);
  let subjects: readonly string[] = [row.owner];
  const within = (rules: Requirement["scopes"]) =>
    subjects.some((subject) => reaches(rules, asker, subject));
  for (const gate of gates) {
    const { coordinate, before, after, isRoot } = gate;
    if (shutGate([gate], asker.scopes)) {
      const shut = refused("UNAUTHORIZED_FIELD_OR_TYPE", coordinate);
      // A page cut to no row at all never comes to ask for one.
      return /Edge\.node$/.test(coordinate)
        ? { ...shut, orSilent: true }
        : shut;
    }
    subjects = subjectsAt(coordinate, asker, row) ?? subjects;
    const isPage = gate === end && isRootPage(gate);
    if (!isPage && !within(before) && !answersAnyway(coordinate, asker, row))
      return isRoot && !loudRoots.has(coordinate)
        ? { values: [], errors: [] }
        : refused("FORBIDDEN", coordinate);
    if (gate !== end && !within(after))
      return { ...refused("FORBIDDEN", coordinate), orSilent: true };
  }
  if (!end) return { values: all, errors: [] };
  const values = all.filter((value) => {
    const subject = subjectOf(value);
    return subject === undefined
      ? within(end.after)
      : reaches(end.after, asker, subject);
  });
  const seen = values.map(withoutSubject);
  if (values.length === all.length) return { values: seen, errors: [] };
  const errors = [`FORBIDDEN ${end.coordinate}`];
  return { values: seen, errors, orSilent: true };
}

function refused(code: string, coordinate: string): Expected {
  return { values: [], errors: [`${code} ${coordinate}`] };
}

/** Root fields that say `FORBIDDEN` of a person out of reach (A4); the others answer null. */
const loudRoots = new Set([
  "Query.previewLeaveRequest",
  "Mutation.submitLeaveRequest",
  "Mutation.cancelLeaveRequest",
  "Mutation.approveLeaveRequest",
  "Mutation.rejectLeaveRequest",
]);

/** Whose rows a root field is about where it is not the row's owner: one within reach is enough. */
function subjectsAt(
  coordinate: string,
  { employeeId }: Asker,
  { ids }: Question["row"],
): readonly string[] | undefined {
  if (["Query.me", "Viewer.employee"].includes(coordinate))
    return [employeeId ?? ""];
  if (coordinate === "Query.leaveTypes") return employees.map(({ id }) => id);
  if (coordinate === "Query.department")
    return employees
      .filter(({ current }) => current.departmentId === ids["Department"])
      .map(({ id }) => id);
  return undefined;
}

/** One's own request is told apart: nobody decides it, and is told so (L15). */
export function answersAnyway(
  coordinate: string,
  { employeeId }: Pick<Asker, "employeeId">,
  { owner }: Question["row"],
): boolean {
  return (
    /^Mutation\.(approve|reject)LeaveRequest$/.test(coordinate) &&
    employeeId === owner
  );
}

function subjectOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("subject" in value))
    return undefined;
  const { subject } = value as { subject: string | { id: string } | null };
  return typeof subject === "string" ? subject : subject?.id;
}

function withoutSubject(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { subject: _, ...rest } = value as Record<string, unknown>;
  return rest;
}
