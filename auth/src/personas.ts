import { demoPassword, personas } from "@hr/demo";
import type { Kysely } from "kysely";
import { hashPassword } from "./account-passwords.ts";
import { insertAccounts, takenIds } from "./accounts.repository.ts";
import type { AuthTables } from "./tables.ts";

/** Seeds the accounts of the demo company that are not there yet. Development only. */
export async function seedPersonas(
  database: Kysely<AuthTables>,
): Promise<void> {
  const taken = await personaIds(database);
  const missing = personas.filter(({ accountId }) => !taken.has(accountId));
  if (missing.length === 0) return;
  const accounts = missing.map(async (persona) => ({
    account: {
      id: persona.accountId,
      signIn: persona.login,
      displayName: persona.displayName,
      role: persona.role,
      employeeId: persona.employeeId,
    },
    passwordHash: await hashPassword(demoPassword),
  }));
  await insertAccounts(database, await Promise.all(accounts));
}

/** The demo accounts a database holds; one that is for production holds none. */
export function personaIds(
  database: Kysely<AuthTables>,
): Promise<ReadonlySet<string>> {
  return takenIds(
    database,
    personas.map(({ accountId }) => accountId),
  );
}
