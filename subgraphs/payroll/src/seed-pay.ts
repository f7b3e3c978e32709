import type {
  DemoAssignment,
  DemoCompany,
  DemoEmployee,
  DemoEmployment,
} from "@hr/demo";
import type { CompensationReason, PayUnit, Recurring } from "./compensation.ts";
import { type Day, addDays, firstOfMonth, lastOfMonth } from "./days.ts";
import { ratio } from "./money.ts";
import {
  type Hours,
  baseFor,
  currencyOf,
  hoursOf,
  recurringOf,
  scaleOf,
  unitOf,
} from "./seed-pay-scale.ts";

/** One row of pay, as it is seeded and as the seeded slips are calculated from it. */
export type SeedPay = Hours & {
  readonly employeeId: string;
  readonly from: Day;
  readonly to: Day | null;
  readonly baseMinor: number;
  readonly currency: string;
  readonly per: PayUnit;
  readonly reason: CompensationReason;
  /** The day somebody decided it: later than `from` for a retroactive raise. */
  readonly decidedOn: Day;
  readonly recurring: readonly Recurring[];
};

/** The one whose pay ran out with the month before this one. */
export const personWithoutPay = "emp_0036";
/** The one whose raise was decided two months after it began. */
export const personPaidLate = "emp_0010";
const personWithScheduledRaise = "emp_0025";

/** Everybody's pay of past and future, oldest first; what was decided after `knownOn` is left out. */
export function payOf(
  company: DemoCompany,
  knownOn: Day,
): ReadonlyMap<string, readonly SeedPay[]> {
  return new Map(
    company.employees.map((employee) => [
      employee.id,
      employee.employments.flatMap((employment) =>
        rowsOf(company, { employee, employment, knownOn }),
      ),
    ]),
  );
}

type Change = {
  readonly from: Day;
  readonly reason: CompensationReason;
  readonly decidedOn: Day;
  /** Per cent of the pay before, or the pay scale of the seat. */
  readonly raise: number | "scale";
};

type Career = {
  readonly employee: DemoEmployee;
  readonly employment: DemoEmployment;
  readonly knownOn: Day;
};

function rowsOf(company: DemoCompany, career: Career): readonly SeedPay[] {
  const { employee, employment, knownOn } = career;
  const currency = currencyOf(company, employee);
  const per = unitOf(employee);
  const changes = changesOf(company.today, career).filter(
    ({ decidedOn, reason }) => reason === "HIRE" || decidedOn <= knownOn,
  );
  let monthly = 0;
  return changes.map(({ from, reason, decidedOn, raise }, index): SeedPay => {
    const assignment = assignmentOn(employment, from);
    const hours = hoursOf(company, employee, assignment);
    monthly =
      raise === "scale"
        ? scaleOf(company, assignment, currency)
        : ratio(monthly, 100 + raise, 100);
    const next = changes[index + 1];
    const seat = { type: employment.type, jobId: assignment.jobId };
    return {
      ...hours,
      employeeId: employee.id,
      from,
      to: next ? addDays(next.from, -1) : lastDayOfPay(company.today, career),
      baseMinor: baseFor(per, monthly, hours),
      currency,
      per,
      reason,
      decidedOn,
      recurring: recurringOf(company, employee, seat),
    };
  });
}

function changesOf(today: Day, career: Career): readonly Change[] {
  const { hireDate, terminationDate, assignments } = career.employment;
  const changes = assignments.flatMap(changeOfSeat);
  const raises = raisesOf(today, career.employee).filter(
    ({ from }) =>
      from > addDays(hireDate, 180) &&
      from <= (terminationDate ?? from) &&
      changes.every((change) => change.from !== from),
  );
  return [...changes, ...raises].toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

function changeOfSeat({ effectiveFrom, kind }: DemoAssignment): Change[] {
  const reason = reasons[kind];
  if (!reason) return [];
  return [
    {
      from: effectiveFrom,
      reason,
      decidedOn: addDays(effectiveFrom, -14),
      raise: reason === "HOURS_CHANGE" ? 0 : "scale",
    },
  ];
}

const reasons: Partial<Record<DemoAssignment["kind"], CompensationReason>> = {
  HIRE: "HIRE",
  REHIRE: "HIRE",
  PROMOTION: "PROMOTION",
  HOURS_CHANGE: "HOURS_CHANGE",
};

/** Three per cent at New Year; one person has a raise decided late instead, one another scheduled. */
function raisesOf(today: Day, { id }: DemoEmployee): readonly Change[] {
  if (id === personPaidLate) {
    const from = firstOfMonth(today, -2);
    return [{ from, reason: "MERIT", decidedOn: today, raise: 4 }];
  }
  const newYear = `${today.slice(0, 4)}-01-01`;
  const merit: Change = {
    from: newYear,
    reason: "MERIT",
    decidedOn: addDays(newYear, -21),
    raise: 3,
  };
  if (id !== personWithScheduledRaise) return [merit];
  const scheduled: Change = {
    from: firstOfMonth(today, 2),
    reason: "MARKET_ADJUSTMENT",
    decidedOn: today,
    raise: 5,
  };
  return [merit, scheduled];
}

function assignmentOn(employment: DemoEmployment, day: Day): DemoAssignment {
  const found = employment.assignments.findLast(
    ({ effectiveFrom }) => effectiveFrom <= day,
  );
  if (!found) throw new Error("Pay begins with the employment.");
  return found;
}

function lastDayOfPay(today: Day, { employee, employment }: Career) {
  return employee.id === personWithoutPay
    ? lastOfMonth(firstOfMonth(today, -1))
    : employment.terminationDate;
}
