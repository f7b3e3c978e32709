import {
  type Database,
  type SortColumn,
  cappedCount,
  paginate,
} from "@hr/database";
import DataLoader from "dataloader";
import {
  type Kysely,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import type { Page, PageRequest } from "./page.ts";
import type { Tables } from "./tables.ts";

/** A list: its rows in an order that the id makes unique, and the filter a cursor is bound to. */
type List<DB, TB extends keyof DB, Row extends object> = {
  readonly rows: SelectQueryBuilder<DB, TB, Row>;
  readonly by: readonly SortColumn[];
  readonly filter?: object;
};

export async function pageOf<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  list: List<DB, TB, Row>,
  request: PageRequest,
): Promise<Page<Row>> {
  const page = await paginate(list.rows, pageOptions(database, list, request));
  return {
    ...page,
    totalCount: () =>
      // A query with joins knows more tables than the database it runs on.
      cappedCount(database.query as unknown as Kysely<DB>, list.rows),
  };
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
  const rows = new DataLoader<OwnedQuery<DB, TB, Row>, Row[], string>(
    (asked) => rowsOfEach(database, asked),
    { cacheKeyFn: ({ owner }) => owner },
  );
  const counts = new DataLoader<string, number | null>((owners) =>
    countEach(database, list, owners),
  );
  return new DataLoader((owners) =>
    Promise.all(
      owners.map(async (owner) => ({
        ...(await paginate(owned(list.rows, owner, rows), options)),
        totalCount: () => counts.load(owner),
      })),
    ),
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

type OwnedQuery<DB, TB extends keyof DB, Row> = {
  readonly owner: string;
  readonly query: SelectQueryBuilder<DB, TB, Row>;
};

/** The part of a query that paging builds on, executed together with those of other owners. */
function owned<DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  owner: string,
  rows: DataLoader<OwnedQuery<DB, TB, Row>, Row[], string>,
): typeof query {
  const next = (built: typeof query) => owned(built, owner, rows);
  const part = {
    select: (...args: Parameters<(typeof query)["select"]>) =>
      next(query.select(...args) as typeof query),
    orderBy: (...args: Parameters<(typeof query)["orderBy"]>) =>
      next(query.orderBy(...args)),
    where: (...args: Parameters<(typeof query)["where"]>) =>
      next(query.where(...args)),
    limit: (...args: Parameters<(typeof query)["limit"]>) =>
      next(query.limit(...args)),
    execute: () => rows.load({ owner, query }),
  };
  return part as unknown as typeof query;
}

async function rowsOfEach<DB, TB extends keyof DB, Row>(
  database: Database<Tables>,
  asked: readonly OwnedQuery<DB, TB, Row>[],
): Promise<Row[][]> {
  const owners = asked.map(({ owner }) => owner);
  // Every owner's page has the same bounds, so the query of one serves all.
  const { rows } = await sql<Row & { ownerId: string }>`
    SELECT owner.id AS "ownerId", page.*
    FROM unnest(${owners}::text[]) AS owner (id)
    CROSS JOIN LATERAL (${asked[0]?.query}) AS page
  `.execute(database.query);
  const byOwner = Map.groupBy(rows, ({ ownerId }) => ownerId);
  return owners.map((owner) => byOwner.get(owner) ?? []);
}

async function countEach<DB, TB extends keyof DB, Row extends object>(
  database: Database<Tables>,
  { rows }: List<DB, TB, Row>,
  owners: readonly string[],
): Promise<(number | null)[]> {
  const capped = rows
    .clearSelect()
    .select(sql`1`.as("one"))
    .limit(maximumCount + 1);
  const counted = await sql<{ id: string; size: number }>`
    SELECT owner.id, (SELECT count(*)::int FROM (${capped}) AS capped) AS size
    FROM unnest(${owners}::text[]) AS owner (id)
  `.execute(database.query);
  const sizes = new Map(counted.rows.map(({ id, size }) => [id, size]));
  return owners.map((owner) => {
    const size = sizes.get(owner) ?? 0;
    return size > maximumCount ? null : size;
  });
}

const maximumCount = 10_000;

function pageOptions<DB, TB extends keyof DB, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter = {} }: List<DB, TB, Row>,
  { maximum, ...args }: PageRequest,
) {
  const binding = JSON.stringify(Object.entries(filter).sort());
  return { arguments: args, by, binding, cursorKey, maximum };
}
