import DataLoader from "dataloader";

/** One statement for all keys asked for in one tick; null where nothing was found. */
export function oneEach<Row>(
  find: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(async (keys) => {
    const found = new Map((await find(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => found.get(key) ?? null);
  });
}

/** The same for any number of rows a key, in the order they were found. */
export function manyEach<Row>(
  find: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, readonly Row[]> {
  return new DataLoader(async (keys) => {
    const found = Map.groupBy(await find(keys), keyOf);
    return keys.map((key) => found.get(key) ?? []);
  });
}

/** One loader for each way of asking: what is asked for alike shares a statement. */
export function eachWay<Way, Loader>(
  make: (way: Way) => Loader,
): (way: Way) => Loader {
  const made = new Map<string, Loader>();
  return (way) => {
    const key = JSON.stringify(way);
    const loader = made.get(key) ?? make(way);
    made.set(key, loader);
    return loader;
  };
}
