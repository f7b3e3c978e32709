import type { Database } from "@hr/database";
import { sql } from "kysely";
import type { PageRequest } from "./page.ts";
import { allOf, ascending, pageOf } from "./page.repository.ts";
import type { PayComponent } from "./pay-component.ts";
import type { Tables } from "./tables.ts";

export function payComponentRepository(database: Database<Tables>) {
  const components = database.query
    .selectFrom("pay_component")
    .select(["id", "code", "name", "kind", "taxable", "active"]);
  return {
    findMany: (ids: readonly string[]): Promise<readonly PayComponent[]> =>
      components.where("id", "in", ids).execute(),

    page: (includeInactive: boolean, request: PageRequest) =>
      pageOf(
        database,
        {
          rows: allOf(components, [includeInactive ? null : sql`active`]),
          by: [
            ascending("pay_component.code", "code"),
            ascending("pay_component.id", "id"),
          ],
          filter: { includeInactive },
        },
        request,
      ),
  };
}
