import type { Case, Change, Seat } from "./cases.ts";
import type { DemoAssignment, DemoDate, DemoEmployment } from "./company.ts";
import { addDays } from "./days.ts";
import { departments, jobs } from "./organisation.ts";

/** Employments and their dated assignments: no overlap, no gap, scheduled changes included. */
export function careerOf(
  hireDate: DemoDate,
  seat: Seat,
  special: Case,
): readonly DemoEmployment[] {
  const hire: Change = {
    on: hireDate,
    kind: "HIRE",
    to: special.started ?? {},
  };
  const type = special.type ?? "PERMANENT";
  const first = employment(seat, [hire, ...(special.changes ?? [])]);
  if (!special.left) return [{ ...first, ...staying, type }];
  const left = {
    ...first,
    assignments: endOn(special.left.on, first.assignments),
    terminationDate: special.left.on,
    lastWorkingDay: special.left.lastWorkingDay,
    terminationReason: special.left.terminationReason,
    type,
  };
  if (!special.returned) return [left];
  const again = employment(seat, [
    { on: special.returned, kind: "REHIRE", to: {} },
  ]);
  return [left, { ...again, ...staying, type }];
}

/** The assignment in force on a day; the first before it, the last after it. */
export function assignmentOn(
  day: DemoDate,
  employments: readonly DemoEmployment[],
): DemoAssignment {
  const all = employments.flatMap(({ assignments }) => assignments);
  const current =
    all.findLast(({ effectiveFrom }) => effectiveFrom <= day) ?? all[0];
  if (!current) throw new Error("A career has at least one assignment.");
  return current;
}

const staying = {
  terminationDate: null,
  lastWorkingDay: null,
  terminationReason: null,
} as const;

function employment(seat: Seat, changes: readonly Change[]) {
  let current = seat;
  const assignments = changes.map(({ on, kind, to }, index): DemoAssignment => {
    current = { ...current, ...to };
    const next = changes[index + 1];
    return {
      effectiveFrom: on,
      effectiveTo: next ? addDays(next.on, -1) : null,
      kind,
      jobTitle: titleOf(current),
      ...current,
    };
  });
  return { hireDate: changes[0]?.on ?? "", assignments };
}

function endOn(day: DemoDate, assignments: readonly DemoAssignment[]) {
  return assignments.map((one) =>
    one.effectiveTo === null ? { ...one, effectiveTo: day } : one,
  );
}

function titleOf(seat: Seat): string {
  const title = jobs.find(({ id }) => id === seat.jobId)?.title ?? "";
  const department = departments.find(({ id }) => id === seat.departmentId);
  return title.replace("Department", department?.name ?? "Department");
}
