/** What leave knows of a person: the replica of the employee service. */
export type Employee = {
  readonly id: string;
  readonly managerId: string | null;
  readonly timeZone: string;
  readonly countryCode: string;
  readonly calendarId: string | null;
};
