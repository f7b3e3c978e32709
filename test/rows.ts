import { type SubgraphName, subgraphNames } from "@hr/cli";

/** One person of the demo company, and one row of every kind that is theirs or their unit's. */
export type Row = {
  readonly owner: string;
  readonly employeeNumber: string;
  /** Keys by type. */
  readonly ids: Readonly<Record<string, string>>;
  /** A stretch of days the person has already asked leave for. */
  readonly away: {
    readonly startDate: string;
    readonly endDate: string;
    readonly status: string;
  };
};

const key = "__typename id";

/** What leads from a person to their rows, by the subgraph that knows. */
const finders: Readonly<Record<SubgraphName, string>> = {
  employee: `employeeNumber department { ${key} } employment { history(first: 1) { nodes { ${key} } } }`,
  payroll: `compensation { ${key} } payslips(first: 1, year: 2025) { nodes { ${key} } }`,
  leave: `workSchedule { holidayCalendar { ${key} } }
    leaveRequests(first: 1) { nodes { ${key} startDate endDate status leaveType { ${key} } } }`,
};

/**
 * Fields that demand arguments, and those that would answer with somebody else's
 * row without them.
 */
export const argumentsOf: Readonly<Record<string, (row: Row) => string>> = {
  "Query.employee": ({ owner }) => `id: "${owner}"`,
  "Query.employees": ({ employeeNumber }) =>
    `first: 1, filter: { search: "${employeeNumber}" }`,
  "Query.department": ({ ids }) => `id: "${ids["Department"]}"`,
  "Query.payRun": ({ ids }) => `id: "${ids["PayRun"]}"`,
  "Query.payslip": ({ ids }) => `id: "${ids["Payslip"]}"`,
  "Query.payslips": () =>
    `first: 2, filter: { payDateFrom: "2025-01-01", payDateTo: "2025-12-31" }`,
  "Employee.payslips": () => `first: 1, year: 2025`,
  "Query.leaveRequest": ({ ids }) => `id: "${ids["LeaveRequest"]}"`,
  // Not by the person: that needs the scope to see people besides.
  "Query.leaveRequests": ({ ids, away }) =>
    `first: 1, filter: { leaveTypeId: "${ids["LeaveType"]}", status: ${away.status},
      overlapsFrom: "${away.startDate}", overlapsTo: "${away.endDate}" }`,
  "Query.absences": () => `from: "2026-03-01", to: "2026-04-30", first: 1`,
  "Query.holidays": ({ ids }) =>
    `from: "2026-01-01", to: "2026-12-31", calendarId: "${ids["HolidayCalendar"]}"`,
  "HolidayCalendar.holidays": () => `year: 2026`,
  "Employee.leaveLedger": ({ ids }) =>
    `first: 1, leaveTypeId: "${ids["LeaveType"]}"`,
  "Query.previewLeaveRequest": (row) => `input: ${period(row)}`,
  // None of these changes anything: the days are taken, the version is another.
  "Mutation.submitLeaveRequest": (row) => `input: { period: ${period(row)} }`,
  "Mutation.cancelLeaveRequest": outdated,
  "Mutation.approveLeaveRequest": outdated,
  "Mutation.rejectLeaveRequest": outdated,
};

/** Pages nothing pins to one person: their rows are judged each by its own owner, on the page alone. */
export const pagesOfMany: ReadonlySet<string> = new Set([
  "Query.leaveApprovals",
]);

/** Fields that say what the caller may do: their value differs with what it holds. */
export const fieldsAboutTheCaller: ReadonlySet<string> = new Set([
  "LeaveRequest.viewerCanApprove",
  "LeaveRequest.viewerCanCancel",
]);

/** Whose row it is, as a field of the row; where there is none, its parent's. */
export const ownerField: Readonly<Record<string, string>> = {
  Employee: "id",
  Compensation: "employee { id }",
  Payslip: "employee { id }",
  LeaveRequest: "employee { id }",
};

/**
 * Looks for the first row of each kind that is the person's.
 * @param ask what somebody who sees everything is answered about the person
 */
export async function findRow(
  owner: string,
  ask: (name: SubgraphName, selection: string) => Promise<unknown>,
): Promise<Row> {
  const found: Record<string, unknown>[] = [];
  for (const name of subgraphNames)
    found.push(...objectsIn(await ask(name, finders[name])));
  const first = (field: string) =>
    found.map((one) => one[field]).find((value) => typeof value === "string");
  const keys = found.map(({ __typename, id }) => [__typename, id]).reverse();
  return {
    owner,
    employeeNumber: first("employeeNumber") as string,
    ids: {
      ...(Object.fromEntries(keys) as Readonly<Record<string, string>>),
      Employee: owner,
      Location: "loc_berlin",
      // The open run of this month: it has issues.
      PayRun: "run_eur_202603",
    },
    away: {
      startDate: first("startDate") as string,
      endDate: first("endDate") as string,
      status: first("status") as string,
    },
  };
}

function objectsIn(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value)
    ? below
    : [value as Record<string, unknown>, ...below];
}

function outdated({ ids }: Row): string {
  return `input: { leaveRequestId: "${ids["LeaveRequest"]}", expectedVersion: 999 }`;
}

function period({ owner, ids, away }: Row): string {
  return `{ employeeId: "${owner}", leaveTypeId: "${ids["LeaveType"]}", startDate: "${away.startDate}", endDate: "${away.endDate}" }`;
}
