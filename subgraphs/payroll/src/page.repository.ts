import {
  type Database,
  type SortColumn,
  countedPage,
  countedPages,
} from "@hr/database";
import DataLoader from "dataloader";
import type { RawBuilder, SelectQueryBuilder, SqlBool } from "kysely";
import type { Page, PageRequest } from "./page.ts";
import type { Tables } from "./tables.ts";

/** A list: its rows in an order that the id makes unique, and the filter a cursor is bound to. */
type List<DB, TB extends keyof DB, Row extends object> = {
  readonly rows: SelectQueryBuilder<DB, TB, Row>;
  readonly by: readonly SortColumn[];
  readonly filter?: object;
};

export function pageOf<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  request: PageRequest,
): Promise<Page<Row>> {
  const options = pageOptions(database, list, request);
  return countedPage(database.query, list.rows, options);
}

/**
 * The same page of many owners' lists in one statement. The rows name their
 * owner `owner.id`, and each owner's list is read no further than its page.
 */
export function pageOfEach<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  request: PageRequest,
): DataLoader<string, Page<Row>> {
  const options = pageOptions(database, list, request);
  return new DataLoader((owners) =>
    countedPages(database.query, list.rows, { ...options, owners }),
  );
}

/** Narrows by every condition that is asked for. */
export function allOf<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  conditions: readonly (RawBuilder<unknown> | "" | null | undefined)[],
): typeof rows {
  return conditions.reduce<typeof rows>(
    (narrowed, one) =>
      one ? narrowed.where(one as RawBuilder<SqlBool>) : narrowed,
    rows,
  );
}

export function ascending(column: string, key: string): SortColumn {
  return { column, direction: "asc", key };
}

export function descending(column: string, key: string): SortColumn {
  return { column, direction: "desc", key };
}

function pageOptions<DB, TB extends keyof DB, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter = {} }: List<DB, TB, Row>,
  { maximum, ...args }: PageRequest,
) {
  const binding = JSON.stringify(Object.entries(filter).sort());
  return { arguments: args, by, binding, cursorKey, maximum };
}
