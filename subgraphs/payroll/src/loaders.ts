import DataLoader from "dataloader";

export type One<Row> = DataLoader<string, Row | null>;
export type Many<Row> = DataLoader<string, readonly Row[]>;

/** One statement for all keys asked for in one tick; null where there is no row. */
export function oneEach<Row>(
  find: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): One<Row> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await find(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}

/** The same for any number of rows a key, in the order they were found. */
export function manyEach<Row>(
  find: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Many<Row> {
  return new DataLoader(async (keys) => {
    const rows = Map.groupBy(await find(keys), keyOf);
    return keys.map((key) => rows.get(key) ?? []);
  });
}

/** Makes a loader once for each way of asking: fields asked for alike share a statement. */
export function memoised<Arguments extends readonly unknown[], Loader>(
  make: (...how: Arguments) => Loader,
): (...how: Arguments) => Loader {
  const made = new Map<string, Loader>();
  return (...how) => {
    const name = JSON.stringify(how);
    const loader = made.get(name) ?? make(...how);
    made.set(name, loader);
    return loader;
  };
}
