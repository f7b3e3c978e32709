import type { Logger } from "@hr/service";
import type { Client } from "./clients.ts";
import { joinedDuties, roleScopes } from "./roles.ts";

/**
 * Logs once who holds duties that should be apart: roles, and clients other than
 * first-party ones, whose tokens hold no more than a role.
 */
export function warnOfJoinedDuties(
  clients: readonly Client[],
  logger: Logger,
): void {
  const holders: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(roleScopes),
    ...clients
      .filter(({ kind }) => kind === "machine" || kind === "partner")
      .map(({ id, scopes }) => [id, scopes] as const),
  ];
  const joined = holders.flatMap(([holder, scopes]) =>
    joinedDuties(scopes).map((pair) => `${holder}: ${pair}`),
  );
  if (joined.length > 0)
    logger.warn({ joined }, "duties that should be apart are joined");
}
