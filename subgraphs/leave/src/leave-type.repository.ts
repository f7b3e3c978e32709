import { type Reach, withinReach } from "@hr/database";
import type { Kysely } from "kysely";
import type { LeavePolicy, LeaveType } from "./leave-type.ts";
import type { Tables } from "./tables.ts";

export async function findLeaveTypes(
  database: Kysely<Tables>,
  ids: readonly string[],
): Promise<readonly LeaveType[]> {
  return database
    .selectFrom("leave_type")
    .where("id", "in", ids)
    .select(typeColumns)
    .execute();
}

/** Types open to anybody within reach, by code. */
export async function findOpenLeaveTypes(
  database: Kysely<Tables>,
  reach: Reach,
  includeInactive: boolean,
): Promise<readonly LeaveType[]> {
  return database
    .selectFrom("leave_type")
    .$if(!includeInactive, (query) => query.where("active", "=", true))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("leave_policy as p")
          .innerJoin("location_ref as l", "l.country_code", "p.country_code")
          .innerJoin("employee_ref as e", "e.location_id", "l.id")
          .whereRef("p.leave_type_id", "=", "leave_type.id")
          .where(withinReach(reach, "e.id"))
          .select("p.leave_type_id"),
      ),
    )
    .orderBy("code")
    .select(typeColumns)
    .execute();
}

/** An active type and what it grants where the person works; null: no such type for them. */
export async function findOffer(
  database: Kysely<Tables>,
  leaveTypeId: string,
  countryCode: string,
): Promise<{
  readonly type: LeaveType;
  readonly policy: LeavePolicy;
} | null> {
  const [row] = await offers(database)
    .where("leave_type.id", "=", leaveTypeId)
    .where("leave_type.active", "=", true)
    .where("p.country_code", "=", countryCode)
    .execute();
  return row ? { type: row, policy: row } : null;
}

/** Everything with a limit that is granted in a country, active or not, by code. */
export async function findLimited(
  database: Kysely<Tables>,
  countries: readonly string[],
): Promise<
  readonly {
    readonly type: LeaveType;
    readonly policy: LeavePolicy;
    readonly countryCode: string;
  }[]
> {
  const rows = await offers(database)
    .where("p.country_code", "in", countries)
    .where("p.entitlement", "<>", "UNLIMITED")
    .orderBy("code")
    .execute();
  return rows.map((row) => ({
    ...{ type: row, policy: row },
    countryCode: row.countryCode,
  }));
}

const typeColumns = [
  "leave_type.id",
  "leave_type.code",
  "leave_type.name",
  "leave_type.color",
  "leave_type.paid",
  "leave_type.requires_approval as requiresApproval",
  "leave_type.requires_note as requiresNote",
  "leave_type.certificate_after_days as certificateAfterDays",
  "leave_type.allows_half_days as allowsHalfDays",
  "leave_type.negative_limit as negativeLimit",
  "leave_type.confidential",
  "leave_type.active",
] as const;

function offers(database: Kysely<Tables>) {
  return database
    .selectFrom("leave_type")
    .innerJoin("leave_policy as p", "p.leave_type_id", "leave_type.id")
    .select([
      ...typeColumns,
      "p.country_code as countryCode",
      "p.entitlement",
      "p.annual_days as annualDays",
      "p.carry_over_cap as carryOverCap",
      "p.carry_over_expires as carryOverExpires",
      "p.eligible_after_months as eligibleAfterMonths",
      "p.notice_days as noticeDays",
      "p.max_consecutive_days as maxConsecutiveDays",
    ]);
}
