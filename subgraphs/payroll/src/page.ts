/** A stretch of a list, as every connection of the schema shows it. */
export type Page<Node> = {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counted only when asked for; null above 10,000. */
  readonly totalCount: () => Promise<number | null>;
};

/** What a caller asks for, and what bounds it. */
export type PageRequest = {
  readonly first?: number | null;
  readonly after?: string | null;
  /** Most rows this caller may ask for. */
  readonly maximum: number;
};
