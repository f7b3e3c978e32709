import { type AuthAdmin, openAuthAdmin } from "@hr/auth/admin";
import { CliError } from "./cli-error.ts";
import { findDatabaseUrl } from "./database-url.ts";
import type { Environment, Place } from "./settings.ts";

const variable = "AUTH_DATABASE_URL";

/**
 * Does something in the auth database: that of AUTH_DATABASE_URL, else of the
 * `npm start` that runs on this data folder. Closes it in the end.
 * @throws CliError with the cure
 */
export async function withAuthAdmin<Result>(
  place: Place,
  env: Environment,
  work: (admin: AuthAdmin) => Promise<Result>,
): Promise<Result> {
  const admin = await open(place, env);
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

async function open(place: Place, env: Environment): Promise<AuthAdmin> {
  const given = env[variable];
  if (given)
    return openAuthAdmin(given, { development: false }).catch(blame(variable));
  const left = await findDatabaseUrl(place.dataFolder);
  if (left === undefined)
    throw new CliError(
      `No auth database is known: run npm start in another terminal, or set ${variable} to that of an auth service, such as postgres://user:password@host:5432/auth_db.`,
    );
  return openAuthAdmin(left, { development: true }).catch(
    blame("The database of npm start"),
  );
}

/** The database speaks of the variable by which services are told. */
function blame(whom: string) {
  return (error: unknown): never => {
    if (!isDatabaseError(error)) throw error;
    throw new CliError(error.message.replace(/^DATABASE_URL/, whom));
  };
}

function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && error.name === "DatabaseError";
}
