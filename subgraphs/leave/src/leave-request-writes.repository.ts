import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { LeaveDay } from "./leave-day.ts";
import {
  type LeaveRequest,
  type Transition,
  transitions,
} from "./leave-request.ts";
import type { Draft } from "./submission.ts";
import type { Tables } from "./tables.ts";

export type NewRequest = {
  readonly draft: Draft;
  readonly days: number;
  readonly breakdown: readonly LeaveDay[];
  readonly status: "PENDING" | "APPROVED";
  readonly approverId: string | null;
  readonly submittedBy: string;
  readonly now: Date;
};

/** @returns its id. A half that another request holds already is refused by the database (L12). */
export async function insertRequest(
  transaction: Kysely<Tables>,
  { draft, now, ...request }: NewRequest,
): Promise<string> {
  const { id } = await transaction
    .insertInto("leave_request")
    .values({
      employee_id: draft.employeeId,
      leave_type_id: draft.leaveTypeId,
      starts: draft.startDate,
      start_portion: draft.startPortion,
      ends: draft.endDate,
      end_portion: draft.endPortion,
      days: request.days,
      status: request.status,
      note: draft.note ?? null,
      approver_id: request.approverId,
      submitted_by: request.submittedBy,
      submitted_at: now,
      updated_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await insertDays(
    transaction,
    { id, employeeId: draft.employeeId },
    request.breakdown,
  );
  return id;
}

/**
 * The one statement that decides a race (2.5): whoever finds the request in its
 * state and version changes it, anybody else finds nothing.
 */
export async function transit(
  transaction: Kysely<Tables>,
  request: Pick<LeaveRequest, "id" | "version">,
  change: {
    readonly by: Transition;
    readonly decidedBy: string | null;
    readonly note: string | null;
    readonly now: Date;
  },
): Promise<boolean> {
  const { from, to } = transitions[change.by];
  const decides = change.by === "approve" || change.by === "reject";
  const result = await transaction
    .updateTable("leave_request")
    .set({
      status: to,
      version: sql`version + 1`,
      updated_at: change.now,
      ...(decides && {
        decided_by: change.decidedBy,
        decided_at: change.now,
        decision_note: change.note,
      }),
      ...(change.by === "withdraw" && { decision_note: change.note }),
    })
    .where("id", "=", request.id)
    .where("status", "=", from)
    .where("version", "=", request.version)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** L17: what the request costs now. @returns its new version; null when another change was faster. */
export async function replaceDays(
  transaction: Kysely<Tables>,
  request: LeaveRequest,
  change: {
    readonly days: number;
    readonly breakdown: readonly LeaveDay[];
    readonly now: Date;
  },
): Promise<number | null> {
  const changed = await transaction
    .updateTable("leave_request")
    .set({
      days: change.days,
      version: sql`version + 1`,
      updated_at: change.now,
    })
    .where("id", "=", request.id)
    .where("version", "=", request.version)
    .where("status", "=", "PENDING")
    .returning("version")
    .executeTakeFirst();
  if (!changed) return null;
  await transaction
    .deleteFrom("leave_request_day")
    .where("request_id", "=", request.id)
    .execute();
  await insertDays(transaction, request, change.breakdown);
  return changed.version;
}

export type KeyClaim = {
  readonly clientId: string;
  readonly subject: string;
  readonly mutation: string;
  readonly key: string;
};

export type Claimed =
  | { readonly kind: "first" }
  | { readonly kind: "repeated"; readonly entityId: string }
  | { readonly kind: "other input" };

/** A6: the first takes the key; a second at the same time waits here for the first to end. */
export async function claimKey(
  transaction: Kysely<Tables>,
  claim: KeyClaim,
  { input, now }: { readonly input: unknown; readonly now: Date },
): Promise<Claimed> {
  const hash = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const taken = await transaction
    .insertInto("idempotency_key")
    .values({
      ...columnsOf(claim),
      input_hash: hash,
      entity_id: null,
      created_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["client_id", "subject", "mutation", "key"])
        .doUpdateSet({ input_hash: hash, entity_id: null, created_at: now })
        .where(
          sql<boolean>`idempotency_key.created_at < ${now}::timestamptz - interval '24 hours'`,
        ),
    )
    .returning("key")
    .executeTakeFirst();
  if (taken) return { kind: "first" };
  const known = await keyRow(transaction, claim);
  return known?.input_hash === hash && known.entity_id !== null
    ? { kind: "repeated", entityId: known.entity_id }
    : { kind: "other input" };
}

export async function keepKey(
  transaction: Kysely<Tables>,
  claim: KeyClaim,
  entityId: string,
): Promise<void> {
  await transaction
    .updateTable("idempotency_key")
    .set({ entity_id: entityId })
    .where((eb) => eb.and(columnsOf(claim)))
    .execute();
}

/** Only successes are kept: what was refused may be mended under its key. */
export async function releaseKey(
  transaction: Kysely<Tables>,
  claim: KeyClaim,
): Promise<void> {
  await transaction
    .deleteFrom("idempotency_key")
    .where((eb) => eb.and(columnsOf(claim)))
    .execute();
}

function keyRow(transaction: Kysely<Tables>, claim: KeyClaim) {
  return transaction
    .selectFrom("idempotency_key")
    .select(["input_hash", "entity_id"])
    .where((eb) => eb.and(columnsOf(claim)))
    .executeTakeFirst();
}

function columnsOf({ clientId, subject, mutation, key }: KeyClaim) {
  return { client_id: clientId, subject, mutation, key };
}

async function insertDays(
  transaction: Kysely<Tables>,
  request: Pick<LeaveRequest, "id" | "employeeId">,
  breakdown: readonly LeaveDay[],
): Promise<void> {
  await transaction
    .insertInto("leave_request_day")
    .values(
      breakdown.map((day) => ({
        request_id: request.id,
        employee_id: request.employeeId,
        date: day.date,
        charged: day.charged,
        reason: day.reason,
        holiday_id: day.holiday?.id ?? null,
      })),
    )
    .execute();
}
