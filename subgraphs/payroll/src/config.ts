import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  readSecretKey,
  demandDatabase,
  readConfig,
  subgraphVariables,
  secretKeyVariable,
} from "@hr/service";
import { type IbanKey, ibanKey } from "./iban.ts";

export type PayrollConfig = ReturnType<typeof readPayrollConfig>;

/** @throws ConfigError naming every missing or malformed variable. */
export function readPayrollConfig(env: NodeJS.ProcessEnv = process.env) {
  return demandDatabase(
    readConfig(
      {
        ...subgraphVariables({ port: 4102, dataFolder }),
        BANK_ACCOUNT_KEY: secretKeyVariable(),
      },
      env,
    ),
  );
}

/** @throws ConfigError in production without BANK_ACCOUNT_KEY. */
export async function readIbanKey(config: PayrollConfig): Promise<IbanKey> {
  return ibanKey(
    await readSecretKey({
      variable: "BANK_ACCOUNT_KEY",
      value: config.BANK_ACCOUNT_KEY,
      production: config.NODE_ENV === "production",
      file: join(config.DATA_FOLDER, "bank-account-key"),
    }),
  );
}

const dataFolder = fileURLToPath(
  new URL("../../../.data/payroll", import.meta.url),
);
