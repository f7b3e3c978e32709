import type { DemoCompany } from "@hr/demo";
import { type Day, addDays, weekday } from "./dates.ts";
import type { Holiday } from "./holiday.ts";
import { type LeaveDay, type LeavePeriod, breakdownOf } from "./leave-day.ts";
import type { LeaveRequestStatus } from "./leave-request.ts";
import { type Roster, holidayOn, isEmployedOn, scheduledOn } from "./roster.ts";

export type SeededRequest = LeavePeriod & {
  readonly id: string;
  readonly employeeId: string;
  readonly leaveTypeId: string;
  readonly status: LeaveRequestStatus;
  readonly note: string | null;
  readonly approverId: string | null;
  readonly decidedById: string | null;
  readonly breakdown: readonly LeaveDay[];
};

type Case = LeavePeriod & {
  readonly person: string;
  readonly type: string;
  readonly status: LeaveRequestStatus;
  readonly note?: string;
};

/** The leave of the demo company, and every edge worth looking at in it. */
export function requestsOf(
  company: DemoCompany,
  rosters: ReadonlyMap<string, Roster>,
): readonly SeededRequest[] {
  const managers = new Map(
    company.employees.map(({ id, current }) => [id, current.managerId]),
  );
  return casesOn(company.today, rosters).map((one, index) => {
    const { person, type, note, ...rest } = one;
    const roster = rosterOf(rosters, person);
    const asked = type !== "sick";
    const manager = asked ? (managers.get(person) ?? null) : null;
    return {
      ...rest,
      id: `lvr_demo_${String(index + 1).padStart(2, "0")}`,
      employeeId: person,
      leaveTypeId: `lvt_${type}`,
      note: note ?? null,
      approverId: manager,
      decidedById: one.status === "PENDING" ? null : manager,
      breakdown: breakdownOf(one, roster),
    };
  });
}

function casesOn(
  today: Day,
  rosters: ReadonlyMap<string, Roster>,
): readonly Case[] {
  const from = (person: string, offset: number, count: number) =>
    stretch(rosterOf(rosters, person), addDays(today, offset), count);
  const year = Number(today.slice(0, 4));
  const pair = from("emp_0011", 15, 1);
  return [
    annual("emp_ada", "APPROVED", from("emp_ada", -60, 5)),
    annual("emp_ada", "PENDING", from("emp_ada", 21, 3)),
    annual("emp_mia", "PENDING", from("emp_mia", 28, 4)),
    annual("emp_0009", "APPROVED", from("emp_0009", 21, 5)),
    annual("emp_hana", "PENDING", from("emp_hana", 14, 2)),
    // Nobody stands above the chief executive.
    annual("emp_0001", "PENDING", from("emp_0001", 10, 5)),
    // A manager is away and requests wait for her.
    annual("emp_0014", "APPROVED", {
      ...whole,
      startDate: addDays(today, -3),
      endDate: addDays(today, 7),
    }),
    annual("emp_0016", "PENDING", from("emp_0016", 12, 3)),
    annual("emp_0018", "PENDING", from("emp_0018", 17, 1)),
    // Overdrawn: two days off for the one that was earned.
    {
      ...annual("emp_0030", "APPROVED", from("emp_0030", -20, 2)),
      type: "comp",
    },
    // Two requests share a day, a half each.
    annual("emp_0011", "APPROVED", halves(pair, "MORNING")),
    {
      ...annual("emp_0011", "PENDING", halves(pair, "AFTERNOON")),
      type: "learning",
    },
    annual("emp_0010", "APPROVED", {
      ...whole,
      startDate: `${year}-12-28`,
      endDate: `${year + 1}-01-04`,
    }),
    annual("emp_0006", "PENDING", overHolidayMonday(today, rosters)),
    {
      ...annual("emp_0035", "APPROVED", {
        ...from("emp_0035", -25, 3),
        endPortion: "MORNING",
      }),
      ...{ type: "unpaid", note: "Family matters" },
    },
    {
      ...annual("emp_0008", "APPROVED", {
        ...whole,
        startDate: addDays(today, -60),
        endDate: addDays(today, 120),
      }),
      type: "parental",
    },
    {
      ...annual("emp_0046", "APPROVED", from("emp_0046", -9, 2)),
      type: "sick",
    },
    annual("emp_0007", "REJECTED", from("emp_0007", 35, 2)),
    annual("emp_0025", "CANCELLED", from("emp_0025", 8, 1)),
    annual("emp_0028", "WITHDRAWN", from("emp_0028", 9, 2)),
  ];
}

const whole = { startPortion: "FULL", endPortion: "FULL" } as const;

function annual(
  person: string,
  status: LeaveRequestStatus,
  period: LeavePeriod,
): Case {
  return { ...period, person, status, type: "annual" };
}

function halves(period: LeavePeriod, half: "MORNING" | "AFTERNOON") {
  return { ...period, startPortion: half, endPortion: half } as const;
}

/** From the first working day at or after a day, as many of them. */
function stretch(roster: Roster, from: Day, count: number): LeavePeriod {
  const days: Day[] = [];
  for (let day = from; days.length < count; day = addDays(day, 1))
    if (isWholeDay(roster, day)) days.push(day);
  const startDate = days[0] ?? from;
  return { ...whole, startDate, endDate: days.at(-1) ?? startDate };
}

function isWholeDay(roster: Roster, day: Day): boolean {
  if (!isEmployedOn(roster, day))
    throw new Error("The demo company takes leave only while employed.");
  return scheduledOn(roster, day) === 100 && !holidayOn(roster, day);
}

/** Friday afternoon to Tuesday morning: one day (L8). */
function overHolidayMonday(
  today: Day,
  rosters: ReadonlyMap<string, Roster>,
): LeavePeriod {
  const roster = rosterOf(rosters, "emp_0006");
  const isFree = (day: Day) => holidayOn(roster, day) !== null;
  const found = roster.holidays.find(
    ({ date, halfDay }: Holiday) =>
      date > addDays(today, 14) &&
      weekday(date) === 0 &&
      !halfDay &&
      isFree(date) &&
      ![-3, 1].some((offset) => isFree(addDays(date, offset))),
  );
  const monday = found?.date ?? today;
  return {
    startDate: addDays(monday, -3),
    startPortion: "AFTERNOON",
    endDate: addDays(monday, 1),
    endPortion: "MORNING",
  };
}

function rosterOf(
  rosters: ReadonlyMap<string, Roster>,
  person: string,
): Roster {
  const roster = rosters.get(person);
  if (!roster) throw new Error(`${person} does not work here.`);
  return roster;
}
