import type { Database } from "@hr/database";
import { sql } from "kysely";
import type { LedgerKind } from "./leave-balance.ts";
import { type Page, pageOfEach } from "./page.repository.ts";
import type { Tables } from "./tables.ts";

export type LedgerEntry = {
  readonly id: string;
  readonly kind: LedgerKind;
  readonly amount: number;
  readonly effectiveOn: string;
  readonly balanceAfter: number;
  readonly requestId: string | null;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly createdById: string | null;
};

/** Newest first of each person; each entry with the sum of all up to it. */
export function pageLedgerOfEach(
  database: Database<Tables>,
  leaveTypeId: string,
  page: Page,
) {
  const summed = database.query
    .selectFrom("leave_ledger")
    .where("employee_id", "=", sql.ref<string>("owner.id"))
    .where("leave_type_id", "=", leaveTypeId)
    .select([
      "leave_ledger.id",
      "kind",
      "amount",
      "effective_on as effectiveOn",
      sql<number>`sum(amount) OVER (ORDER BY effective_on, leave_ledger.id)`.as(
        "balanceAfter",
      ),
      "request_id as requestId",
      "note",
      "created_at as createdAt",
      "created_by as createdById",
    ]);
  const rows = database.query.selectFrom(summed.as("entry")).selectAll();
  return pageOfEach(
    database,
    { rows, by: newestFirst, filter: leaveTypeId },
    page,
  );
}

const newestFirst = [
  { column: "entry.effectiveOn", direction: "desc", key: "effectiveOn" },
  { column: "entry.id", direction: "desc", key: "id" },
] as const;
