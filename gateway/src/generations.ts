import { ApolloGateway } from "@apollo/gateway";
import type {
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from "@apollo/server-gateway-interface";
import { type Logger, createErrorFormatter } from "@hr/service";
import type { GraphQLSchema } from "graphql";
import type { Enforcement } from "./enforcement.ts";
import { createPlans } from "./compiled/plans.ts";
import { type Executor, createExecutor } from "./execute.ts";
import {
  type ForwardOptions,
  type Post,
  createForwarder,
  createPost,
} from "./forward.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import type { AnswerPrepared } from "./prepared-path.ts";
import { stepUpsOf } from "./step-up.ts";
import {
  type SubgraphClients,
  createSubgraphClients,
} from "./subgraph-client.ts";
import {
  type RoutedSubgraph,
  type Supergraph,
  readSupergraph,
} from "./supergraph.ts";

/** One accepted supergraph with everything built from it. Requests never change generation half way. */
type Generation = {
  readonly supergraph: Supergraph;
  readonly apiSchema: GraphQLSchema;
  readonly coreSdl: string;
  readonly executor: Executor;
  readonly stop: () => Promise<void>;
  requests: number;
  retired: boolean;
};

export type Generations = {
  /** What Apollo Server takes for its gateway. */
  readonly gateway: GatewayInterface;
  /** Answers what the present generation has answered before, without Apollo Server. */
  readonly answerPrepared: AnswerPrepared;
  /** Builds a generation and switches to it, if it is another. On any fault the present one stays. */
  update(sdl: string): Promise<"loaded" | "unchanged">;
  readonly current: () => Supergraph;
};

export type GenerationsOptions = {
  readonly sdl: string;
  readonly forward: (
    subgraph: RoutedSubgraph,
  ) => Omit<ForwardOptions, "metrics">;
  readonly enforcement: Enforcement;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  /** Longest time a request to a subgraph may take. Default 30 s. */
  readonly subgraphTimeoutMs?: number;
};

/**
 * Keeps one stock gateway per supergraph: it plans with its newest schema, so an
 * update in place would plan one request's document by another's schema.
 * @throws RulesError when the first supergraph is not usable.
 */
export async function createGenerations(
  options: GenerationsOptions,
): Promise<Generations> {
  const bySchema = new WeakMap<GraphQLSchema, Generation>();
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  const clients = createSubgraphClients(options.subgraphTimeoutMs);
  let current = await build(options.sdl, options, clients);
  bySchema.set(current.apiSchema, current);

  const announce = (listener: GatewaySchemaLoadOrUpdateCallback) =>
    listener({
      apiSchema: current.apiSchema,
      coreSupergraphSdl: current.coreSdl,
    });

  return {
    current: () => current.supergraph,
    answerPrepared: (body, context) =>
      during(current, ({ answerPrepared }) => answerPrepared(body, context)),
    async update(sdl) {
      const next = await build(sdl, options, clients);
      if (next.supergraph.hash === current.supergraph.hash) {
        await next.stop();
        return "unchanged";
      }
      const before = current;
      bySchema.set(next.apiSchema, next);
      current = next;
      listeners.forEach(announce);
      before.retired = true;
      await stopIfIdle(before);
      return "loaded";
    },
    gateway: {
      load: () =>
        Promise.resolve({
          async executor(request) {
            const generation = bySchema.get(request.schema);
            if (!generation)
              throw new Error("The request's schema is of no generation");
            return during(generation, ({ execute }) => execute(request));
          },
        }),
      onSchemaLoadOrUpdate(listener) {
        listeners.add(listener);
        announce(listener);
        return () => listeners.delete(listener);
      },
      async stop() {
        await current.stop();
        await clients.close();
      },
    },
  };
}

/** A generation is not stopped before the last of its requests is answered. */
async function during<Result>(
  generation: Generation,
  ask: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  generation.requests += 1;
  try {
    return await ask(generation.executor);
  } finally {
    generation.requests -= 1;
    if (generation.retired) await stopIfIdle(generation);
  }
}

async function stopIfIdle(generation: Generation): Promise<void> {
  if (generation.retired && generation.requests === 0) await generation.stop();
}

async function build(
  sdl: string,
  options: GenerationsOptions,
  clients: SubgraphClients,
): Promise<Generation> {
  const supergraph = readSupergraph(sdl, {
    policies: options.enforcement.policies !== undefined,
    vocabulary: options.enforcement.vocabulary,
  });
  const stepUps = stepUpsOf(supergraph.subgraphs, options.enforcement);
  const posts = new Map<string, Post>();
  for (const subgraph of supergraph.subgraphs) {
    const forward = options.forward(subgraph);
    const client = clients.to(forward.subgraph.url);
    const metrics = options.metrics.subgraph(subgraph.name);
    posts.set(subgraph.name, createPost({ ...forward, metrics }, client));
  }
  const postTo = (subgraph: string) => {
    const post = posts.get(subgraph);
    if (!post) throw new Error("A plan names a subgraph nobody composed");
    return post;
  };
  const stock = new ApolloGateway({
    supergraphSdl: supergraph.runnable,
    buildService: ({ name }) => createForwarder(postTo(name)),
    __exposeQueryPlanExperimental: false,
    // It praises itself at each load; what fails is what matters here.
    logger: options.logger.child({}, { level: "warn" }),
  });
  const loaded: { apiSchema?: GraphQLSchema; coreSdl: string } = {
    coreSdl: "",
  };
  stock.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    loaded.apiSchema = apiSchema;
    loaded.coreSdl = coreSupergraphSdl;
  });
  const { executor } = await stock.load({ apollo: {} });
  const { queryPlanner: planner } = stock.__testing();
  if (!loaded.apiSchema || !executor || !planner)
    throw new Error("The stock gateway loaded no schema");
  const apiSchema = loaded.apiSchema;
  const { enforcement, logger, metrics } = options;
  const ours = createExecutor({
    ...{ supergraph, stepUps, apiSchema, enforcement, metrics },
    plans: createPlans({
      ...{ planner, apiSchema, stock: executor, post: postTo },
      ...{ logger, metrics },
    }),
    formatError: createErrorFormatter(logger),
  });
  return {
    ...{ supergraph, apiSchema, coreSdl: loaded.coreSdl, executor: ours },
    stop() {
      ours.close();
      return stock.stop();
    },
    requests: 0,
    retired: false,
  };
}
