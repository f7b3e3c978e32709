import { withinReach } from "@hr/database";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { EmploymentStatus, Group, Visibility } from "./employee.ts";
import type { Tables } from "./tables.ts";

export type VisiblePeople = ReturnType<typeof visiblePeople>;

/** The people who exist for a caller, as rows of `Employee`. Every other statement about people starts here. */
export function visiblePeople(
  database: Kysely<Tables>,
  visibility: Visibility,
) {
  return database
    .selectFrom("person")
    .where(isVisible(visibility))
    .select([
      "person.id",
      "person.sort_name as sortName",
      "person.employee_number as employeeNumber",
      "person.display_name as displayName",
      "person.given_name as givenName",
      "person.family_name as familyName",
      "person.preferred_name as preferredName",
      "person.pronouns",
      "person.work_email as workEmail",
      "person.work_phone as workPhone",
      "person.locale",
      "person.job_title as jobTitle",
      "person.department_id as departmentId",
      "person.location_id as locationId",
      "person.manager_id as managerId",
      shownStatus(visibility).as("status"),
      "person.hire_date as hireDate",
      "person.version",
      "person.created_at as createdAt",
      "person.updated_at as updatedAt",
    ]);
}

/** Without the right to read their job, somebody on long leave reads as ACTIVE (E9). */
export function shownStatus({ job }: Visibility): RawBuilder<EmploymentStatus> {
  return sql<EmploymentStatus>`CASE
    WHEN person.status = 'ON_LEAVE' AND NOT ${withinReach(job, id)}
    THEN 'ACTIVE' ELSE person.status END`;
}

/** Employed today: who is counted, whoever asks (E8). */
export const isEmployed = sql<SqlBool>`person.status IN ('ACTIVE', 'ON_LEAVE')`;

/** Whether the person of the statement is in a group; `of` is a manager or a department. */
export function belongsTo(
  group: Group,
  of: RawBuilder<string>,
): RawBuilder<SqlBool> {
  if (group === "reports") return sql`person.manager_id = ${of}`;
  if (group === "members") return sql`person.department_id = ${of}`;
  if (group === "everyone below")
    return sql`EXISTS (SELECT FROM reporting r WHERE r.ancestor_id = ${of}
      AND r.descendant_id = person.id AND r.depth > 0)`;
  return sql`person.department_id IN (
    WITH RECURSIVE below (id) AS (
      SELECT ${of}::text UNION
      SELECT d.id FROM department d JOIN below ON d.parent_id = below.id
    ) SELECT id FROM below)`;
}

const id = "person.id";

export function isVisible(visibility: Visibility): RawBuilder<SqlBool> {
  const { directory, job, self } = visibility;
  return sql`(${withinReach(directory, id)}
    AND (${isEmployed} OR person.id = ${self} OR ${withinReach(job, id)}))`;
}
