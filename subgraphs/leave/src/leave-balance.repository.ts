import { type Kysely, sql } from "kysely";
import { type DueEntry, type Employment, dueEntries } from "./accrual.ts";
import type { Day } from "./dates.ts";
import type { Employee } from "./employee.ts";
import type { Account, Entry, ReservedDay } from "./leave-balance.ts";
import type { LeavePolicy, LeaveType } from "./leave-type.ts";
import { findLimited } from "./leave-type.repository.ts";
import { findEmployments } from "./roster.repository.ts";
import type { Tables } from "./tables.ts";

export type AccountsAsked = {
  readonly employees: readonly Pick<Employee, "id" | "countryCode">[];
  /** Calendar years to look into; what falls due in them counts as well as what is booked. */
  readonly years: readonly number[];
  /** A request whose own days do not count. */
  readonly except?: string;
};

/** Each person's account of every type with a limit, by code: five statements however many people. */
export async function findAccounts(
  database: Kysely<Tables>,
  { employees, years, except }: AccountsAsked,
): Promise<readonly Account[]> {
  const since = `${Math.min(...years)}-01-01`;
  const ids = employees.map(({ id }) => id);
  const countries = [...new Set(employees.map((one) => one.countryCode))];
  const [limited, employments, entries, days] = await Promise.all([
    findLimited(database, countries),
    findEmployments(database, ids),
    findEntries(database, ids, since),
    findReservedDays(database, ids, { since, except }),
  ]);
  const entriesOf = Map.groupBy(entries, accountKey);
  const daysOf = Map.groupBy(days, accountKey);
  return employees.flatMap(({ id: employeeId, countryCode }) =>
    limited
      .filter((offer) => offer.countryCode === countryCode)
      .map(({ type, policy }) => {
        const key = accountKey({ employeeId, leaveTypeId: type.id });
        return openAccount(
          { employeeId, type, policy, years },
          employments.get(employeeId) ?? { schedules: [], workplaces: [] },
          { entries: entriesOf.get(key) ?? [], days: daysOf.get(key) ?? [] },
        );
      }),
  );
}

/** L2: a row that only serves as a lock, held to the end of the transaction. */
export async function lockAccount(
  transaction: Kysely<Tables>,
  account: { readonly employeeId: string; readonly leaveTypeId: string },
): Promise<void> {
  const key = {
    employee_id: account.employeeId,
    leave_type_id: account.leaveTypeId,
  };
  await transaction
    .insertInto("leave_account")
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .selectFrom("leave_account")
    .select("employee_id")
    .where("employee_id", "=", key.employee_id)
    .where("leave_type_id", "=", key.leave_type_id)
    .forUpdate()
    .execute();
}

type AccountKey = { readonly employeeId: string; readonly leaveTypeId: string };
type BookedEntry = Entry & AccountKey & { readonly sourceKey: string };

function accountKey({ employeeId, leaveTypeId }: AccountKey): string {
  return `${employeeId} ${leaveTypeId}`;
}

function openAccount(
  of: {
    readonly employeeId: string;
    readonly type: LeaveType;
    readonly policy: LeavePolicy;
    readonly years: readonly number[];
  },
  employment: Employment,
  found: {
    readonly entries: readonly BookedEntry[];
    readonly days: readonly ReservedDay[];
  },
): Account {
  const booked = new Map(
    found.entries.map(({ sourceKey, amount }) => [sourceKey, amount]),
  );
  const due: readonly DueEntry[] = of.years.flatMap((year) =>
    dueEntries(of.policy, employment, year, booked),
  );
  return {
    employeeId: of.employeeId,
    leaveType: of.type,
    entries: [...found.entries, ...due],
    days: found.days,
    carryOverExpires: of.policy.carryOverExpires,
  };
}

/** Days used come from the requests instead: a pending one has no booking yet. */
async function findEntries(
  database: Kysely<Tables>,
  employees: readonly string[],
  since: Day,
): Promise<readonly BookedEntry[]> {
  return database
    .selectFrom("leave_ledger")
    .where("employee_id", "in", employees)
    .where("kind", "not in", ["USAGE", "USAGE_REVERSAL"])
    .where("effective_on", ">=", since)
    .select([
      "employee_id as employeeId",
      "leave_type_id as leaveTypeId",
      "kind",
      "amount",
      "effective_on as effectiveOn",
      "source_key as sourceKey",
    ])
    .execute();
}

async function findReservedDays(
  database: Kysely<Tables>,
  employees: readonly string[],
  asked: { readonly since: Day; readonly except: string | undefined },
): Promise<readonly (ReservedDay & AccountKey)[]> {
  return database
    .selectFrom("leave_request_day as d")
    .innerJoin("leave_request as r", "r.id", "d.request_id")
    .where("d.employee_id", "in", employees)
    .where("d.date", ">=", asked.since)
    .where("d.request_id", "<>", asked.except ?? "")
    .where("d.charged", ">", 0)
    .where("r.status", "in", ["PENDING", "APPROVED"])
    .select([
      "d.employee_id as employeeId",
      "r.leave_type_id as leaveTypeId",
      "d.date",
      "d.charged",
      sql<ReservedDay["status"]>`r.status`.as("status"),
    ])
    .execute();
}

export type Booking = {
  readonly employeeId: string;
  readonly leaveTypeId: string;
  readonly kind: Entry["kind"];
  readonly amount: number;
  readonly effectiveOn: Day;
  readonly sourceKey: string;
  readonly requestId?: string;
  readonly note?: string | null;
  readonly createdBy?: string | null;
};

/** L2: what is booked already under its source key stays as it is. */
export async function book(
  transaction: Kysely<Tables>,
  bookings: readonly Booking[],
  now: Date,
): Promise<void> {
  if (bookings.length === 0) return;
  await transaction
    .insertInto("leave_ledger")
    .values(
      bookings.map((one) => ({
        employee_id: one.employeeId,
        leave_type_id: one.leaveTypeId,
        kind: one.kind,
        amount: one.amount,
        effective_on: one.effectiveOn,
        source_key: one.sourceKey,
        request_id: one.requestId ?? null,
        note: one.note ?? null,
        created_at: now,
        created_by: one.createdBy ?? null,
      })),
    )
    .onConflict((conflict) =>
      conflict.constraint("leave_ledger_booked_once").doNothing(),
    )
    .execute();
}
