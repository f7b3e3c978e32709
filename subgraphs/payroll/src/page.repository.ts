import {
  type Database,
  type SortColumn,
  cappedCount,
  paginate,
} from "@hr/database";
import DataLoader from "dataloader";
import { type SelectQueryBuilder, sql } from "kysely";
import type { Page, PageRequest } from "./page.ts";
import type { Tables } from "./tables.ts";

/** A list: its rows in an order that the id makes unique, and the filter a cursor is bound to. */
export type List<TB extends keyof Tables, Row extends object> = {
  readonly rows: SelectQueryBuilder<Tables, TB, Row>;
  readonly by: readonly SortColumn[];
  readonly filter?: object;
};

export async function pageOf<TB extends keyof Tables, Row extends object>(
  database: Database<Tables>,
  list: List<TB, Row>,
  request: PageRequest,
): Promise<Page<Row>> {
  const page = await paginate(list.rows, pageOptions(database, list, request));
  return {
    ...page,
    totalCount: () => cappedCount(database.query, list.rows),
  };
}

/**
 * The same page of many owners' lists in one statement. The rows name their
 * owner `owner.id`, and each owner's list is read no further than its page.
 */
export function pageOfEach<TB extends keyof Tables, Row extends object>(
  database: Database<Tables>,
  list: List<TB, Row>,
  request: PageRequest,
): DataLoader<string, Page<Row>> {
  const options = pageOptions(database, list, request);
  const rows = new DataLoader<OwnedQuery<TB, Row>, Row[], string>(
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

type OwnedQuery<TB extends keyof Tables, Row> = {
  readonly owner: string;
  readonly query: SelectQueryBuilder<Tables, TB, Row>;
};

/** The part of a query that paging builds on, executed together with those of other owners. */
function owned<TB extends keyof Tables, Row extends object>(
  query: SelectQueryBuilder<Tables, TB, Row>,
  owner: string,
  rows: DataLoader<OwnedQuery<TB, Row>, Row[], string>,
): typeof query {
  const next = (built: typeof query) => owned(built, owner, rows);
  const { orderBy, where, limit } = query;
  const part = {
    orderBy: (...args: Parameters<typeof orderBy>) =>
      next(query.orderBy(...args)),
    where: (...args: Parameters<typeof where>) => next(query.where(...args)),
    limit: (...args: Parameters<typeof limit>) => next(query.limit(...args)),
    execute: () => rows.load({ owner, query }),
  };
  return part as unknown as typeof query;
}

async function rowsOfEach<TB extends keyof Tables, Row>(
  database: Database<Tables>,
  asked: readonly OwnedQuery<TB, Row>[],
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

async function countEach<TB extends keyof Tables, Row extends object>(
  database: Database<Tables>,
  { rows }: List<TB, Row>,
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

function pageOptions<TB extends keyof Tables, Row extends object>(
  { cursorKey }: Database<Tables>,
  { by, filter = {} }: List<TB, Row>,
  { maximum, ...args }: PageRequest,
) {
  const binding = JSON.stringify(Object.entries(filter).sort());
  return { arguments: args, by, binding, cursorKey, maximum };
}
