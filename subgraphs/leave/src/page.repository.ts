import {
  type Connection,
  type Database,
  type PageArguments,
  type SortColumn,
  cappedCount,
  cappedCountEach,
  paginate,
  paginateEach,
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

/** Counted only when asked for. */
export type CountedPage<Row> = Connection<Row> & {
  totalCount(): Promise<number | null>;
};

export async function pageOf<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  page: Page,
): Promise<CountedPage<Row>> {
  const found = await paginate(list.rows, optionsOf(database, list, page));
  return { ...found, totalCount: () => cappedCount(database.query, list.rows) };
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
  const counts = new DataLoader(async (owners: readonly string[]) => {
    const sizes = await cappedCountEach(database.query, list.rows, owners);
    return owners.map((owner) => sizes.get(owner) ?? null);
  });
  return new DataLoader(async (owners) => {
    const all = { ...options, owners };
    const pages = await paginateEach(database.query, list.rows, all);
    return owners.map((owner) => {
      const found = pages.get(owner);
      if (!found) return new Error("The page of an owner is missing");
      return { ...found, totalCount: () => counts.load(owner) };
    });
  });
}

function optionsOf<DB, TB extends keyof DB, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter }: List<DB, TB, Row>,
  { maximum, ...args }: Page,
) {
  const binding = JSON.stringify(filter);
  return { arguments: args, by, binding, cursorKey, maximum };
}
