import { type Expression, type SqlBool, sql } from "kysely";

/** Whose rows count. A repository takes one as an argument, so none can forget it. */
export type Reach =
  | { readonly everyone: true }
  | {
      readonly everyone: false;
      /** The employee whose own rows count. */
      readonly self: string | null;
      /** The manager whose direct and indirect reports' rows count, the manager's own not. */
      readonly reports: string | null;
    };

/**
 * The reach as a predicate over a column that holds the employee id, for the
 * statement itself: before paging and counting. Reads `reporting(ancestor_id, descendant_id, depth)`.
 */
export function withinReach(reach: Reach, column: string): Expression<SqlBool> {
  if (reach.everyone) return sql<SqlBool>`true`;
  const parts: Expression<SqlBool>[] = [];
  if (reach.self !== null)
    parts.push(sql<SqlBool>`${sql.ref(column)} = ${reach.self}`);
  if (reach.reports !== null)
    parts.push(sql<SqlBool>`EXISTS (
      SELECT 1 FROM reporting
      WHERE reporting.ancestor_id = ${reach.reports}
        AND reporting.descendant_id = ${sql.ref(column)}
        AND reporting.depth > 0)`);
  if (parts.length === 0) return sql<SqlBool>`false`;
  return sql<SqlBool>`(${sql.join(parts, sql` OR `)})`;
}
