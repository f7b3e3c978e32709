import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import {
  type Expression,
  type QueryExecutorProvider,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";

/** Relay's arguments of a connection. */
export type PageArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type Connection<Node> = {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/**
 * One column of the order. All together are unique; the last one is the id. No
 * column may be null. One direction for all lets an index on them serve every page.
 */
export type SortColumn = {
  /** As the statement knows it, qualified. */
  readonly column: string;
  readonly direction: "asc" | "desc";
  /** What the row calls it. */
  readonly key: string;
};

export type PageOptions = {
  readonly arguments: PageArguments;
  readonly by: readonly SortColumn[];
  /** Filter and order in one text: a cursor of another one is refused. */
  readonly binding: string;
  readonly cursorKey: Uint8Array;
  /** Most rows a caller may ask for: 100 for people, 500 for machines. */
  readonly maximum: number;
};

/** An argument of a page that the caller can mend. The message names it. */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly code = "BAD_USER_INPUT";
  readonly expose = true;
  readonly argument: string;
  constructor(argument: string, fault: string) {
    super(`\`${argument}\` ${fault}`);
    this.argument = argument;
  }
}

const standardSize = 25;
const standardCap = 10_000;

/**
 * One page of a query by keyset: the cost does not grow with how far one has
 * paged, and rows that come or go meanwhile are neither doubled nor missed.
 * @throws PageError for sizes outside 1–maximum, `first` with `last`, and cursors
 *   that are altered or belong to another filter or order.
 */
export async function paginate<DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  options: PageOptions,
): Promise<Connection<Row>> {
  const found = await bounded(query, options).execute();
  return connectionOf<Row>(found, options);
}

/**
 * The same page of many owners' lists in one statement, by owner. The query names
 * its owner `owner.id`; each list is read no further than its page.
 * @throws PageError as `paginate` does.
 */
export async function paginateEach<DB, TB extends keyof DB, Row extends object>(
  database: QueryExecutorProvider,
  query: SelectQueryBuilder<DB, TB, Row>,
  options: PageOptions & { readonly owners: readonly string[] },
): Promise<ReadonlyMap<string, Connection<Row>>> {
  const { rows } = await sql<object & { "owner id": string }>`
    SELECT owner.id AS "owner id", page.*
    FROM unnest(${options.owners}::text[]) AS owner (id)
    CROSS JOIN LATERAL (${bounded(query, options)}) AS page
  `.execute(database);
  const byOwner = Map.groupBy(rows, (row) => row["owner id"]);
  return new Map(
    options.owners.map((owner) => {
      const found = (byOwner.get(owner) ?? []).map(
        ({ "owner id": _owner, ...row }) => row,
      );
      return [owner, connectionOf<Row>(found, options)];
    }),
  );
}

/** Counts up to a cap: null above it, so that counting never costs more than reading that far. */
export async function cappedCount<DB, TB extends keyof DB, Row>(
  database: QueryExecutorProvider,
  query: SelectQueryBuilder<DB, TB, Row>,
  cap = standardCap,
): Promise<number | null> {
  const { rows } = await sql<{ size: number }>`
    SELECT count(*)::int AS size FROM (${capped(query, cap)}) AS capped
  `.execute(database);
  const size = rows[0]?.size ?? 0;
  return size > cap ? null : size;
}

/** The same count of many owners' lists in one statement, by owner. */
export async function cappedCountEach<DB, TB extends keyof DB, Row>(
  database: QueryExecutorProvider,
  query: SelectQueryBuilder<DB, TB, Row>,
  owners: readonly string[],
): Promise<ReadonlyMap<string, number | null>> {
  const { rows } = await sql<{ id: string; size: number }>`
    SELECT owner.id,
      (SELECT count(*)::int FROM (${capped(query, standardCap)}) AS capped) AS size
    FROM unnest(${owners}::text[]) AS owner (id)
  `.execute(database);
  return new Map(
    rows.map(({ id, size }) => [id, size > standardCap ? null : size]),
  );
}

function capped<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  cap: number,
) {
  return query
    .clearSelect()
    .clearOrderBy()
    .select(sql`1`.as("one"))
    .limit(cap + 1);
}

/** The rows of the page and one more, which says whether there is another. */
function bounded<DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  options: PageOptions,
) {
  const { size, backward } = readSize(options);
  const ordered = options.by.reduce(
    (soFar, { column, direction }) =>
      soFar.orderBy(
        sql.ref(column),
        backward === (direction === "asc") ? "desc" : "asc",
      ),
    query,
  );
  return readBounds(options)
    .reduce((soFar, bound) => soFar.where(bound), ordered)
    .select(options.by.map(exactly))
    .limit(size + 1);
}

function connectionOf<Row>(
  found: readonly object[],
  options: PageOptions,
): Connection<Row> {
  const { size, backward } = readSize(options);
  const page = found.slice(0, size);
  const edges = (backward ? page.reverse() : page).map((row) =>
    edgeOf<Row>(row as Readonly<Record<string, unknown>>, options),
  );
  const more = found.length > size;
  const { after, before } = options.arguments;
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: backward ? isGiven(before) : more,
      hasPreviousPage: backward ? more : isGiven(after),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function readSize(options: PageOptions): { size: number; backward: boolean } {
  const { first, last } = options.arguments;
  if (isGiven(first) && isGiven(last))
    throw new PageError("last", "cannot stand beside `first`: use one of them");
  const backward = isGiven(last);
  const name = backward ? "last" : "first";
  const size = (backward ? last : first) ?? standardSize;
  if (!Number.isInteger(size) || size < 1 || size > options.maximum)
    throw new PageError(name, `must be from 1 to ${options.maximum}`);
  return { size, backward };
}

function readBounds(options: PageOptions): readonly Expression<SqlBool>[] {
  const { after, before } = options.arguments;
  return [
    ...(isGiven(after) ? [beyond("after", after, options)] : []),
    ...(isGiven(before) ? [beyond("before", before, options)] : []),
  ];
}

/**
 * What lies past a cursor: `(a, b, id) > (x, y, z)`. For mixed directions written
 * out, `a >= x AND (a > x OR (a = x AND (b < y OR …)))`: the first part is
 * what an index can start from.
 */
function beyond(
  argument: "after" | "before",
  cursor: string,
  options: PageOptions,
): Expression<SqlBool> {
  const values = readCursor(argument, cursor, options);
  const terms = options.by.map(({ column, direction }, at) => {
    const up = (direction === "asc") === (argument === "after");
    return { ref: sql.ref(column), value: values[at], past: up ? gt : lt };
  });
  const [first] = terms;
  if (!first) throw new Error("A page needs an order");
  const { ref, value, past } = first;
  if (terms.every((term) => term.past === past))
    return sql<SqlBool>`(${sql.join(terms.map((term) => term.ref))}) ${past} (${sql.join(values)})`;
  const writtenOut = terms.reduceRight(
    (inner, term) =>
      sql<SqlBool>`(${term.ref} ${term.past} ${term.value} OR (${term.ref} = ${term.value} AND ${inner}))`,
    sql<SqlBool>`false`,
  );
  return sql<SqlBool>`(${ref} ${past}= ${value} AND ${writtenOut})`;
}

const gt = sql.raw(">");
const lt = sql.raw("<");

/** As text: a Date would drop the microseconds, and a page would begin with rows of the one before. */
function exactly({ column, key }: SortColumn) {
  return sql<string | null>`${sql.ref(column)}::text`.as(`exactly ${key}`);
}

function edgeOf<Row>(
  row: Readonly<Record<string, unknown>>,
  options: PageOptions,
): { readonly cursor: string; readonly node: Row } {
  const node = { ...row };
  const values = options.by.map(({ key }) => {
    const alias = `exactly ${key}`;
    const value = node[alias];
    delete node[alias];
    if (typeof value !== "string")
      throw new Error(`A page is sorted by ${key}, which is null in a row`);
    return value;
  });
  return { cursor: cursorOf(values, options), node: node as Row };
}

function cursorOf(values: readonly string[], options: PageOptions): string {
  const payload = Buffer.from(JSON.stringify(values)).toString("base64url");
  return `${payload}.${sign(payload, options)}`;
}

function readCursor(
  argument: "after" | "before",
  cursor: string,
  options: PageOptions,
): readonly string[] {
  const [payload = "", signature = "", ...rest] = cursor.split(".");
  const expected = Buffer.from(sign(payload, options));
  const given = Buffer.from(signature);
  if (
    rest.length > 0 ||
    given.length !== expected.length ||
    !timingSafeEqual(given, expected)
  )
    throw new PageError(
      argument,
      "is no cursor of this list with this filter and order: take one from its `pageInfo` or `edges`",
    );
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as string[];
}

/** Covers filter and order, so a cursor fits only the list it came from. */
function sign(payload: string, options: PageOptions): string {
  const order = options.by.map(({ column, direction }) => [column, direction]);
  const bound = createHash("sha256")
    .update(JSON.stringify([options.binding, order]))
    .digest();
  return createHmac("sha256", options.cursorKey)
    .update(bound)
    .update(payload)
    .digest("base64url")
    .slice(0, 22);
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
