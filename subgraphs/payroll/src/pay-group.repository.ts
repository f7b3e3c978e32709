import type { Database } from "@hr/database";
import { sql } from "kysely";
import type { PageRequest } from "./page.ts";
import { ascending, pageOf } from "./page.repository.ts";
import type { PayGroup } from "./pay-group.ts";
import type { Tables } from "./tables.ts";

/** Groups are company data; who is in which one is not told here but person by person. */
export function payGroupRepository(database: Database<Tables>) {
  const groups = database.query
    .selectFrom("pay_group")
    .select([
      "pay_group.id",
      "pay_group.name",
      "pay_group.legal_entity_id as legalEntityId",
      "pay_group.frequency",
      "pay_group.currency",
    ]);
  return {
    findMany: (ids: readonly string[]): Promise<readonly PayGroup[]> =>
      groups.where("pay_group.id", "in", ids).execute(),

    page: (request: PageRequest) =>
      pageOf(
        database,
        {
          rows: groups,
          by: [
            ascending("pay_group.name", "name"),
            ascending("pay_group.id", "id"),
          ],
        },
        request,
      ),

    /** The group of each person's legal entity in the currency they were first paid in. */
    findOfEmployees: (
      employeeIds: readonly string[],
    ): Promise<readonly (PayGroup & { readonly employeeId: string })[]> =>
      groups
        .innerJoin(
          "employee_ref as person",
          "person.legal_entity_id",
          "pay_group.legal_entity_id",
        )
        .select("person.id as employeeId")
        .where("person.id", "in", employeeIds)
        .where(
          "pay_group.currency",
          "=",
          sql<string>`(SELECT currency FROM compensation
            WHERE employee_id = person.id ORDER BY effective_from LIMIT 1)`,
        )
        .execute(),
  };
}
