import { cpus, release, totalmem, type as system } from "node:os";
import { format } from "prettier";
import type { Results } from "./rounds.ts";
import type { Suite } from "./suites.ts";

/** The day and the machine the figures are of, in Markdown as all of the report. */
export function heading(about: {
  readonly rounds: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}): Promise<string> {
  const { rounds, seconds, notes } = about;
  const day = new Date().toISOString().slice(0, "2000-01-01".length);
  return join([
    "# What a request costs",
    `${day}, ${machine()}; rounds: ${rounds}, seconds of each measurement: ${seconds}. [How, and what the words mean](README.md).`,
    ...notes,
  ]);
}

/** All tables of a suite, and what is missing in them. */
export function section(suite: Suite, results: Results): Promise<string> {
  const tables = Object.entries(suite.tables).flatMap(([title, make]) => {
    const table = make(suite, results);
    return table ? [`### ${title}`, table] : [];
  });
  const notes = results.notes.map((note) => `- ${note}`).join("\n");
  return join([`## The ${suite.name} suite`, ...tables, notes]);
}

function join(parts: readonly string[]): Promise<string> {
  return format(parts.join("\n\n"), { parser: "markdown" });
}

function machine(): string {
  const cores = cpus();
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB`;
  return `${cores.length} × ${cores[0]?.model ?? "unknown"}, ${memory}, ${system()} ${release()}, Node ${process.version}`;
}
