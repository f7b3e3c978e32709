import DataLoader from "dataloader";

type Find<Row> = (keys: readonly string[]) => Promise<readonly Row[]>;

/** One statement for all keys asked for in one tick; null where there is no row. */
export function oneEach<Row>(
  find: Find<Row>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return mapEach(
    async (keys) =>
      new Map((await find(keys)).map((row) => [keyOf(row), row] as const)),
    null,
  );
}

/** Any number of rows a key, in the order they were found. */
export function manyEach<Row>(
  find: Find<Row>,
  keyOf: (row: Row) => string | null,
): DataLoader<string, readonly Row[]> {
  return mapEach(
    async (keys) => Map.groupBy(await find(keys), (row) => keyOf(row) ?? ""),
    [],
  );
}

/** What one statement found for each key, else what stands for nothing. */
export function mapEach<Found, Nothing>(
  find: (keys: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
  nothing: Nothing,
): DataLoader<string, Found | Nothing> {
  return new DataLoader(async (keys) => {
    const found = await find(keys);
    return keys.map((key) => found.get(key) ?? nothing);
  });
}

/** Makes a loader once for each way of asking: keys asked for in the same way share a statement. */
export function memoised<Way, Loader>(
  make: (way: Way) => Loader,
): (way: Way) => Loader {
  const made = new Map<string, Loader>();
  return (way) => {
    const name = JSON.stringify(way);
    const known = made.get(name) ?? make(way);
    made.set(name, known);
    return known;
  };
}
