import { composeServices } from "@apollo/composition";
import { ApolloGateway } from "@apollo/gateway";
import type { QueryPlanner } from "@apollo/query-planner";
import type {
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import { createLogger } from "@hr/service";
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
} from "graphql";
import { type Post, createForwarder } from "../forward.ts";
import { createPlans } from "./plans.ts";

/** One supergraph behind both executors. */
export type Arena = {
  readonly apiSchema: GraphQLSchema;
  readonly planner: QueryPlanner;
  readonly stock: GatewayExecutor;
  readonly compiled: GatewayExecutor;
  /** What the compiled executor logs. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly stop: () => Promise<void>;
};

/** The subgraphs may be made from the supergraph once it is loaded. */
export async function openArena(
  supergraphSdl: string,
  subgraphs: (planner: QueryPlanner) => (subgraph: string) => Post,
): Promise<Arena> {
  const late: { post?: (subgraph: string) => Post } = {};
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) =>
      createForwarder((...asked) => {
        if (!late.post) throw new Error("Asked before it is loaded");
        return late.post(name)(...asked);
      }),
  });
  let apiSchema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate((loaded) => (apiSchema = loaded.apiSchema));
  const { executor: stock } = await gateway.load({ apollo: {} });
  const { queryPlanner: planner } = gateway.__testing();
  if (!apiSchema || !stock || !planner) throw new Error("Nothing was loaded");
  const post = (late.post = subgraphs(planner));
  const log: Readonly<Record<string, unknown>>[] = [];
  const logger = createLogger("gateway", {
    write: (line) => void log.push(JSON.parse(line) as (typeof log)[number]),
  });
  return {
    ...{ apiSchema, planner, stock, log },
    compiled: createPlans({ planner, apiSchema, post, stock, logger }).execute,
    stop: () => gateway.stop(),
  };
}

/** What an executor is given. */
export function requestOf(
  document: string | DocumentNode,
  variables: Readonly<Record<string, unknown>> = {},
): GatewayGraphQLRequestContext {
  const parsed = typeof document === "string" ? parse(document) : document;
  const operation = parsed.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  return {
    ...{ request: { variables }, document: parsed, operation },
    ...{
      queryHash: print(parsed),
      source: print(parsed),
      context: {},
      metrics: {},
    },
  } as unknown as GatewayGraphQLRequestContext;
}

/** Parts get the link to federation put before them. */
export function composed(parts: Readonly<Record<string, string>>): string {
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@interfaceObject", "@override"])';
  const { supergraphSdl, errors } = composeServices(
    Object.entries(parts).map(([name, sdl]) => ({
      ...{ name, url: `http://127.0.0.1:1/${name}` },
      typeDefs: parse(`${link}\n${sdl}`),
    })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}
