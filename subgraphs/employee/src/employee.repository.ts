import type { Database } from "@hr/database";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import { type DirectoryPage, directoryPage } from "./directory.repository.ts";
import type { Employee, Group, Visibility } from "./employee.ts";
import { type GroupPage, groupPages } from "./group-page.repository.ts";
import type { Tables } from "./tables.ts";
import {
  belongsTo,
  isEmployed,
  isVisible,
  visiblePeople,
} from "./visible-people.repository.ts";

export type EmployeeRepository = ReturnType<typeof employeeRepository>;

/** People as one caller may see them: no statement here can leave the reach out. */
export function employeeRepository(
  database: Database<Tables>,
  visibility: Visibility,
) {
  const { query } = database;
  const people = visiblePeople(query, visibility);
  return {
    findMany: (ids: readonly string[]): Promise<readonly Employee[]> =>
      people.where("person.id", "in", ids).execute(),

    /** Everyone above each of the people, nearest first; `below` says above whom. */
    findChains: (
      ids: readonly string[],
    ): Promise<readonly (Employee & { readonly below: string })[]> =>
      people
        .innerJoin("reporting", "reporting.ancestor_id", "person.id")
        .where("reporting.descendant_id", "in", ids)
        .where("reporting.depth", ">", 0)
        .select("reporting.descendant_id as below")
        .orderBy("reporting.depth")
        .execute(),

    page: (asked: DirectoryPage) =>
      directoryPage(database, people, { ...asked, visibility }),

    pageGroups: (asked: GroupPage, of: readonly string[]) =>
      groupPages(query, people, { ...asked, of }),

    /** How many of each group the caller may see; counted no further than `cap`. */
    countVisible: (group: Group, cap: number, of: readonly string[]) =>
      countGroups(query, { group, of, cap, where: isVisible(visibility) }),

    /** How many of each group are employed, whoever asks (E8). */
    countEmployed: (group: Group, of: readonly string[]) =>
      countGroups(query, { group, of, cap: null, where: isEmployed }),
  };
}

async function countGroups(
  database: Kysely<Tables>,
  counted: {
    readonly group: Group;
    readonly of: readonly string[];
    readonly cap: number | null;
    readonly where: RawBuilder<SqlBool>;
  },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; size: number }>`
    SELECT g.id, (SELECT count(*)::int FROM (
      SELECT FROM person
      WHERE ${belongsTo(counted.group, sql.ref("g.id"))} AND ${counted.where}
      LIMIT ${counted.cap}) AS member) AS size
    FROM unnest(${counted.of}::text[]) AS g (id)
  `.execute(database);
  return new Map(rows.map(({ id, size }) => [id, size]));
}
