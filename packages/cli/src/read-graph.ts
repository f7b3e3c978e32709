import { readFile } from "node:fs/promises";
import { Supergraph } from "@apollo/federation-internals";
import { type Rules, readRules, readSubgraphs } from "@hr/access";
import { type GraphQLSchema, buildASTSchema, parse } from "graphql";
import { CliError } from "./cli-error.ts";

/** A composed supergraph, to be asked who may see what. */
export type Graph = {
  /** What clients see: without hidden fields and without federation's own. */
  readonly api: GraphQLSchema;
  readonly rules: Rules;
};

/** @throws CliError naming the file when it is none, or its rules cannot be read. */
export async function readGraph(path: string): Promise<Graph> {
  const sdl = await readText(path);
  try {
    return graphOf(sdl);
  } catch (error) {
    const { message } = error as Error;
    throw new CliError(`${path} is no composed supergraph: ${message}`);
  }
}

function graphOf(sdl: string): Graph {
  const document = parse(sdl);
  if (readSubgraphs(document).length === 0)
    throw new CliError("there is no enum join__Graph");
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  return { api: apiSchemaOf(sdl), rules: readRules(document, schema) };
}

export function apiSchemaOf(sdl: string): GraphQLSchema {
  // The rules are read by ourselves: null refuses no feature that somebody else enforces.
  const supergraph = Supergraph.build(sdl, { supportedFeatures: null });
  return supergraph.apiSchema().toGraphQLJSSchema();
}

/** @throws CliError naming the file. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`${path} cannot be read: ${code ?? "unreadable"}`);
  }
}
