import type { QueryExecutorProvider, SelectQueryBuilder } from "kysely";
import {
  type Connection,
  type PageOptions,
  cappedCount,
  cappedCountEach,
  paginate,
  paginateEach,
} from "./keyset.ts";

/** A page whose whole list is counted when asked for: null above 10,000. */
export type CountedPage<Node> = Connection<Node> & {
  totalCount(): Promise<number | null>;
};

/** @throws PageError as `paginate` does. */
export async function countedPage<DB, TB extends keyof DB, Row extends object>(
  database: QueryExecutorProvider,
  query: SelectQueryBuilder<DB, TB, Row>,
  options: PageOptions,
): Promise<CountedPage<Row>> {
  const page = await paginate(query, options);
  return { ...page, totalCount: () => cappedCount(database, query) };
}

/**
 * The same page of many owners' lists, in the order of the owners: one statement
 * for the pages, one for all counts. The query names its owner `owner.id`.
 * @throws PageError as `paginate` does.
 */
export async function countedPages<DB, TB extends keyof DB, Row extends object>(
  database: QueryExecutorProvider,
  query: SelectQueryBuilder<DB, TB, Row>,
  options: PageOptions & { readonly owners: readonly string[] },
): Promise<readonly CountedPage<Row>[]> {
  const pages = await paginateEach(database, query, options);
  let sizes: Promise<ReadonlyMap<string, number | null>> | undefined;
  const totalCount = async (owner: string) => {
    sizes ??= cappedCountEach(database, query, options.owners);
    return (await sizes).get(owner) ?? null;
  };
  return options.owners.map((owner) => {
    const page = pages.get(owner);
    if (!page) throw new Error("The page of an owner is missing");
    return { ...page, totalCount: () => totalCount(owner) };
  });
}
