import type { Scope } from "@hr/access";

const directory = [
  "employee:read",
  "leave:calendar:read",
] as const satisfies readonly Scope[];

/** What every employee may do with the own record. */
const own = [
  ...directory,
  "employee:read:self",
  "employee:job:read:self",
  "employee:pii:read:self",
  "payroll:payslip:read:self",
  "payroll:compensation:read:self",
  "payroll:bank:read:self",
  "leave:read:self",
  "leave:request:self",
] as const satisfies readonly Scope[];

/**
 * The scopes a role may be granted. A token holds these cut to what its client
 * may have and what was asked for. Managers see no pay; nobody both prepares and
 * approves a pay run.
 */
export const roleScopes = {
  employee: own,
  manager: [
    ...own,
    "employee:job:read:reports",
    "leave:read:reports",
    "leave:approve:reports",
  ],
  "hr-partner": [
    ...own,
    "employee:job:read",
    "employee:pii:read",
    "payroll:compensation:read",
    "leave:read",
    "leave:request",
    "leave:approve",
  ],
  "payroll-officer": [
    ...own,
    "employee:job:read",
    "employee:pii:read",
    "employee:nationalid:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
    "payroll:bank:read",
    "leave:read",
  ],
  "payroll-approver": [
    ...own,
    "employee:job:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
  ],
  auditor: [
    ...directory,
    "employee:job:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
    "leave:read",
  ],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

export type Role = keyof typeof roleScopes;

/** A role this file does not know, left in the database, may be granted nothing. */
export function scopesOfRole(role: string): ReadonlySet<Scope> {
  return new Set(
    Object.hasOwn(roleScopes, role) ? roleScopes[role as Role] : [],
  );
}

/**
 * Who does one should not do the other. Plain strings: a pair may be agreed before
 * the vocabulary knows both.
 */
const apart: readonly (readonly [string, string])[] = [
  ["payroll:run", "payroll:approve"],
  ["payroll:compensation:write", "payroll:approve"],
  ["employee:write", "payroll:run"],
  ["leave:request", "leave:approve"],
];

/** The pairs of duties that these scopes bring together, in words. */
export function joinedDuties(scopes: readonly string[]): readonly string[] {
  return apart
    .filter((pair) => pair.every((scope) => scopes.includes(scope)))
    .map((pair) => pair.join(" with "));
}
