import { type Kysely, sql } from "kysely";
import { type Page, type Position, pageOfRows } from "./connection.ts";
import type { Employee, Group } from "./employee.ts";
import type { Tables } from "./tables.ts";
import { type VisiblePeople, belongsTo } from "./visible-people.repository.ts";

export type GroupPage = {
  readonly group: Group;
  readonly size: number;
  /** Sort name and id of the person the page comes after. */
  readonly after: Position | null;
};

/** A page of each group by name, in one statement however many groups are asked for. */
export async function groupPages(
  database: Kysely<Tables>,
  people: VisiblePeople,
  asked: GroupPage & { readonly of: readonly string[] },
): Promise<ReadonlyMap<string, Page<Employee>>> {
  const { group, size, after, of } = asked;
  const members = people
    .where(belongsTo(group, sql.ref("asked.group_id")))
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(person.sort_name, person.id) > (${after?.[0]}, ${after?.[1]})`,
      ),
    )
    .orderBy("person.sort_name")
    .orderBy("person.id")
    .limit(size + 1);
  const rows = await database
    .selectFrom(
      sql<{ group_id: string }>`unnest(${of}::text[])`.as<"asked">(
        sql`asked (group_id)`,
      ),
    )
    .innerJoinLateral(members.as("member"), (join) => join.onTrue())
    .select("asked.group_id as groupId")
    .selectAll("member")
    .execute();
  const groups = Map.groupBy(rows, ({ groupId }) => groupId);
  const bounds = { size, isFirst: after === null };
  return new Map(
    of.map((id) => [
      id,
      pageOfRows(groups.get(id) ?? [], bounds, (row) => [row.sortName, row.id]),
    ]),
  );
}
