import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "./cli-error.ts";
import { manifestOf } from "./documents-manifest.ts";
import { readGraph } from "./read-graph.ts";
import { readOperations } from "./read-operations.ts";
import { checkout } from "./services.ts";

export type DocumentsOptions = {
  readonly out?: string;
  readonly check?: true;
  readonly supergraph?: string;
};

/**
 * Writes the manifest of trusted documents to `out`, else to standard output; with
 * `check` writes nothing.
 * @throws CliError naming what is no operation of this API, and with `check` a stale file.
 */
export async function documentsCommand(
  paths: readonly string[],
  { out, check, supergraph }: DocumentsOptions,
): Promise<void> {
  const schema = supergraph ?? join(checkout, "gateway/supergraph.graphql");
  const graph = await readGraph(schema);
  const files = await filesOf(paths);
  const operations = await readOperations({ files }, graph.api).catch(
    (error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      throw new CliError(
        `${error.message}\nEach operation needs a name of its own and has to fit ${schema}.`,
      );
    },
  );
  const text = manifestOf(operations, graph);
  if (out === undefined) process.stdout.write(text);
  else if (check) await demandFresh(out, text, paths);
  else {
    await writeFile(out, text);
    process.stdout.write(`wrote ${out}: ${operations.length} documents\n`);
  }
}

/** Files as they are named, and of each folder the GraphQL documents in it. */
async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      if (!found) throw new CliError(`${path} is not there.`);
      if (!found.isDirectory()) return [path];
      const inside = await readdir(path, { recursive: true });
      const documents = inside.filter((file) => /\.(graphql|gql)$/.test(file));
      if (documents.length === 0)
        throw new CliError(`There is no .graphql or .gql file in ${path}.`);
      return documents.sort().map((file) => join(path, file));
    }),
  );
  return [...new Set(files.flat())];
}

async function demandFresh(
  out: string,
  text: string,
  paths: readonly string[],
): Promise<void> {
  const present = await readFile(out, "utf8").catch(() => undefined);
  if (present !== text)
    throw new CliError(
      `Stale: ${out}. Run npx hr documents --out ${out} ${paths.join(" ")} and commit what it writes.`,
    );
  process.stdout.write(`fresh: ${out}\n`);
}
