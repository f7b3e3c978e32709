import { join } from "node:path";
import { type PostgresServer, openPostgres, provision } from "@hr/database";
import { keepSecrets } from "./secrets.ts";
import { type DatabaseOwner, databaseOwners } from "./services.ts";

/** The database each service connects to, as its own role. Secret. */
export type DatabaseUrls = Readonly<Record<DatabaseOwner, string>>;

/** The server of `databaseUrl`, else an embedded one that ends with this process. */
export function openServer(options: {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly log: (line: string) => void;
}): Promise<PostgresServer> {
  const dataFolder = join(options.dataFolder, "postgres");
  return openPostgres({ ...options, dataFolder });
}

/**
 * `payroll_db` owned by `hr_payroll`, and so on; their passwords are kept in the data
 * folder. A mark behind the names keeps several graphs on one server apart.
 */
export async function provisionAll(
  server: PostgresServer,
  dataFolder: string,
  mark = "",
): Promise<DatabaseUrls> {
  const roles = databaseOwners.map((service) => `hr_${service}${mark}`);
  const file = join(dataFolder, "database-passwords.env");
  const passwords = await keepSecrets(file, roles);
  const urls: Record<string, string> = {};
  for (const service of databaseOwners) {
    const role = `hr_${service}${mark}`;
    const password = passwords[role] ?? "";
    const database = `${service}_db${mark}`;
    urls[service] = await provision(server, { database, role, password });
  }
  return urls as DatabaseUrls;
}
