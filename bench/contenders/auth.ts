import { readAuthConfig, startAuth } from "@hr/auth";
import { createLogger } from "@hr/service";
import { runChild } from "../child.ts";

/**
 * The authorization server of this project, its settings by the names of their
 * variables. With personas, as in development: in production it refuses plain HTTP.
 */
await runChild((settings) =>
  startAuth(readAuthConfig({ PORT: "0", ...settings }), createLogger("auth")),
);
