import type { Logger } from "@hr/service";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";

/** What the provider did, in the log: by client, error code and grant id, never by what was sent. */
export function logEvents(provider: Provider, logger: Logger): void {
  provider.on("grant.success", (ctx) => {
    logger.info(factsOf(ctx), "tokens issued");
  });
  provider.on("grant.error", (ctx, error) => {
    logger.info({ ...factsOf(ctx), error: error.error }, "tokens refused");
  });
  provider.on("authorization.error", (ctx, error) => {
    logger.info({ ...factsOf(ctx), error: error.error }, "sign-in refused");
  });
  provider.on("grant.revoked", (_ctx, gid) => {
    logger.info({ gid }, "grant ended");
  });
  provider.on("server_error", (ctx, error) => {
    const { name, message, stack } = error;
    logger.error(
      { ...factsOf(ctx), err: { name, message, stack } },
      "request failed",
    );
  });
}

function factsOf({ oidc }: KoaContextWithOIDC) {
  return { client: oidc.client?.clientId, gid: oidc.entities.Grant?.jti };
}
