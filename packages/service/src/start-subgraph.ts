import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type PolicyFile, type Subject, createGuard } from "@hr/access";
import { createInternalTokenVerifier, remoteKeys } from "@hr/tokens";
import {
  type GraphQLResolveInfo,
  type GraphQLScalarType,
  type GraphQLSchema,
  isObjectType,
  parse,
} from "graphql";
import { type Caller, createCaller } from "./caller.ts";
import { ConfigError } from "./config.ts";
import { aggregateErrors, createErrorFormatter } from "./errors.ts";
import { type Arrival, graphqlOverHttp } from "./graphql-http.ts";
import {
  type GuardState,
  type Reports,
  createGuardState,
  guardReference,
  guardSchema,
} from "./guard-schema.ts";
import type { Logger } from "./log.ts";
import { type Dependencies, type Running, serve } from "./serve.ts";

export type Context<Own> = Caller & Own;

/** Parents and arguments have the types each resolver declares for itself. */
export type Resolver<Own> = (
  parent: never,
  args: never,
  context: Context<Own>,
  info: GraphQLResolveInfo,
) => unknown;

export type ReferenceResolver<Own> = (
  reference: never,
  context: Context<Own>,
) => unknown;

export type TypeResolvers<Own> = {
  readonly __resolveReference?: ReferenceResolver<Own>;
  readonly __resolveType?: (value: never) => string;
} & { readonly [field: string]: Resolver<Own> | ReferenceResolver<Own> };

export type Resolvers<Own> = Readonly<
  Record<string, TypeResolvers<Own> | GraphQLScalarType>
>;

export type SubgraphOptions<Own> = {
  readonly name: string;
  /** Text of `schema.graphql`. */
  readonly schema: string;
  /** `policy.json`, written by `npm run compose`. */
  readonly policy: PolicyFile;
  readonly resolvers: Resolvers<Own>;
  /** Whose record a row is, for every type or root field with a `:self` or `:reports` alternative. */
  readonly subjects: Readonly<Record<string, Subject>>;
  readonly reports: Reports;
  /** Once per request: loaders and repositories. */
  readonly context: (caller: Caller) => Own;
  readonly dependencies: Dependencies;
};

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
  readonly onClose?: () => Promise<void>;
};

/**
 * The only way to start a subgraph, so that none can start unguarded. Takes
 * nothing but tokens the gateway minted for this subgraph, and guards every field.
 * @throws RulesError when schema, policy and subjects do not fit together.
 */
export async function startSubgraph<Own extends object>(
  options: SubgraphOptions<Own>,
  place: SubgraphPlace,
): Promise<Running> {
  const clock = place.clock ?? (() => new Date());
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
  const server = new ApolloServer<Context<Own> & { guard: GuardState }>({
    schema: buildGuardedSchema(options),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    formatError: createErrorFormatter(place.logger),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      joinErrors,
    ],
    stopOnTerminationSignals: false,
    nodeEnv: "production",
    logger: place.logger,
  });
  await server.start();
  const contextOf = (arrival: Arrival) => {
    const caller = createCaller(arrival.principal, {
      requestId: arrival.requestId,
      acceptLanguage: arrival.headers["accept-language"],
      clock,
    });
    const guard = createGuardState(arrival.principal, options.reports);
    return { ...caller, ...options.context(caller), guard };
  };
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
          context: contextOf,
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

function buildGuardedSchema<Own extends object>(
  options: SubgraphOptions<Own>,
): GraphQLSchema {
  const document = parse(options.schema);
  const bare = build(options, options.resolvers);
  const guard = createGuard({
    schema: bare,
    document,
    policy: options.policy,
    subjects: options.subjects,
  });
  const resolvers = Object.entries(options.resolvers).map(([name, type]) => {
    const load = "__resolveReference" in type && type.__resolveReference;
    if (!load) return [name, type];
    const guarded = guardReference(guard, name, load as never);
    return [name, { ...type, __resolveReference: guarded }];
  });
  const schema = build(
    options,
    Object.fromEntries(resolvers) as Resolvers<Own>,
  );
  demandReferenceResolvers(options, schema);
  return guardSchema(schema, guard);
}

function build<Own>(
  options: SubgraphOptions<Own>,
  resolvers: Resolvers<Own>,
): GraphQLSchema {
  const module = { typeDefs: parse(options.schema), resolvers };
  return buildSubgraphSchema([module] as never);
}

/** Without one, a representation would be believed as it stands. */
function demandReferenceResolvers<Own>(
  options: SubgraphOptions<Own>,
  schema: GraphQLSchema,
): void {
  const entities = schema.getType("_Entity");
  if (!entities || !("getTypes" in entities)) return;
  const lacking = entities
    .getTypes()
    .filter(isObjectType)
    .map(({ name }) => name)
    .filter((name) => {
      const type = options.resolvers[name];
      return !type || !("__resolveReference" in type);
    });
  if (lacking.length > 0)
    throw new ConfigError(
      `Entities without a reference resolver in ${options.name}: ${lacking.join(", ")}. Load the row by its key in __resolveReference.`,
    );
}

const joinErrors: ApolloServerPlugin<object> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response }) {
        if (
          response.body.kind === "single" &&
          response.body.singleResult.errors
        )
          response.body.singleResult = {
            ...response.body.singleResult,
            errors: aggregateErrors(response.body.singleResult.errors),
          };
        return Promise.resolve();
      },
    }),
};
