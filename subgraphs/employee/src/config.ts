import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  readSecretKey,
  demandDatabase,
  readConfig,
  subgraphVariables,
  secretKeyVariable,
} from "@hr/service";
import { type NationalIdKey, nationalIdKey } from "./national-id.ts";

export type EmployeeConfig = ReturnType<typeof readEmployeeConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readEmployeeConfig(env: NodeJS.ProcessEnv = process.env) {
  return demandDatabase(
    readConfig(
      {
        ...subgraphVariables({ port: 4101, dataFolder }),
        NATIONAL_ID_KEY: secretKeyVariable(),
      },
      env,
    ),
  );
}

/** @throws ConfigError in production without NATIONAL_ID_KEY. */
export async function readNationalIdKey(
  config: EmployeeConfig,
): Promise<NationalIdKey> {
  return nationalIdKey(
    await readSecretKey({
      variable: "NATIONAL_ID_KEY",
      value: config.NATIONAL_ID_KEY,
      production: config.NODE_ENV === "production",
      file: join(config.DATA_FOLDER, "national-id-key"),
    }),
  );
}

const dataFolder = fileURLToPath(
  new URL("../../../.data/employee", import.meta.url),
);
