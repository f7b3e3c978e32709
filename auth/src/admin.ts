import { type Database, openDatabase } from "@hr/database";
import { type AccountAdmin, accountAdmin } from "./account-admin.ts";
import { type ClientAdmin, clientAdmin } from "./client-admin.ts";
import { migrations } from "./migrations.ts";
import type { AuthTables } from "./tables.ts";

export type { Account, AccountAdmin, KnownAccount } from "./account-admin.ts";
export { generatePassword } from "./account-passwords.ts";
export { AdminError } from "./admin-error.ts";
export type { AddedClient, ClientAdmin, KnownClient } from "./client-admin.ts";
export type { NewClient } from "./client-registration.ts";
export { createSigningKeys, listSigningKeys } from "./keys.ts";
export type { SigningKeys } from "./keys.ts";

/** The auth database, for whoever administers it beside the running servers. */
export type AuthAdmin = Pick<Database<AuthTables>, "query" | "close"> & {
  readonly accounts: AccountAdmin;
  readonly clients: ClientAdmin;
};

const shortestPassword = 12;
const shortestInDevelopment = 4;

/**
 * Opens the auth database and migrates it. What is changed there holds for every
 * server on it at once; none is started again.
 * @throws DatabaseError with the cure
 */
export async function openAuthAdmin(
  databaseUrl: string,
  { development }: { readonly development: boolean },
): Promise<AuthAdmin> {
  const database = await openDatabase<AuthTables>({
    url: databaseUrl,
    migrations,
    applicationName: "hr-auth-admin",
    poolSize: 2,
  });
  const shortest = development ? shortestInDevelopment : shortestPassword;
  return {
    ...database,
    accounts: accountAdmin(database, { shortest }),
    clients: clientAdmin(database),
  };
}
