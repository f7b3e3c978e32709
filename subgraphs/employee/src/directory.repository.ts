import {
  type Database,
  type PageArguments,
  cappedCount,
  paginate,
} from "@hr/database";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  Employee,
  EmployeeFilter,
  EmployeeOrder,
  Visibility,
} from "./employee.ts";
import { fold } from "./search.ts";
import type { Tables } from "./tables.ts";
import {
  type VisiblePeople,
  belongsTo,
  shownStatus,
} from "./visible-people.repository.ts";

export type DirectoryPage = {
  readonly filter: EmployeeFilter;
  readonly order: EmployeeOrder;
  readonly page: PageArguments;
  readonly maximum: number;
};

/** Filtered before it is paged and counted. A search ranks first: the whole term, its beginning, a later word (E13). */
export async function directoryPage(
  { query, cursorKey }: Pick<Database<Tables>, "query" | "cursorKey">,
  people: VisiblePeople,
  asked: DirectoryPage & { readonly visibility: Visibility },
) {
  const { filter, order, page, maximum, visibility } = asked;
  const text = filter.search == null ? null : like(fold(filter.search));
  const matching = people
    .$if(text !== null, (all) => all.where(matches(text ?? "")))
    .where((eb) => eb.and(conditions(filter, visibility)))
    .select((text === null ? sql<number>`0` : rank(text)).as("rank"));
  const found = query.selectFrom(matching.as("found")).selectAll();
  const connection = await paginate(found, {
    arguments: page,
    binding: JSON.stringify([filter, order]),
    by: [...(text === null ? [] : [ranked]), ...sortColumns(order)],
    ...{ cursorKey, maximum },
  });
  return { ...connection, totalCount: () => cappedCount(query, matching) };
}

const ranked = { column: "found.rank", direction: "asc", key: "rank" } as const;

function conditions(filter: EmployeeFilter, visibility: Visibility) {
  const when = <Value>(
    value: Value | null | undefined,
    condition: (value: Value) => RawBuilder<SqlBool>,
  ) => (value == null ? [] : [condition(value)]);
  return [
    ...when(filter.departmentId, (id) =>
      belongsTo(
        filter.includeSubDepartments === false ? "members" : "members below",
        sql`${id}`,
      ),
    ),
    ...when(filter.managerId, (id) =>
      belongsTo(
        filter.includeIndirectReports ? "everyone below" : "reports",
        sql`${id}`,
      ),
    ),
    ...when(filter.locationId, (id) => sql`person.location_id = ${id}`),
    ...when(
      filter.status,
      (status) => sql`${shownStatus(visibility)} = ANY (${status}::text[])`,
    ),
    ...when(filter.hiredFrom, (day) => sql`person.hire_date >= ${day}::date`),
    ...when(filter.hiredTo, (day) => sql`person.hire_date <= ${day}::date`),
    ...when(
      filter.updatedSince,
      (instant) => sql`person.updated_at >= ${instant}`,
    ),
  ];
}

function sortColumns({ field, direction }: EmployeeOrder) {
  const towards = direction === "ASC" ? ("asc" as const) : ("desc" as const);
  return [sortKeys[field], "id"].map((key) => ({
    column: `found.${key}`,
    direction: towards,
    key,
  }));
}

const sortKeys = {
  FAMILY_NAME: "sortName",
  EMPLOYEE_NUMBER: "employeeNumber",
  HIRE_DATE: "hireDate",
  UPDATED_AT: "updatedAt",
} as const satisfies Record<
  EmployeeOrder["field"],
  keyof Employee | "sortName"
>;

function matches(text: string): RawBuilder<SqlBool> {
  return sql`(person.search_text LIKE ${`%\n${text}%`}
    OR person.search_text LIKE ${`% ${text}%`})`;
}

function rank(text: string): RawBuilder<number> {
  return sql`CASE WHEN person.search_text LIKE ${`%\n${text}\n%`} THEN 0
    WHEN person.search_text LIKE ${`%\n${text}%`} THEN 1 ELSE 2 END`;
}

/** What the caller typed means itself, wildcards included. */
function like(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
