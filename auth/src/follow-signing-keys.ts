import type { Logger, Route } from "@hr/service";
import type { JWK } from "jose";
import type { SigningKeys } from "./keys.ts";

export type FollowSettings = {
  readonly keys: SigningKeys;
  readonly rotationDays: number;
  readonly everyMs: number;
  readonly logger: Logger;
  /** What is served with these keys: the same routes whatever they are. */
  readonly serveWith: (keys: readonly JWK[]) => readonly Route[];
};

export type FollowedRoutes = {
  readonly routes: readonly Route[];
  /** Waits for what is under way. */
  close(): Promise<void>;
};

/**
 * Reads the signing keys again at intervals and, when they are others, serves with
 * them from then on. A request ends with the keys it began with. What fails is an
 * alarm in the log, and the keys stay.
 */
export async function followSigningKeys(
  settings: FollowSettings,
): Promise<FollowedRoutes> {
  const { keys, rotationDays, everyMs, logger, serveWith } = settings;
  let open = await keys.open(rotationDays);
  let served = serveWith(open);
  let turning: Promise<void> | undefined;

  async function turn(): Promise<void> {
    try {
      const now = await keys.open(rotationDays);
      if (namesOf(now) === namesOf(open)) return;
      served = serveWith(now);
      open = now;
      logger.info({ event: "signing keys changed", kid: now[0]?.kid }, "keys");
    } catch (err) {
      logger.error({ err, event: "signing keys not read" }, "keys");
    }
  }

  const timer = setInterval(() => {
    turning ??= turn().finally(() => (turning = undefined));
  }, everyMs).unref();
  return {
    routes: served.map((route, index) => ({
      ...route,
      handle: (request, response) => served[index]?.handle(request, response),
    })),
    async close() {
      clearInterval(timer);
      await turning;
    },
  };
}

/** The first signs: another order is another set. */
function namesOf(keys: readonly JWK[]): string {
  return keys.map(({ kid }) => kid).join(" ");
}
