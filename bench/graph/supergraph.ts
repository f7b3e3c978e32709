import { composeServices } from "@apollo/composition";
import { type PolicyFile, policyFor, readSubgraphs } from "@hr/access";
import { readSupergraph } from "@hr/gateway";
import { buildASTSchema, parse } from "graphql";
import { type SubgraphName, sdlOf } from "./company.ts";

export const subgraphNames = ["employee", "payroll", "leave"] as const;

/** The composed SDL, each subgraph routed to its URL. */
export function compose(urls: Readonly<Record<SubgraphName, string>>): string {
  const result = composeServices(
    subgraphNames.map((name) => ({
      name,
      url: urls[name],
      typeDefs: parse(sdlOf(name)),
    })),
  );
  if (result.supergraphSdl === undefined)
    throw new Error(result.errors.map(({ message }) => message).join("\n"));
  return result.supergraphSdl;
}

/** What the guarded subgraph enforces, as `npm run compose` would write it. */
export function policyOf(name: SubgraphName): PolicyFile {
  const url = "http://127.0.0.1/graphql";
  const sdl = compose({ employee: url, payroll: url, leave: url });
  const document = parse(sdl);
  const subgraph = readSubgraphs(document).find((one) => one.name === name);
  if (!subgraph) throw new Error(`${name} is not in the supergraph`);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const { rules, hash } = readSupergraph(sdl);
  return policyFor(subgraph, { document, schema, rules, hash });
}
