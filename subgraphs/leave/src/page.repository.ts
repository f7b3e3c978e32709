import {
  type CountedPage,
  type Database,
  type PageArguments,
  type SortColumn,
  countedPage,
  countedPages,
} from "@hr/database";
import DataLoader from "dataloader";
import type { SelectQueryBuilder } from "kysely";
import type { Tables } from "./tables.ts";

export type Page = PageArguments & { readonly maximum: number };

/** A list in an order that the id makes unique, and the filter a cursor is bound to. */
export type List<DB, TB extends keyof DB, Row extends object> = {
  readonly rows: SelectQueryBuilder<DB, TB, Row>;
  readonly by: readonly SortColumn[];
  readonly filter: unknown;
};

export function pageOf<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  page: Page,
): Promise<CountedPage<Row>> {
  const options = optionsOf(database, list, page);
  return countedPage(database.query, list.rows, options);
}

/**
 * The same page of many owners' lists in one statement. The rows name their owner
 * `owner.id`, and each list is read no further than its page.
 */
export function pageOfEach<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  page: Page,
): DataLoader<string, CountedPage<Row>> {
  const options = optionsOf(database, list, page);
  return new DataLoader((owners) =>
    countedPages(database.query, list.rows, { ...options, owners }),
  );
}

function optionsOf<DB, TB extends keyof DB, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter }: List<DB, TB, Row>,
  { maximum, ...args }: Page,
) {
  const binding = JSON.stringify(filter);
  return { arguments: args, by, binding, cursorKey, maximum };
}
