export type EmploymentStatus = "PREHIRE" | "ACTIVE" | "ON_LEAVE" | "TERMINATED";

/** A person as one caller may see them: `status` already says only what that caller may know (E9). */
export type Employee = {
  readonly id: string;
  readonly employeeNumber: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly preferredName: string | null;
  readonly pronouns: string | null;
  readonly workEmail: string;
  readonly workPhone: string | null;
  readonly locale: string | null;
  readonly jobTitle: string | null;
  readonly departmentId: string | null;
  readonly locationId: string | null;
  readonly managerId: string | null;
  readonly status: EmploymentStatus;
  readonly hireDate: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** People as a group hangs together: by who leads them, or by where they belong. */
export type Group = "reports" | "everyone below" | "members" | "members below";

export type EmployeeFilter = {
  readonly search?: string | null;
  readonly departmentId?: string | null;
  readonly includeSubDepartments?: boolean | null;
  readonly locationId?: string | null;
  readonly managerId?: string | null;
  readonly includeIndirectReports?: boolean | null;
  readonly status?: readonly EmploymentStatus[] | null;
  readonly hiredFrom?: string | null;
  readonly hiredTo?: string | null;
  readonly updatedSince?: Date | null;
};

export type EmployeeOrder = {
  readonly field:
    "FAMILY_NAME" | "EMPLOYEE_NUMBER" | "HIRE_DATE" | "UPDATED_AT";
  readonly direction: "ASC" | "DESC";
};

/** The rows a family of scopes opens. */
type Reach =
  | { readonly everyone: true }
  | {
      readonly everyone: false;
      readonly self: string | null;
      readonly reports: string | null;
    };

/** Which people exist for a caller, and how much of their status. */
export type Visibility = {
  /** `employee:read`: whose directory card. */
  readonly directory: Reach;
  /** `employee:job:read`: whose absence, and who else is a pre-hire or leaver. */
  readonly job: Reach;
  /** The caller's own record: never hidden from them by its status. */
  readonly self: string | null;
};
