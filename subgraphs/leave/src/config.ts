import { fileURLToPath } from "node:url";
import { demandDatabase, readConfig, subgraphVariables } from "@hr/service";

export type LeaveConfig = ReturnType<typeof readLeaveConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readLeaveConfig(env: NodeJS.ProcessEnv = process.env) {
  return demandDatabase(
    readConfig({ ...subgraphVariables({ port: 4103, dataFolder }) }, env),
  );
}

const dataFolder = fileURLToPath(
  new URL("../../../.data/leave", import.meta.url),
);
