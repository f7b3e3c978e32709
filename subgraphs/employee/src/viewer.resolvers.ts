import type { EmployeeContext } from "./context.ts";

type Viewer = EmployeeContext["principal"];

export const viewerResolvers = {
  Query: {
    viewer: (
      _: unknown,
      _args: unknown,
      { principal }: EmployeeContext,
    ): Viewer => principal,
    me: (_: unknown, _args: unknown, context: EmployeeContext) =>
      ownRecord(context),
  },

  Viewer: {
    employee: (_: Viewer, _args: unknown, context: EmployeeContext) =>
      ownRecord(context),
    grantedScopes: ({ grantedScopes }: Viewer) => [...grantedScopes].sort(),
    expiresAt: ({ grantedUntil }: Viewer) => new Date(grantedUntil * 1_000),
  },
};

/** Null for machines and for people without a record. */
function ownRecord({ principal, load }: EmployeeContext) {
  return principal.employeeId && load.employee.load(principal.employeeId);
}
