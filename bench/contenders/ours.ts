import { openInternalKeys } from "@hr/tokens";
import { readGatewayConfig, startGateway } from "@hr/gateway";
import { createLogger } from "@hr/service";
import { runChild, setting } from "../child.ts";

/**
 * The gateway of this project as in production, but for plain HTTP on loopback.
 * With `access` off it is given the same supergraph without a rule in it.
 */
await runChild(async (settings) => {
  const folder = setting(settings, "folder");
  const isOpen = settings["access"] === "off";
  const config = readGatewayConfig({
    PORT: "0",
    SUPERGRAPH: setting(settings, isOpen ? "runnable" : "supergraph"),
    PREPARED_PATH: settings["preparedPath"],
    TOKEN_ISSUER: setting(settings, "issuer"),
    TOKEN_AUDIENCE: setting(settings, "audience"),
    TOKEN_JWKS_URI: setting(settings, "jwksUri"),
    GATEWAY_KEYS_FILE: `${folder}/internal-keys.json`,
    JWKS_SNAPSHOT_FILE: `${folder}/issuer-jwks.json`,
  });
  await openInternalKeys(config.keysFile, { create: true });
  const { url } = await startGateway(
    { ...config, production: true },
    createLogger("gateway"),
  );
  return { url: `${url}/graphql` };
});
