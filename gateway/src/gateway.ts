import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { type PolicyEvaluator, anonymous } from "@hr/access";
import {
  type Arrival,
  ConfigError,
  type DecisionSink,
  type Logger,
  type Route,
  type Running,
  createDecisionLog,
  createErrorFormatter,
  exposeMetrics,
  graphqlOverHttp,
  sendJson,
  serve,
} from "@hr/service";
import {
  type LiveInternalKeys,
  type TokenRefusal,
  type Verified,
  challenge,
  createInternalMint,
  followInternalKeys,
} from "@hr/tokens";
import { type GatewayConfig, settingName } from "./config.ts";
import type { Enforcement } from "./enforcement.ts";
import { explorerRoutes } from "./explorer.ts";
import type { GatewayContext } from "./forward.ts";
import {
  type GatewayMetrics,
  createGatewayMetrics,
} from "./gateway-metrics.ts";
import { type Generations, createGenerations } from "./generations.ts";
import { loadPolicies } from "./load-policies.ts";
import { countAnswer, createMetricsPlugin } from "./metrics-plugin.ts";
import { openIssuers } from "./open-issuers.ts";
import { resourceMetadata } from "./resource-metadata.ts";
import type { RoutedSubgraph } from "./supergraph.ts";
import { openTrustedDocuments } from "./trusted-documents/trusted-documents.ts";
import { watchFile } from "./watch-file.ts";

/** Apollo Sandbox, in its own page and embedded. Development only. */
const sandboxOrigins = new Set([
  "https://studio.apollographql.com",
  "https://sandbox.embed.apollographql.com",
]);
const standardClaims: ReadonlySet<string> = new Set([
  "employee_id",
  "auth_time",
  "acr",
]);

/** What a program that starts a gateway may put in the place of the standard parts. */
export type GatewayParts = {
  /** Takes each decision; the log, when left out. */
  readonly decisions?: DecisionSink;
  /** Decides `@policy`; else `POLICY_MODULE` does. */
  readonly policies?: PolicyEvaluator;
  /** How often the file of internal keys is read again. Default one minute. */
  readonly keysEveryMs?: number;
};

/**
 * Starts the front door: any Federation 2 supergraph, any issuer of RFC 9068 tokens.
 * @throws ConfigError or RulesError saying what to mend.
 */
export async function startGateway(
  config: GatewayConfig,
  logger: Logger,
  parts: GatewayParts = {},
): Promise<Running> {
  const path = resolve(config.supergraph);
  const sdl = await readSdl(path);
  const documents = await openTrustedDocuments(config.trustedDocuments, {
    ...{ logger, maximumTokens: config.documentTokens },
  });
  const keys = await openKeys(config, logger, parts);
  const mint = createInternalMint({ issuer: config.internalIssuer, keys });
  const metadata = resourceMetadata(config);
  if (config.mode === "dry-run")
    logger.warn(
      { event: "dry run" },
      "AUTHORIZATION_MODE is dry-run: NOTHING IS TAKEN OUT HERE, denials are only reported",
    );
  const metrics = createGatewayMetrics({ isDryRun: config.mode === "dry-run" });
  const generations = await createGenerations({
    ...{ sdl, logger, metrics },
    subgraphTimeoutMs: config.subgraphTimeoutMs,
    enforcement: await enforcementOf(config, parts, {
      resourceMetadata: metadata.url,
      logger,
    }),
    forward: (subgraph) => ({
      subgraph: { ...subgraph, url: urlOf(subgraph, config) },
      claims: claimsOf(subgraph, config),
      mint,
      logger,
    }),
  });
  generations.gateway.onSchemaLoadOrUpdate(
    ({ apiSchema }) => void documents.fit(apiSchema),
  );
  const { verifier, ...issuers } = await openIssuers(config, {
    resourceMetadata: metadata.url,
    logger,
  });
  const server = createApollo(config, generations, { logger, metrics });
  await server.start();
  const exposed = await exposeMetrics({
    ...{ address: config.metrics, read: metrics.read, logger },
  });
  metrics.observeCache("tokens", verifier.stats);
  const watcher = watchFile(path, (text) =>
    reload(generations, text, { logger, metrics }),
  );
  const graphql = graphqlOverHttp<GatewayContext>({
    server,
    authenticate: async (request) => {
      const verified = await verifier.verify(request);
      return isWithoutToken(verified) && config.anonymous === "allow"
        ? { kind: "verified", principal: anonymous }
        : verified;
    },
    admit: documents.admit,
    context: (arrival) => contextOf(arrival, config),
    ...(config.preparedPath && {
      prepared: async (body, context) =>
        generations.answerPrepared(body, await context()),
    }),
    onRefused(code) {
      const errors = [{ extensions: { code } }];
      countAnswer(metrics, { errors }, { tier: "full", ms: 0 });
    },
    maximumBodyBytes: config.bodyBytes,
    allowedOrigins: new Set([
      ...config.corsOrigins,
      ...(config.production ? [] : sandboxOrigins),
    ]),
    ...(config.tokenHelp !== undefined && { help: config.tokenHelp }),
  });
  return serve({
    name: "gateway",
    host: config.host,
    port: config.port,
    logger,
    dependencies: { issuerKeys: () => verifier.ready() },
    reported: issuers.reported,
    routes: [
      { method: "*", path: "/graphql", handle: graphql },
      publicJson("/.well-known/jwks.json", () => mint.jwks()),
      publicJson(metadata.path, () => metadata.document(generations.current())),
      ...explorerRoutes({
        folder: join(import.meta.dirname, "../explorer/dist"),
        issuer: config.issuers[0].terms.issuer,
        ...config.explorer,
      }),
    ],
    async onClose() {
      watcher.close();
      documents.close();
      keys.close();
      await exposed.close();
      await server.stop();
      issuers.close();
    },
  });
}

async function readSdl(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    const reason = error instanceof Error && "code" in error ? error.code : "";
    throw new ConfigError(
      `SUPERGRAPH names ${path}, which cannot be read (${String(reason)}): give the path of a composed supergraph; npm run compose writes gateway/supergraph.graphql.`,
    );
  });
}

function openKeys(
  config: GatewayConfig,
  logger: Logger,
  { keysEveryMs }: GatewayParts,
): Promise<LiveInternalKeys> {
  return followInternalKeys(resolve(config.keysFile), {
    create: !config.production,
    rotationDays: config.keyRotationDays,
    onFault: (err) =>
      logger.error({ err, event: "internal keys" }, "keys not read"),
    ...(keysEveryMs !== undefined && { everyMs: keysEveryMs }),
  });
}

async function enforcementOf(
  config: GatewayConfig,
  parts: GatewayParts,
  {
    resourceMetadata,
    logger,
  }: { readonly resourceMetadata: string; readonly logger: Logger },
): Promise<Enforcement> {
  return {
    mode: config.mode,
    mutations: config.mutations,
    introspection: config.introspection === "all" ? "all" : "scoped",
    anonymousIntrospection: !config.production,
    detail: config.errorsDetail,
    policies: parts.policies ?? (await loadPolicies(config.policyModule)),
    vocabulary: config.vocabulary,
    stepUps: config.subgraphs.stepUps,
    challenge: (parameters) =>
      challenge("Bearer", {
        realm: "hr",
        resource_metadata: resourceMetadata,
        ...parameters,
      }),
    decisions: createDecisionLog({
      logger,
      ...(parts.decisions && { sink: parts.decisions }),
    }),
    limits: config.limits,
    cost: config.cost,
    variableDepth: config.variableDepth,
    logger,
  };
}

type Watching = { readonly logger: Logger; readonly metrics: GatewayMetrics };

function createApollo(
  config: GatewayConfig,
  generations: Generations,
  { logger, metrics }: Watching,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    gateway: generations.gateway,
    introspection: config.introspection !== "off",
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: config.documentTokens },
    formatError: createErrorFormatter(logger),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      createMetricsPlugin(metrics),
    ],
    nodeEnv: config.production ? "production" : "development",
    logger,
  });
}

function contextOf(
  { principal, requestId, headers, signal }: Arrival,
  { costReport, production }: GatewayConfig,
): GatewayContext {
  const acceptLanguage = headers["accept-language"];
  const reportsCost =
    costReport || (!production && headers["x-cost"] === "report");
  const who = { principal, requestId, acceptLanguage, signal };
  return { ...who, reportsCost, memory: {} };
}

async function reload(
  generations: Generations,
  sdl: string,
  { logger, metrics }: Watching,
): Promise<void> {
  try {
    metrics.reload(await generations.update(sdl));
    logger.info({ policy: generations.current().hash }, "supergraph loaded");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    metrics.reload("refused");
    logger.error({ reason }, "supergraph refused; the last good one stays");
  }
}

function isWithoutToken(verified: Verified | TokenRefusal): boolean {
  return verified.kind === "refused" && verified.reason === "NO_TOKEN";
}

function urlOf(subgraph: RoutedSubgraph, config: GatewayConfig): string {
  return config.subgraphs.urls.get(settingName(subgraph.name)) ?? subgraph.url;
}

function claimsOf(
  subgraph: RoutedSubgraph,
  config: GatewayConfig,
): ReadonlySet<string> {
  return (
    config.subgraphs.claims.get(settingName(subgraph.name)) ?? standardClaims
  );
}

function publicJson(path: string, document: () => unknown): Route {
  return {
    method: "GET",
    path,
    handle: (_request, response) =>
      sendJson(response, 200, document(), {
        "cache-control": "public, max-age=300",
        "access-control-allow-origin": "*",
      }),
  };
}
