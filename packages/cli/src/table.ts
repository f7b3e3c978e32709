/** Columns as wide as what stands in them, under their names. */
export function table(
  names: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = names.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  return [names, ...rows]
    .map((row) =>
      row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
