import { type Scope, allScopes } from "@hr/access";

export { developmentMark } from "./development-mark.ts";
export { roleScopes } from "./roles.ts";
export type { Role } from "./roles.ts";

/** What is known of a client without its addresses and secrets. */
export type Registration = {
  readonly id: string;
  /** What the consent page calls it. */
  readonly name: string;
  /** A browser, native or partner client speaks for a person, a machine for itself. */
  readonly kind: "browser" | "native" | "partner" | "machine";
  /** At most; a person's token holds these cut to the role's. */
  readonly scopes: readonly Scope[];
};

/** Who may ask for tokens here, and for which scopes. Opens and starts nothing. */
export const registrations = {
  app: { kind: "browser", id: "hr-spa", name: "HR", scopes: allScopes },
  explorer: {
    kind: "browser",
    id: "explorer",
    name: "HR Explorer",
    scopes: allScopes,
  },
  commandLine: {
    kind: "native",
    id: "hr-cli",
    name: "HR command line",
    scopes: allScopes,
  },
  partnerPortal: {
    kind: "partner",
    id: "partner-portal",
    name: "Partner Portal",
    scopes: ["employee:read", "leave:read:self", "leave:calendar:read"],
  },
  payrollExport: {
    kind: "machine",
    id: "payroll-export",
    name: "Payroll export",
    scopes: ["employee:read", "payroll:read", "payroll:payslip:read"],
  },
  directorySync: {
    kind: "machine",
    id: "directory-sync",
    name: "Directory sync",
    scopes: ["employee:read", "employee:job:read"],
  },
  calendarSync: {
    kind: "machine",
    id: "calendar-sync",
    name: "Calendar sync",
    scopes: ["employee:read", "leave:calendar:read"],
  },
} as const satisfies Readonly<Record<string, Registration>>;
