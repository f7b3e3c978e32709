type Row = readonly [string, string, string, string, string, string, string];

/** One row a line, cells separated by `|`; cells that are not there are empty. */
export function readTable(text: string): readonly Row[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([a = "", b = "", c = "", d = "", e = "", f = "", g = ""]): Row => [
      a,
      b,
      c,
      d,
      e,
      f,
      g,
    ]);
}

export function orNull(cell: string): string | null {
  return cell === "-" ? null : cell;
}
