import { type Database, type Reach, withinReach } from "@hr/database";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Compensation, Recurring } from "./compensation.ts";
import type { Day } from "./days.ts";
import type { PageRequest } from "./page.ts";
import { descending, pageOfEach } from "./page.repository.ts";
import type { Tables } from "./tables.ts";

/** A recurring component, the row it belongs to, and the currency of its amount. */
export type RecurringRow = Recurring & {
  readonly compensationId: string;
  readonly currency: string;
};

/** Rows of pay as one caller may see them: no statement here can leave the reach out. */
export function compensationRepository(
  database: Database<Tables>,
  { reach, now }: { readonly reach: Reach; readonly now: Date },
) {
  const rows = (day: RawBuilder<Day>) => visibleRows(database, reach, day);
  return {
    findMany: (ids: readonly string[]): Promise<readonly Compensation[]> =>
      rows(today(now)).where("compensation.id", "in", ids).execute(),

    /** What each person is paid on a day; without one, today at their location. */
    findInForce(
      employeeIds: readonly string[],
      asOf: Day | null,
    ): Promise<readonly Compensation[]> {
      const day = asOf === null ? today(now) : sql<Day>`${asOf}::date`;
      return rows(day)
        .where("compensation.employee_id", "in", employeeIds)
        .where(sql<SqlBool>`compensation.effective @> ${day}`)
        .execute();
    },

    /** Newest first, by employee. */
    histories: (request: PageRequest) =>
      pageOfEach(
        database,
        {
          rows: rows(today(now)).where(
            sql<SqlBool>`compensation.employee_id = owner.id`,
          ),
          by: [
            descending("compensation.effective_from", "effectiveFrom"),
            descending("compensation.id", "id"),
          ],
        },
        request,
      ),

    findRecurring: (ids: readonly string[]): Promise<readonly RecurringRow[]> =>
      database.query
        .selectFrom("recurring_component as r")
        .innerJoin("compensation", "compensation.id", "r.compensation_id")
        .select([
          "r.compensation_id as compensationId",
          "compensation.currency",
          "r.component_id as componentId",
          "r.amount_minor as amountMinor",
          "r.rate_bps as rateBps",
        ])
        .where("r.compensation_id", "in", ids)
        .where(withinReach(reach, "compensation.employee_id"))
        .orderBy("r.component_id")
        .$castTo<RecurringRow>()
        .execute(),
  };
}

/** Contract hours are those of the given day, or of the nearest one the row is in force. */
function visibleRows(
  database: Database<Tables>,
  reach: Reach,
  day: RawBuilder<Day>,
) {
  const lastDay = sql<Day | null>`upper(compensation.effective) - 1`;
  return database.query
    .selectFrom("compensation")
    .innerJoin(
      "employee_ref as person",
      "person.id",
      "compensation.employee_id",
    )
    .innerJoin(
      "legal_entity_ref as entity",
      "entity.id",
      "person.legal_entity_id",
    )
    .leftJoin("assignment_ref as hours", (join) =>
      join
        .onRef("hours.employee_id", "=", "compensation.employee_id")
        .on(
          sql<SqlBool>`hours.valid @> greatest(least(${day}, ${lastDay}), compensation.effective_from)`,
        ),
    )
    .select([
      "compensation.id",
      "compensation.employee_id as employeeId",
      "compensation.effective_from as effectiveFrom",
      lastDay.as("effectiveTo"),
      "compensation.base_minor as baseMinor",
      "compensation.currency",
      "compensation.per",
      "entity.full_time_hours_hundredths as fullTimeHours",
      sql<number>`coalesce(hours.weekly_hours_hundredths, entity.full_time_hours_hundredths)`.as(
        "weeklyHours",
      ),
      "compensation.reason",
      "compensation.version",
      "compensation.created_at as createdAt",
      "compensation.created_by as createdBy",
    ])
    .where(withinReach(reach, "compensation.employee_id"));
}

/** The date where the person works: the server's own is nobody's today. */
function today(now: Date): RawBuilder<Day> {
  return sql`(${now}::timestamptz AT TIME ZONE person.time_zone)::date`;
}
