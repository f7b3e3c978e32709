/**
 * The scope vocabulary: every scope of the HR graph and the sentence a person
 * reads on a consent page. Grammar: `domain[:facet]:action[:reach]`; reach
 * `:self` is the caller's own record, `:reports` everyone below the caller,
 * no reach the whole company. A test proves this list equal to the schemas.
 */
export const scopeDescriptions = {
  "employee:read": "See the directory and the organisation chart.",
  "employee:read:self": "See your own directory entry.",
  "employee:job:read": "See contracts, job history and leavers.",
  "employee:job:read:reports": "See contracts and job history of your reports.",
  "employee:job:read:self": "See your own contract and job history.",
  "employee:pii:read": "See personal data such as home address and birth date.",
  "employee:pii:read:self": "See your own personal data.",
  "employee:nationalid:read": "See national identifiers in clear.",
  "payroll:read": "See pay runs, pay groups and totals.",
  "payroll:payslip:read": "See everybody's payslips.",
  "payroll:payslip:read:self": "See your own payslips.",
  "payroll:compensation:read": "See everybody's pay.",
  "payroll:compensation:read:reports": "See the pay of your reports.",
  "payroll:compensation:read:self": "See your own pay.",
  "payroll:bank:read": "See masked bank accounts.",
  "payroll:bank:read:self": "See your own masked bank account.",
  "leave:read": "See everybody's leave balances, requests and reasons.",
  "leave:read:reports": "See the leave of your reports, with reasons.",
  "leave:read:self": "See your own leave.",
  "leave:calendar:read": "See who is away, never why, and public holidays.",
  "leave:request": "Request leave on behalf of anyone.",
  "leave:request:self": "Request leave for yourself.",
  "leave:approve": "Decide any leave request.",
  "leave:approve:reports": "Decide the leave requests of your reports.",
} as const;

export type Scope = keyof typeof scopeDescriptions;

export const allScopes = Object.keys(scopeDescriptions) as readonly Scope[];

export type Reach = "self" | "reports" | "everyone";

/** `leave:read:reports` → `reports`; `leave:read` → `everyone`. */
export function reachOf(scope: string): Reach {
  if (scope.endsWith(":self")) return "self";
  return scope.endsWith(":reports") ? "reports" : "everyone";
}
