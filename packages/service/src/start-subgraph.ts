import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { createInternalTokenVerifier, remoteKeys } from "@hr/tokens";
import { type DecisionSink, createDecisionLog } from "./decision-log.ts";
import { createDocumentStore } from "./document-store.ts";
import { createErrorFormatter } from "./errors.ts";
import { type Arrival, graphqlOverHttp } from "./graphql-http.ts";
import type { GuardState } from "./guard-state.ts";
import { guardSubgraph } from "./guarded-subgraph.ts";
import type { Logger } from "./log.ts";
import { createPreparedAnswers } from "./prepared-answers.ts";
import { createDecisionRecorder, recordDecisions } from "./record-decisions.ts";
import { type Running, serve } from "./serve.ts";
import type { StepUp } from "./step-up.ts";
import type { Context, SubgraphOptions } from "./subgraph-options.ts";

export type SubgraphPlace = {
  readonly host: string;
  readonly port: number;
  readonly gateway: {
    readonly issuer: string;
    readonly jwksUri: string;
    /** Takes keys over plain http from other hosts than loopback. */
    readonly development?: boolean;
  };
  readonly logger: Logger;
  readonly clock?: () => Date;
  /** Demanded of people before any mutation; nothing, when left out. */
  readonly stepUp?: StepUp;
  /** Takes one event per request; by default the log does. */
  readonly decisions?: DecisionSink;
  readonly onClose?: () => Promise<void>;
};

/**
 * The only way to start a subgraph, so that none can start unguarded. Takes
 * nothing but tokens the gateway minted for this subgraph, and guards every field.
 * @throws RulesError when schema, policy, subjects and criteria do not fit together.
 */
export async function startSubgraph<Own extends object>(
  options: SubgraphOptions<Own>,
  place: SubgraphPlace,
): Promise<Running> {
  const clock = place.clock ?? (() => new Date());
  const { schema, contextOf } = guardSubgraph(options, {
    logger: place.logger,
    clock,
    ...(place.stepUp && { stepUp: place.stepUp }),
  });
  const keys = remoteKeys({
    jwksUri: place.gateway.jwksUri,
    development: place.gateway.development ?? false,
    onAlarm: (event) =>
      // Until the gateway has started there is nothing to be alarmed about.
      keys.state().loadedAt === null
        ? place.logger.info({ event }, "waiting for the gateway's keys")
        : place.logger.warn({ event }, "gateway keys"),
  });
  const verifier = createInternalTokenVerifier({
    issuer: place.gateway.issuer,
    subgraph: options.name,
    keys,
  });
  const record = createDecisionRecorder({
    subgraph: options.name,
    policy: options.policy.supergraph,
    log: createDecisionLog({
      logger: place.logger,
      ...(place.decisions && { sink: place.decisions }),
    }),
    ...{ logger: place.logger, clock },
  });
  const documents = createDocumentStore();
  const context = ({ principal, requestId, headers }: Arrival) =>
    contextOf({
      ...{ principal, requestId },
      acceptLanguage: headers["accept-language"],
    });
  const formatError = createErrorFormatter(place.logger);
  const server = new ApolloServer<Context<Own> & { guard: GuardState }>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    formatError,
    documentStore: documents,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      recordDecisions(record),
    ],
    stopOnTerminationSignals: false,
    nodeEnv: "production",
    logger: place.logger,
  });
  await server.start();
  return serve({
    name: options.name,
    host: place.host,
    port: place.port,
    logger: place.logger,
    dependencies: {
      ...options.dependencies,
      gatewayKeys: () => verifier.ready(),
    },
    routes: [
      {
        method: "*",
        path: "/graphql",
        handle: graphqlOverHttp({
          server,
          authenticate: (request) => verifier.verify(request),
          context,
          prepared: createPreparedAnswers({
            ...{ schema, documents, formatError, record },
          }),
        }),
      },
    ],
    async onClose() {
      await server.stop();
      verifier.close();
      await place.onClose?.();
    },
  });
}
