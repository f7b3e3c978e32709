import type { Principal } from "@hr/access";

/** Which rows a caller may see by a family of scopes; repositories turn it into SQL. */
export type Reach =
  | { readonly everyone: true }
  | {
      readonly everyone: false;
      /** The caller's own employee id, when `:self` is held. */
      readonly self: string | null;
      /** The caller's employee id, when everyone below it counts (`:reports`). */
      readonly reports: string | null;
    };

/** Who asks, and what it may: handed to every resolver. */
export type Caller = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly language: "en" | "de";
  now(): Date;
  /** `reach("leave:read")`: everyone with that scope, else what its `:self` and `:reports` open. */
  reach(scope: string): Reach;
};

export function createCaller(
  principal: Principal,
  request: {
    readonly requestId: string;
    readonly acceptLanguage: string | undefined;
    readonly clock: () => Date;
  },
): Caller {
  return {
    principal,
    requestId: request.requestId,
    language: /^de\b/i.test(request.acceptLanguage ?? "") ? "de" : "en",
    now: request.clock,
    reach: (scope) => reachOf(principal, scope),
  };
}

function reachOf(principal: Principal, scope: string): Reach {
  if (principal.scopes.has(scope)) return { everyone: true };
  const own = (suffix: string) =>
    principal.scopes.has(`${scope}:${suffix}`) ? principal.employeeId : null;
  return { everyone: false, self: own("self"), reports: own("reports") };
}
