/**
 * A label and what follows it, broken between words where the terminal ends; further
 * lines stand below the first word. Where there is no terminal nothing is broken.
 */
export function wrapped(
  label: string,
  text: string,
  width: number = process.stdout.columns ?? Infinity,
): string {
  const indent = " ".repeat(label.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && label.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line]
    .map((one, at) => `${at === 0 ? label : indent}${one}\n`)
    .join("");
}
