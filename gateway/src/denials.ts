import type { Denial, Holder, Mode, Principal, ScopeReport } from "@hr/access";
import { Unauthorized } from "@hr/service";
import { HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";

/** How much of the rules an answer tells: `minimal` leaves code and path. */
export type Detail = "full" | "minimal";

/** `WWW-Authenticate: Bearer` with these beside realm and resource metadata. */
export type Challenge = (
  parameters: Readonly<Record<string, string>>,
) => string;

/** One error for each removed selection, at the client's path. */
export function denialErrors(
  denials: readonly Denial[],
  holder: Holder,
  detail: Detail,
): readonly GraphQLError[] {
  return denials.map(({ coordinate, path, requirement }) => {
    const error = new Unauthorized(coordinate, requirement, holder);
    const at = path.length > 0 ? { path } : {};
    const { extensions } = error;
    return detail === "full"
      ? new GraphQLError(error.message, { ...at, extensions })
      : new GraphQLError(reticent, { ...at, extensions: codeOf(extensions) });
  });
}

/** What a denial says where the rules are nobody's business. */
export const reticent = "Not allowed.";

export function codeOf(extensions: Readonly<Record<string, unknown>>) {
  return { code: extensions["code"] };
}

export type Refusal = {
  readonly denials: readonly Denial[];
  readonly principal: Principal;
  readonly report: ScopeReport;
  readonly detail: Detail;
  readonly challenge: Challenge;
};

/**
 * Refuses a request as a whole: every denial, and the challenge that names the
 * whole smallest set, so that a token asked for with exactly it works (RFC 6750
 * section 3.1). 401 for a caller without a token, 403 for one with too little.
 */
export function refusalErrors(refusal: Refusal): readonly GraphQLError[] {
  const { denials, principal, report, detail, challenge } = refusal;
  const isAnonymous = principal.kind === "anonymous";
  const lacksScopes = isAnonymous || report.missing.length > 0;
  const scope = detail === "full" ? report.smallest.join(" ") : "";
  const parameters = {
    ...(!isAnonymous && { error: "insufficient_scope" }),
    ...(scope !== "" && { scope }),
  };
  const http = {
    status: isAnonymous ? 401 : 403,
    headers: new HeaderMap(
      lacksScopes ? [["www-authenticate", challenge(parameters)]] : [],
    ),
  };
  return denialErrors(denials, principal, detail).map(
    (error) =>
      new GraphQLError(error.message, {
        ...(error.path && { path: error.path }),
        extensions: { ...error.extensions, reason: "MISSING_SCOPE", http },
      }),
  );
}

/** `extensions.authorization` of an answer: what to ask for, to get the whole of it. */
export function authorizationExtension(
  mode: Mode,
  detail: Detail,
  denied: Pick<Refusal, "denials" | "principal"> & {
    readonly report: () => ScopeReport;
  },
): Readonly<Record<string, unknown>> | undefined {
  const shout = mode === "dry-run" ? { mode } : undefined;
  if (detail === "minimal" || denied.denials.length === 0) return shout;
  const { smallest, missing } = denied.report();
  return {
    ...shout,
    suggestedScopes: smallest,
    missingScopes: missing,
    ...(shout && {
      denials: denialErrors(denied.denials, denied.principal, detail).map(
        ({ path, extensions }) => ({ path, ...extensions }),
      ),
    }),
  };
}
