/** Who signs in to the demo: development only, all with password `demo`. */
export type Persona = {
  /** Short name for `npx hr token <name>`. */
  readonly name: string;
  readonly login: string;
  readonly accountId: `usr_${string}`;
  readonly displayName: string;
  readonly role: DemoRole;
  /** Null: no employee record (external auditor). */
  readonly employeeId: string | null;
  /** What the table of the first run says. */
  readonly sees: string;
};

export type DemoRole =
  | "employee"
  | "manager"
  | "hr-partner"
  | "payroll-officer"
  | "payroll-approver"
  | "auditor";

export const demoPassword = "demo";

export const personas: readonly Persona[] = [
  {
    name: "ada",
    login: "ada.employee@demo",
    accountId: "usr_ada",
    displayName: "Ada Kern",
    role: "employee",
    employeeId: "emp_ada",
    sees: "own profile, payslips, leave",
  },
  {
    name: "mia",
    login: "mia.manager@demo",
    accountId: "usr_mia",
    displayName: "Mia Brandt",
    role: "manager",
    employeeId: "emp_mia",
    sees: "+ 7 reports: jobs, leave, approvals (no pay)",
  },
  {
    name: "hana",
    login: "hana.hr@demo",
    accountId: "usr_hana",
    displayName: "Hana Sato",
    role: "hr-partner",
    employeeId: "emp_hana",
    sees: "everyone's file, pay and leave",
  },
  {
    name: "pam",
    login: "pam.payroll@demo",
    accountId: "usr_pam",
    displayName: "Pam Okafor",
    role: "payroll-officer",
    employeeId: "emp_pam",
    sees: "pay runs, payslips, pay and bank accounts",
  },
  {
    name: "amir",
    login: "amir.approver@demo",
    accountId: "usr_amir",
    displayName: "Amir Haddad",
    role: "payroll-approver",
    employeeId: "emp_amir",
    sees: "pay runs, payslips and pay, to approve",
  },
  {
    name: "otto",
    login: "otto.auditor@demo",
    accountId: "usr_otto",
    displayName: "Otto Lindqvist",
    role: "auditor",
    employeeId: null,
    sees: "pay and leave, no personal data, no writes",
  },
];
