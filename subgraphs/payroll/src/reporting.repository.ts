import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** Which of the candidates are below the manager today, directly or not. */
export async function findReports(
  database: Kysely<Tables>,
  manager: string,
  candidates: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("reporting")
    .select("descendant_id as id")
    .where("ancestor_id", "=", manager)
    .where("descendant_id", "in", candidates)
    .where("depth", ">", 0)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
