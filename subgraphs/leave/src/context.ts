import type { Database } from "@hr/database";
import type { Caller, Context } from "@hr/service";
import { findCurrentAbsences } from "./absence.repository.ts";
import { type Day, localDate } from "./dates.ts";
import type { Employee } from "./employee.ts";
import { findEmployees, findReports } from "./employee.repository.ts";
import {
  findCalendars,
  findCalendarsOfLocations,
  findHolidays,
  findHolidaysBetween,
} from "./holiday.repository.ts";
import { type Balance, balanceOn } from "./leave-balance.ts";
import { findAccounts } from "./leave-balance.repository.ts";
import { pageLedgerOfEach } from "./leave-ledger.repository.ts";
import {
  type RequestsAsked,
  findDays,
  findRequests,
  pageRequestsOfEach,
} from "./leave-request.repository.ts";
import { findLeaveTypes } from "./leave-type.repository.ts";
import { eachWay, manyEach, oneEach } from "./loaders.ts";
import { findEmployments } from "./roster.repository.ts";
import type { Page } from "./page.repository.ts";
import type { Tables } from "./tables.ts";

export type LeaveContext = Context<Own>;

/** Made for one request: what it has loaded, it loaded for this caller. */
export type Own = {
  readonly database: Database<Tables>;
  readonly load: ReturnType<typeof loadersOf>;
};

export function createContext(database: Database<Tables>, caller: Caller): Own {
  return { database, load: loadersOf(database, caller) };
}

/** Which day it is where somebody works (A2). */
export function todayOf(caller: Pick<Caller, "now">, employee: Employee): Day {
  return localDate(caller.now(), employee.timeZone);
}

/** Whatever is asked for row by row is fetched in one go a tick. */
function loadersOf(database: Database<Tables>, caller: Caller) {
  const { query } = database;
  const manager = caller.principal.employeeId;
  const employee = oneEach((ids) => findEmployees(query, ids), byId);
  const findKnown = async (ids: readonly string[]) =>
    (await employee.loadMany(ids)).filter(isEmployee);
  return {
    employee,
    /** Rows of people the guard has yet to judge, by the subject of the row. */
    request: oneEach((ids) => findRequests(query, ids, everyone), byId),
    days: manyEach(
      (ids) => findDays(query, ids),
      ({ requestId }) => requestId,
    ),
    leaveType: oneEach((ids) => findLeaveTypes(query, ids), byId),
    calendar: oneEach((ids) => findCalendars(query, ids), byId),
    holiday: oneEach((ids) => findHolidays(query, ids), byId),
    location: oneEach((ids) => findCalendarsOfLocations(query, ids), byId),
    holidaysOf: eachWay((year: number) =>
      manyEach(
        (calendars) =>
          findHolidaysBetween(query, calendars, {
            from: `${year}-01-01`,
            to: `${year}-12-31`,
          }),
        ({ calendarId }) => calendarId,
      ),
    ),
    report: oneEach(
      async (ids) =>
        manager === null ? [] : [...(await findReports(query, manager, ids))],
      (id) => id,
    ),
    employment: oneEach(
      async (ids) => [...(await findEmployments(query, ids))],
      ([id]) => id,
    ),
    /** As of a day, or of each person's today. */
    balances: eachWay((asOf: Day | null) =>
      manyEach(async (ids) => {
        const people = await findKnown(ids);
        const days = new Map(
          people.map((one) => [one.id, asOf ?? todayOf(caller, one)]),
        );
        return findBalances(query, people, days);
      }, byEmployee),
    ),
    requestsOf: eachWay((asked: RequestsAsked) =>
      pageRequestsOfEach(database, asked),
    ),
    ledgerOf: eachWay(
      ({
        leaveTypeId,
        page,
      }: {
        readonly leaveTypeId: string;
        readonly page: Page;
      }) => pageLedgerOfEach(database, leaveTypeId, page),
    ),
    absence: oneEach(async (ids) => {
      const people = await findKnown(ids);
      return findCurrentAbsences(
        query,
        people.map((one) => ({ id: one.id, today: todayOf(caller, one) })),
      );
    }, byEmployee),
  };
}

async function findBalances(
  query: Database<Tables>["query"],
  people: readonly Employee[],
  days: ReadonlyMap<string, Day>,
): Promise<readonly Balance[]> {
  if (people.length === 0) return [];
  const years = [...days.values()].map((day) => Number(day.slice(0, 4)));
  const accounts = await findAccounts(query, {
    employees: people,
    years: [...new Set(years.flatMap((year) => [year, year + 1]))],
  });
  return accounts.map((account) =>
    balanceOn(account, days.get(account.employeeId) ?? ""),
  );
}

const everyone = { everyone: true } as const;
const byId = ({ id }: { readonly id: string }) => id;
const byEmployee = ({ employeeId }: { readonly employeeId: string }) =>
  employeeId;

function isEmployee(found: Employee | Error | null): found is Employee {
  return found !== null && !(found instanceof Error);
}
