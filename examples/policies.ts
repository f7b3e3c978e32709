import type { PolicyEvaluator } from "@hr/access";

/**
 * Decides `@policy(policies: [["…"]])` for the gateway (`POLICY_MODULE`) and, given
 * to `startSubgraph`, for a subgraph. It reads what the verified token says.
 */
const evaluate: PolicyEvaluator = (names, principal) =>
  [...names].filter((name) => {
    if (name === "person") return principal.kind === "person";
    if (name === "recent-sign-in") return signedInWithin(600, principal);
    if (name.startsWith("department:"))
      return (
        principal.claims["department"] === name.slice("department:".length)
      );
    return false;
  });

export default evaluate;

/** @param seconds Age of the sign-in (claim `auth_time`, RFC 9068 section 2.2.1). */
function signedInWithin(
  seconds: number,
  { authTime }: { readonly authTime: number | null },
): boolean {
  return authTime !== null && Date.now() / 1_000 - authTime < seconds;
}
