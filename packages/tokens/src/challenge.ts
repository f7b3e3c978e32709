export type ChallengeScheme = "Bearer" | "DPoP";

const unquotable = /[^\x20-\x21\x23-\x5B\x5D-\x7E]/g;

/**
 * One value of `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3).
 * What is not printable ASCII, and quotes and backslashes, are left out.
 *
 * @example
 * challenge("Bearer", { realm: "hr", error: "insufficient_scope", scope: "leave:read" })
 */
export function challenge(
  scheme: ChallengeScheme,
  parameters: Readonly<Record<string, string>>,
): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${name}="${value.replaceAll(unquotable, "")}"`,
  );
  return `${scheme} ${pairs.join(", ")}`;
}
