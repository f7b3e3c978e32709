import type { Database } from "@hr/database";
import { type Kysely, type Transaction, sql } from "kysely";
import type { Tables } from "./tables.ts";

/**
 * Brings what depends on the day up to `now`: each person's present seat,
 * employment and status, then the reporting line (E8, E9). Today is the date
 * at the location (A2), so a day begins in Tokyo before it does in London.
 * @returns how many people changed.
 */
export function bringUpToDate(
  database: Pick<Database<Tables>, "transaction">,
  now: Date,
): Promise<number> {
  return database.transaction(async (transaction) => {
    await lockReporting(transaction);
    const changed = await moveToPresentSeats(transaction, now);
    if (changed > 0) await rewriteReporting(transaction);
    return changed;
  });
}

/** Which of the candidates are below the manager, direct or indirect. */
export async function reportsOf(
  database: Kysely<Tables>,
  manager: string,
  candidates: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("reporting")
    .where("ancestor_id", "=", manager)
    .where("descendant_id", "in", candidates)
    .where("depth", ">", 0)
    .select("descendant_id as id")
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** E7: every change of the line waits for the one before it, so two at once cannot build a loop. */
async function lockReporting(transaction: Transaction<Tables>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('reporting'))`.execute(
    transaction,
  );
}

/** In force today, else the nearest past, else the first to come. */
async function moveToPresentSeats(
  transaction: Transaction<Tables>,
  now: Date,
): Promise<number> {
  const result = await sql`
    WITH dated AS (
      SELECT a.*, lower(a.valid) AS since,
        (${now}::timestamptz AT TIME ZONE l.time_zone)::date AS today
      FROM job_assignment a JOIN location l ON l.id = a.location_id
    ), seat AS (
      SELECT DISTINCT ON (employee_id) * FROM dated
      ORDER BY employee_id, since <= today DESC,
        CASE WHEN since <= today THEN since END DESC, since
    ), contract AS (
      SELECT DISTINCT ON (e.employee_id) e.employee_id, e.id, s.today,
        lower(e.employed) AS hired, upper(e.employed) AS gone
      FROM employment e JOIN seat s USING (employee_id)
      ORDER BY e.employee_id, lower(e.employed) <= s.today DESC,
        CASE WHEN lower(e.employed) <= s.today THEN lower(e.employed) END DESC,
        lower(e.employed)
    ), present AS (
      SELECT p.id, c.id AS employment_id, s.id AS assignment_id,
        c.hired AS hire_date, s.job_title, s.department_id, s.location_id,
        s.manager_id,
        CASE WHEN c.hired > c.today THEN 'PREHIRE'
          WHEN c.gone <= c.today THEN 'TERMINATED'
          WHEN p.on_long_leave THEN 'ON_LEAVE' ELSE 'ACTIVE' END AS status
      FROM person p
        JOIN seat s ON s.employee_id = p.id
        JOIN contract c ON c.employee_id = p.id
    )
    UPDATE person p SET
      (employment_id, assignment_id, hire_date, job_title, department_id,
        location_id, manager_id, status) =
      (n.employment_id, n.assignment_id, n.hire_date, n.job_title,
        n.department_id, n.location_id, n.manager_id, n.status),
      version = p.version + 1, updated_at = ${now}
    FROM present n
    WHERE n.id = p.id AND
      (p.employment_id, p.assignment_id, p.hire_date, p.job_title,
        p.department_id, p.location_id, p.manager_id, p.status)
      IS DISTINCT FROM
      (n.employment_id, n.assignment_id, n.hire_date, n.job_title,
        n.department_id, n.location_id, n.manager_id, n.status)
  `.execute(transaction);
  return Number(result.numAffectedRows ?? 0);
}

/** Removals first: for an instant nobody is above somebody they should not be. */
async function rewriteReporting(
  transaction: Transaction<Tables>,
): Promise<void> {
  await sql`
    WITH RECURSIVE ${line}
    DELETE FROM reporting r WHERE NOT EXISTS (
      SELECT FROM line WHERE line.ancestor_id = r.ancestor_id
        AND line.descendant_id = r.descendant_id AND line.depth = r.depth
    )
  `.execute(transaction);
  await sql`
    WITH RECURSIVE ${line}
    INSERT INTO reporting (ancestor_id, descendant_id, depth)
    SELECT ancestor_id, descendant_id, depth FROM line
    ON CONFLICT DO NOTHING
  `.execute(transaction);
}

/** Leavers are in no line; a line longer than 30 ends there (E7). */
const line = sql`
  line (ancestor_id, descendant_id, depth) AS (
    SELECT id, id, 0 FROM person WHERE status <> 'TERMINATED'
    UNION ALL
    SELECT above.id, line.descendant_id, line.depth + 1
    FROM line
      JOIN person p ON p.id = line.ancestor_id
      JOIN person above ON above.id = p.manager_id
        AND above.status <> 'TERMINATED'
    WHERE line.depth < 30
  )
`;
