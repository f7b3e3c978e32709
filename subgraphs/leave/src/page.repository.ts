import {
  type Connection,
  type Database,
  type PageArguments,
  type SortColumn,
  cappedCount,
  paginate,
} from "@hr/database";
import DataLoader from "dataloader";
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
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
  // A query with joins knows more tables than the database it runs on.
  const anyTables = database.query as unknown as Kysely<DB>;
  return { ...found, totalCount: () => cappedCount(anyTables, list.rows) };
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
  const counts = new DataLoader((owners: readonly string[]) =>
    countEach(database, list.rows, owners),
  );
  return new DataLoader((owners) => {
    let found: Promise<ReadonlyMap<string, Row[]>> | undefined;
    // The bounds are the same for every owner, so the query of one serves all.
    const rowsOf = async (owner: string, query: typeof list.rows) => {
      found ??= findEach(database, query, owners);
      return (await found).get(owner) ?? [];
    };
    return Promise.all(
      owners.map(async (owner) => {
        const rows = deferred(list.rows, (query) => rowsOf(owner, query));
        return {
          ...(await paginate(rows, options)),
          totalCount: () => counts.load(owner),
        };
      }),
    );
  });
}

/** A query that is built on as ever, and run by somebody else. */
function deferred<Query extends object>(
  query: Query,
  run: (built: Query) => Promise<unknown>,
): Query {
  return new Proxy(query, {
    get(target, name) {
      if (name === "execute") return () => run(target);
      const build: unknown = Reflect.get(target, name);
      return (...args: unknown[]) =>
        deferred(
          (build as (...args: unknown[]) => Query).apply(target, args),
          run,
        );
    },
  });
}

async function findEach<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  query: SelectQueryBuilder<DB, TB, Row>,
  owners: readonly string[],
): Promise<ReadonlyMap<string, Row[]>> {
  const { rows } = await sql<Row & { readonly ownerId: string }>`
    SELECT owner.id AS "ownerId", page.*
    FROM unnest(${owners}::text[]) AS owner (id)
    CROSS JOIN LATERAL (${query}) AS page
  `.execute(database.query);
  return Map.groupBy(rows, ({ ownerId }) => ownerId);
}

async function countEach<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  query: SelectQueryBuilder<DB, TB, Row>,
  owners: readonly string[],
): Promise<(number | null)[]> {
  const capped = query.clearSelect().select(sql`1`.as("one"));
  const { rows } = await sql<{ id: string; size: number }>`
    SELECT owner.id, (SELECT count(*)::int
      FROM (${capped.limit(maximumCount + 1)}) AS capped) AS size
    FROM unnest(${owners}::text[]) AS owner (id)
  `.execute(database.query);
  const sizes = new Map(rows.map(({ id, size }) => [id, size]));
  return owners.map((owner) => {
    const size = sizes.get(owner) ?? 0;
    return size > maximumCount ? null : size;
  });
}

const maximumCount = 10_000;

function optionsOf<DB, TB extends keyof DB, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter }: List<DB, TB, Row>,
  { maximum, ...args }: Page,
) {
  const binding = JSON.stringify(filter);
  return { arguments: args, by, binding, cursorKey, maximum };
}
