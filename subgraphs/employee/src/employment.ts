/** The contract in force, the next one of a pre-hire, or the last one of a leaver. */
export type Employment = {
  readonly employeeId: string;
  readonly type: string;
  readonly weeklyHoursHundredths: number;
  readonly fullTimeHoursHundredths: number;
  readonly hireDate: string;
  /** First hire of all, for people who came back. */
  readonly originalHireDate: string;
  readonly probationEndsOn: string | null;
  readonly terminationDate: string | null;
  readonly lastWorkingDay: string | null;
  readonly terminationReason: string | null;
  readonly legalEntityId: string;
  readonly costCenter: string | null;
  readonly jobId: string | null;
};

/** Share of full time at the legal entity, four decimals (E10). */
export function fte(
  employment: Pick<
    Employment,
    "weeklyHoursHundredths" | "fullTimeHoursHundredths"
  >,
): number {
  const { weeklyHoursHundredths, fullTimeHoursHundredths } = employment;
  return (
    Math.round((weeklyHoursHundredths * 10_000) / fullTimeHoursHundredths) /
    10_000
  );
}
