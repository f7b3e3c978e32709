/**
 * The demo company. Pure and deterministic: the same seed and day give the same
 * people, so every service seeds its own database from it without asking another.
 */
export type DemoDate = string; // ISO 8601 calendar date

export type DemoLegalEntity = {
  readonly id: string;
  readonly name: string;
  readonly countryCode: string;
  readonly defaultCurrency: string;
  readonly fullTimeHoursHundredths: number;
};

export type DemoLocation = {
  readonly id: string;
  readonly name: string;
  readonly city: string;
  readonly countryCode: string;
  readonly subdivisionCode: string;
  readonly timeZone: string;
};

export type DemoDepartment = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly headId: string | null;
};

export type DemoJob = {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly family: string;
  readonly level: string;
};

/** One dated row of a person's job; rows neither overlap nor leave a gap within an employment. */
export type DemoAssignment = {
  readonly effectiveFrom: DemoDate;
  readonly effectiveTo: DemoDate | null;
  readonly kind:
    | "HIRE"
    | "TRANSFER"
    | "PROMOTION"
    | "MANAGER_CHANGE"
    | "HOURS_CHANGE"
    | "REHIRE";
  readonly jobId: string;
  readonly jobTitle: string;
  readonly departmentId: string;
  readonly locationId: string;
  readonly managerId: string | null;
  readonly weeklyHoursHundredths: number;
};

export type DemoEmployment = {
  readonly hireDate: DemoDate;
  /** Last day of employment; null while open. */
  readonly terminationDate: DemoDate | null;
  readonly lastWorkingDay: DemoDate | null;
  readonly terminationReason: string | null;
  readonly type:
    "PERMANENT" | "FIXED_TERM" | "CONTRACTOR" | "INTERN" | "APPRENTICE";
  readonly assignments: readonly DemoAssignment[];
};

export type DemoEmployee = {
  readonly id: string; // emp_…
  readonly employeeNumber: string; // E-00001
  readonly givenName: string;
  readonly familyName: string; // "" for a one-word name
  readonly preferredName: string | null;
  readonly displayName: string;
  readonly pronouns: string | null;
  readonly workEmail: string;
  readonly locale: string;
  readonly legalEntityId: string;
  /** Monday first; 1 full day, 0.5 half, 0 off. */
  readonly week: readonly number[];
  /** Oldest first; more than one for a rehire. */
  readonly employments: readonly DemoEmployment[];
  /** In force today (or at hire for future hires, at the end for leavers). */
  readonly current: DemoAssignment;
  /** As of `today`. */
  readonly status: "PREHIRE" | "ACTIVE" | "ON_LEAVE" | "TERMINATED";
  /** For the employee service alone: no other service stores it. */
  readonly personal: DemoPersonalDetails;
};

export type DemoCompany = {
  readonly today: DemoDate;
  readonly legalEntities: readonly DemoLegalEntity[];
  readonly locations: readonly DemoLocation[];
  readonly departments: readonly DemoDepartment[];
  readonly jobs: readonly DemoJob[];
  readonly employees: readonly DemoEmployee[];
};

export type DemoPersonalDetails = {
  readonly legalName: string;
  readonly dateOfBirth: DemoDate;
  readonly nationality: string;
  readonly maritalStatus: "SINGLE" | "MARRIED" | "DIVORCED" | "UNDISCLOSED";
  readonly personalEmail: string;
  readonly personalPhone: string;
  readonly homeAddress: {
    readonly line1: string;
    readonly postalCode: string;
    readonly city: string;
    readonly countryCode: string;
  };
  readonly emergencyContact: {
    readonly name: string;
    readonly relationship: string;
    readonly phone: string;
  };
  /** Of a form no authority ever issues. */
  readonly nationalId: string;
};
