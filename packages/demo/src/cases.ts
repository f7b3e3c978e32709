import type { DemoAssignment, DemoDate, DemoEmployment } from "./company.ts";
import { addDays, firstOfMonth, lastOfMonth } from "./days.ts";
import type { Profile } from "./people.ts";

/** Where someone sits: what an assignment says apart from its dates. */
export type Seat = Pick<
  DemoAssignment,
  | "departmentId"
  | "jobId"
  | "locationId"
  | "managerId"
  | "weeklyHoursHundredths"
>;

export type Change = {
  readonly on: DemoDate;
  readonly kind: DemoAssignment["kind"];
  readonly to: Partial<Seat>;
};

export type Departure = Pick<
  DemoEmployment,
  "lastWorkingDay" | "terminationReason"
> & { readonly on: DemoDate };

/** What sets one person apart from a full-time, permanent colleague who never moved. */
export type Case = {
  readonly type?: DemoEmployment["type"];
  readonly hired?: DemoDate;
  readonly hours?: number;
  readonly week?: readonly number[];
  /** The seat on the first day, as far as it differs from the profile. */
  readonly started?: Partial<Seat>;
  readonly changes?: readonly Change[];
  readonly left?: Departure;
  /** Hired again after `left`. */
  readonly returned?: DemoDate;
  readonly onLeave?: true;
  readonly preferredName?: string;
  readonly pronouns?: string;
  readonly familyNameFirst?: true;
  /** Local part of the work address, for names that Latin letters cannot spell. */
  readonly mailbox?: string;
};

export function casesOn(
  today: DemoDate,
): Readonly<Record<Profile["id"], Case>> {
  const daysAgo = (days: number) => addDays(today, -days);
  const lastMonth = firstOfMonth(today, -1);
  return {
    emp_0002: { preferredName: "Tom" },
    emp_mia: {
      pronouns: "she/her",
      started: { jobId: "job_team_lead" },
      changes: [
        { on: daysAgo(600), kind: "PROMOTION", to: { jobId: "job_head" } },
      ],
    },
    emp_ada: { pronouns: "she/her" },
    emp_0006: {
      changes: [
        {
          on: firstOfMonth(today, -8),
          kind: "HOURS_CHANGE",
          to: { weeklyHoursHundredths: 3850 },
        },
      ],
    },
    emp_0007: { hours: 2400, week: [1, 1, 1, 0, 0, 0, 0] },
    emp_0008: { onLeave: true },
    emp_0009: {
      started: { jobId: "job_senior_engineer" },
      changes: [
        { on: daysAgo(300), kind: "PROMOTION", to: { jobId: "job_team_lead" } },
      ],
    },
    emp_0011: { hours: 2400, pronouns: "they/them" },
    emp_0012: {
      changes: [
        {
          on: firstOfMonth(today, 2),
          kind: "TRANSFER",
          to: {
            departmentId: "dep_platform",
            locationId: "loc_munich",
            managerId: "emp_mia",
          },
        },
      ],
    },
    emp_0017: { mailbox: "noa.benami" },
    emp_0018: { familyNameFirst: true },
    emp_0019: {
      left: {
        on: lastOfMonth(today, -24),
        lastWorkingDay: lastOfMonth(today, -24),
        terminationReason: "RESIGNATION",
      },
      returned: firstOfMonth(today, -10),
    },
    emp_0023: { type: "APPRENTICE", hired: firstOfMonth(today, -14) },
    emp_0032: {
      changes: [
        {
          on: firstOfMonth(today, 1),
          kind: "MANAGER_CHANGE",
          to: { managerId: "emp_0027" },
        },
      ],
    },
    emp_0034: { type: "FIXED_TERM" },
    emp_0035: {
      started: { managerId: "emp_0024" },
      changes: [
        {
          on: daysAgo(400),
          kind: "MANAGER_CHANGE",
          to: { managerId: "emp_0027" },
        },
      ],
    },
    emp_0036: {
      type: "INTERN",
      hired: firstOfMonth(today, -4),
      left: {
        on: lastOfMonth(today, 1),
        lastWorkingDay: lastOfMonth(today, 1),
        terminationReason: "END_OF_CONTRACT",
      },
    },
    emp_0037: {
      left: {
        on: lastOfMonth(today, -2),
        lastWorkingDay: addDays(lastOfMonth(today, -2), -10),
        terminationReason: "RESIGNATION",
      },
    },
    emp_0038: {
      left: {
        on: addDays(lastMonth, 13),
        lastWorkingDay: addDays(lastMonth, 13),
        terminationReason: "REDUNDANCY",
      },
    },
    emp_0043: { hired: addDays(lastMonth, 15) },
    emp_0049: { hired: firstOfMonth(today, 1) },
    emp_0050: {
      type: "CONTRACTOR",
      hired: daysAgo(900),
      started: { departmentId: "dep_platform", managerId: "emp_mia" },
      changes: [
        {
          on: daysAgo(200),
          kind: "TRANSFER",
          to: { departmentId: "dep_technology", managerId: "emp_0003" },
        },
      ],
    },
  };
}
