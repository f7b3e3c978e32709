import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { CliError } from "./cli-error.ts";
import { compose, writeArtefacts } from "./compose.ts";
import { checkout } from "./services.ts";

export type ComposeOptions = {
  readonly config?: string;
  readonly check?: true;
};

/**
 * Writes what the subgraphs compose to, and says where; with `check` writes nothing.
 * @throws ComposeError as `compose`; CliError with `check` naming every stale file
 */
export async function composeCommand(options: ComposeOptions): Promise<void> {
  const config = options.config ?? join(checkout, "supergraph.yaml");
  const artefacts = await compose(config);
  const paths = artefacts.map(({ path }) => relative(process.cwd(), path));
  if (!options.check) {
    await writeArtefacts(artefacts);
    process.stdout.write(paths.map((path) => `wrote ${path}\n`).join(""));
    return;
  }
  const present = await Promise.all(
    artefacts.map(({ path }) => readFile(path, "utf8").catch(() => undefined)),
  );
  const stale = paths.filter((_, i) => present[i] !== artefacts[i]?.text);
  if (stale.length > 0)
    throw new CliError(
      `Stale: ${stale.join(", ")}. Run npm run compose and commit what it writes.`,
    );
  process.stdout.write(`fresh: ${paths.join(", ")}\n`);
}
