/** A stretch of a list, as every connection of the schema shows it. */
export type Page<Row> = {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/** The arguments of a connection that is only walked forwards. */
export type ForwardPage = {
  readonly first?: number | null;
  readonly after?: string | null;
};

/** A position in a list: the values it is sorted by, the id last. It opens nothing, so it is not signed. */
export type Position = readonly string[];

/** @param rows one more than `size` where the list goes on. */
export function pageOfRows<Row>(
  rows: readonly Row[],
  { size, isFirst }: { readonly size: number; readonly isFirst: boolean },
  positionOf: (row: Row) => Position,
): Page<Row> {
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({
    cursor: cursorOf(positionOf(node)),
    node,
  }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: !isFirst,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Null when the text is no cursor of ours. */
export function positionAt(cursor: string): Position | null {
  try {
    const values: unknown = JSON.parse(
      Buffer.from(cursor, "base64url").toString(),
    );
    const isPosition =
      Array.isArray(values) && values.every((one) => typeof one === "string");
    return isPosition ? values : null;
  } catch {
    return null;
  }
}

function cursorOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}
