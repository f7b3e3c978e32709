/** One dated row of a person's job (E1). Both days are included; an open row has no end. */
export type JobAssignment = {
  readonly id: string;
  readonly employeeId: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  /** In force today at its own location (A2). */
  readonly inForceToday: boolean;
  readonly kind: string;
  readonly jobTitle: string;
  readonly jobId: string | null;
  readonly departmentId: string;
  readonly locationId: string;
  readonly managerId: string | null;
  readonly weeklyHoursHundredths: number;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly createdById: string | null;
};

/** The row in force on a day, today when none is given; null outside employment. */
export function assignmentOn(
  assignments: readonly JobAssignment[],
  day: string | null,
): JobAssignment | null {
  const covers = (row: JobAssignment) =>
    day === null
      ? row.inForceToday
      : row.effectiveFrom <= day &&
        (row.effectiveTo === null || day <= row.effectiveTo);
  return assignments.find(covers) ?? null;
}
