import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { composeServices } from "@apollo/composition";
import {
  type PolicyFile,
  type Rules,
  multiply,
  policyFor,
  readRules,
  readSubgraphs,
} from "@hr/access";
import {
  type DocumentNode,
  type GraphQLSchema,
  buildASTSchema,
  parse,
} from "graphql";
import { parse as parseYaml } from "yaml";
import { accessDocument } from "./access-document.ts";
import { lintSubgraph } from "./lint-schema.ts";
import { type Graph, apiSchemaOf } from "./read-graph.ts";
import { scopeIndex } from "./scope-index.ts";

/** One generated file: where it belongs and what should stand in it. */
export type Artefact = { readonly path: string; readonly text: string };

/** A schema that does not compose, or breaks a rule of the house. */
export class ComposeError extends Error {
  override readonly name = "ComposeError";
  constructor(faults: readonly string[]) {
    super(`The subgraphs do not compose:\n- ${faults.join("\n- ")}`);
  }
}

type Source = {
  readonly name: string;
  readonly url: string;
  readonly file: string;
  readonly sdl: string;
};

/**
 * Composes the subgraphs of a `supergraph.yaml` (Rover's format) into the
 * supergraph, what documents it, and one policy file beside each schema. Writes nothing.
 * @throws ComposeError naming each fault and its subgraph.
 */
export async function compose(
  configPath: string,
): Promise<readonly Artefact[]> {
  const sources = await readSources(configPath);
  const faults = sources.flatMap(({ name, sdl }) => lintSubgraph(name, sdl));
  if (faults.length > 0) throw new ComposeError(faults);
  const text = composeSdl(sources);
  const supergraph = read(text);
  const lost = sources.flatMap((source) => lostRules(source, supergraph.rules));
  if (lost.length > 0) throw new ComposeError(lost);
  const root = dirname(resolve(configPath));
  return [
    { path: join(root, "gateway/supergraph.graphql"), text },
    {
      path: join(root, "docs/access.md"),
      text: accessDocument(supergraph.rules),
    },
    {
      path: join(root, "gateway/scopes.json"),
      text: linesOf(scopeIndex(supergraph)),
    },
    ...sources.map(({ name, file }) => ({
      path: join(dirname(file), "policy.json"),
      text: `${JSON.stringify(policyOf(name, supergraph), null, 2)}\n`,
    })),
  ];
}

export async function writeArtefacts(
  artefacts: readonly Artefact[],
): Promise<void> {
  for (const { path, text } of artefacts) await writeFile(path, text);
}

async function readSources(configPath: string): Promise<readonly Source[]> {
  const config: unknown = parseYaml(await readFile(configPath, "utf8"));
  const subgraphs = recordOf(recordOf(config)["subgraphs"]);
  return Promise.all(
    Object.entries(subgraphs).map(async ([name, value]) => {
      const subgraph = recordOf(value);
      const file = recordOf(subgraph["schema"])["file"];
      const url = subgraph["routing_url"];
      if (typeof file !== "string" || typeof url !== "string")
        throw new ComposeError([
          `${configPath}: subgraphs.${name} needs routing_url and schema.file`,
        ]);
      const path = resolve(dirname(configPath), file);
      return { name, url, file: path, sdl: await readFile(path, "utf8") };
    }),
  );
}

function composeSdl(sources: readonly Source[]): string {
  const result = composeServices(
    sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (result.errors)
    throw new ComposeError(result.errors.map(({ message }) => message));
  return `${result.supergraphSdl.trimEnd()}\n`;
}

type Supergraph = Graph & {
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
  readonly hash: string;
};

function read(text: string): Supergraph {
  const document = parse(text);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const rules = readRules(document, schema);
  const hash = createHash("sha256").update(text).digest("hex");
  return { document, schema, rules, hash, api: apiSchemaOf(text) };
}

function policyOf(name: string, supergraph: Supergraph): PolicyFile {
  const subgraph = readSubgraphs(supergraph.document).find(
    (one) => one.name === name,
  );
  if (!subgraph) throw new ComposeError([`${name} is not in the supergraph`]);
  return policyFor(subgraph, supergraph);
}

/** Composition must not have dropped or weakened a directive that a subgraph wrote. */
function lostRules(source: Source, composed: Rules): readonly string[] {
  const document = parse(source.sdl);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const written = [...readRules(document, schema).coordinates];
  return written.flatMap(([coordinate, rule]) => {
    const kept = composed.own(coordinate);
    const implied =
      (kept.authenticated || kept.scopes.length > 0 || !rule.authenticated) &&
      multiply(kept.scopes, { bound: Infinity }).alternatives.every((scopes) =>
        rule.scopes.every((dnf) =>
          dnf.some((all) => all.every((scope) => scopes.includes(scope))),
        ),
      );
    return implied
      ? []
      : [`${source.name}: the rule at ${coordinate} was lost in composition`];
  });
}

/** JSON with a line for each entry, to be compared line by line. */
function linesOf(record: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(record).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
