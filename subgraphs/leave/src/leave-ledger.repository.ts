import { type Database, cappedCount, paginate } from "@hr/database";
import { sql } from "kysely";
import type { LedgerKind } from "./leave-balance.ts";
import type { Page } from "./leave-request.repository.ts";
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

/** Newest first; each entry with the sum of all up to it. */
export async function pageLedger(
  database: Database<Tables>,
  account: { readonly employeeId: string; readonly leaveTypeId: string },
  { maximum, ...args }: Page,
) {
  const rows = database.query
    .selectFrom("leave_ledger")
    .where("employee_id", "=", account.employeeId)
    .where("leave_type_id", "=", account.leaveTypeId);
  const summed = rows.select([
    "id",
    "kind",
    "amount",
    "effective_on as effectiveOn",
    sql<number>`sum(amount) OVER (ORDER BY effective_on, id)`.as(
      "balanceAfter",
    ),
    "request_id as requestId",
    "note",
    "created_at as createdAt",
    "created_by as createdById",
  ]);
  const query = database.query.selectFrom(summed.as("entry")).selectAll();
  const page = await paginate(query, {
    arguments: args,
    by: [
      { column: "entry.effectiveOn", direction: "desc", key: "effectiveOn" },
      { column: "entry.id", direction: "desc", key: "id" },
    ],
    binding: JSON.stringify(["ledger", account]),
    cursorKey: database.cursorKey,
    maximum,
  });
  return { ...page, totalCount: () => cappedCount(database.query, rows) };
}
