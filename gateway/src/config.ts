import type { Mode } from "@hr/access";
import {
  ConfigError,
  type MetricsAddress,
  type StepUp,
  environment,
  readConfig,
} from "@hr/service";
import { z } from "zod";
import {
  type CostSettings,
  type Limits,
  standardCost,
  standardLimits,
} from "./limits.ts";
import type { Detail } from "./denials.ts";
import type { IntrospectionMode } from "./introspect.ts";
import type { IssuersConfig } from "./issuer-settings.ts";
import { issuerVariables, readIssuers } from "./read-issuers.ts";
import { readStepUps } from "./read-step-ups.ts";
import {
  type TrustedDocumentsSettings,
  readTrustedDocuments,
  trustedDocumentsVariables,
} from "./trusted-documents/settings.ts";

export type GatewayConfig = IssuersConfig & {
  readonly port: number;
  readonly host: string;
  readonly production: boolean;
  /** Processes that share the port. */
  readonly workers: number;
  /** Where metrics may be asked for; undefined: nowhere. */
  readonly metrics: MetricsAddress | undefined;
  /** Path of a composed SDL file. */
  readonly supergraph: string;
  /** The gateway's public URL; also claim `aud` of the first issuer's tokens. */
  readonly audience: string;
  /** Where browser applications live that may ask from there. */
  readonly corsOrigins: readonly string[];
  readonly anonymous: "refuse" | "allow";
  /** `filter` takes out what is denied, `reject` refuses the request, `dry-run` only reports. */
  readonly mode: Mode;
  readonly mutations: "filter" | "reject";
  readonly introspection: IntrospectionMode | "off";
  readonly errorsDetail: Detail;
  /** The scopes a supergraph may name; undefined: any. */
  readonly vocabulary: ReadonlySet<string> | undefined;
  /** Path of an ES module whose default export decides `@policy`. */
  readonly policyModule: string | undefined;
  readonly internalIssuer: string;
  /** File of the keys that sign the tokens for subgraphs. */
  readonly keysFile: string;
  /** Days an internal key signs before the next one does; 0: until somebody rotates. */
  readonly keyRotationDays: number;
  /** How a developer gets a token, told with a 401. */
  readonly tokenHelp: string | undefined;
  /** The most an operation may come to, fragments expanded. */
  readonly limits: Limits;
  readonly cost: CostSettings;
  /** Whether every answer tells what it did cost. */
  readonly costReport: boolean;
  /** How deep variables may be nested. */
  readonly variableDepth: number;
  readonly documentTokens: number;
  readonly trustedDocuments: TrustedDocumentsSettings;
  readonly bodyBytes: number;
  /** Whether repeated operations pass Apollo Server by; only speed depends on it. */
  readonly preparedPath: boolean;
  /** Longest time a request to a subgraph may take. */
  readonly subgraphTimeoutMs: number;
  readonly subgraphs: SubgraphSettings;
  readonly explorer: {
    readonly clientId: string;
    readonly personas: readonly PersonaHint[] | null;
  };
};

/** By subgraph name in capitals, `-` as `_`: `SUBGRAPH_URL_PAYROLL`. */
export type SubgraphSettings = {
  readonly urls: ReadonlyMap<string, string>;
  readonly claims: ReadonlyMap<string, ReadonlySet<string>>;
  /** How fresh a sign-in its mutations demand; it checks that again by its own setting. */
  readonly stepUps: ReadonlyMap<string, StepUp>;
};

/** Somebody the sign-in page of a development issuer knows. */
export type PersonaHint = { readonly login: string; readonly label: string };

export function readGatewayConfig(
  env: NodeJS.ProcessEnv = process.env,
): GatewayConfig {
  const read = readConfig(
    {
      PORT: environment.port(4000),
      HOST: environment.host(),
      NODE_ENV: environment.nodeEnv(),
      WORKERS: z
        .string()
        .regex(/^[1-9]\d?$/, "give a whole number from 1 to 99")
        .transform(Number)
        .default(1),
      METRICS_PORT: environment.port(0).removeDefault().optional(),
      METRICS_HOST: environment.host(),
      SUPERGRAPH: z.string({
        error:
          "give the path of a composed supergraph SDL, such as gateway/supergraph.graphql",
      }),
      ...issuerVariables(env),
      CORS_ORIGINS: z.string().transform(parseOrigins).default([]),
      AUTHORIZATION_MODE: z
        .enum(["filter", "reject", "dry-run"], {
          error: "give filter, reject or dry-run",
        })
        .default("filter"),
      AUTHORIZATION_MUTATIONS: z
        .enum(["filter", "reject"], { error: "give filter or reject" })
        .default("filter"),
      INTROSPECTION: z
        .enum(["scoped", "all", "off"], { error: "give scoped, all or off" })
        .default("scoped"),
      ERRORS_DETAIL: z
        .enum(["full", "minimal"], { error: "give full or minimal" })
        .default("full"),
      POLICY_MODULE: z.string().optional(),
      SCOPE_VOCABULARY: z
        .string()
        .transform((words) => new Set(words.split(/\s+/).filter(Boolean)))
        .optional(),
      ANONYMOUS: z
        .enum(["refuse", "allow"], { error: "give refuse or allow" })
        .default("refuse"),
      GATEWAY_ISSUER: z.string().default("urn:hr:gateway"),
      GATEWAY_KEYS_FILE: z.string().default(".data/gateway/internal-keys.json"),
      KEY_ROTATION_DAYS: z
        .string()
        .regex(/^\d{1,4}$/, "give a number of days; 0: only by command")
        .transform(Number)
        .default(90),
      TOKEN_HELP: z.string().optional(),
      LIMIT_SELECTIONS: limit(standardLimits.selections),
      LIMIT_DEPTH: limit(standardLimits.depth),
      LIMIT_ROOT_FIELDS: limit(standardLimits.rootFields),
      LIMIT_ALIASES: limit(standardLimits.aliases),
      LIMIT_DIRECTIVES: limit(standardLimits.directives),
      LIMIT_COST: limit(standardCost.limit),
      LIST_SIZE: limit(standardCost.listSize),
      COST_REPORT: z
        .enum(["on", "off"], { error: "give on or off" })
        .default("off"),
      LIMIT_VARIABLE_DEPTH: limit(30),
      LIMIT_TOKENS: limit(10_000),
      LIMIT_BODY_BYTES: limit(1_048_576),
      PREPARED_PATH: z
        .enum(["on", "off"], { error: "give on or off" })
        .default("on"),
      ...trustedDocumentsVariables,
      SUBGRAPH_TIMEOUT_MS: z
        .string()
        .regex(/^[1-9]\d{1,5}$/, "give milliseconds from 10 to 999999")
        .transform(Number)
        .default(30_000),
      EXPLORER_CLIENT_ID: z.string().default("explorer"),
      EXPLORER_PERSONAS: z
        .string()
        .transform(parsePersonas)
        .nullable()
        .default(null),
    },
    env,
  );
  const production = read.NODE_ENV === "production";
  return {
    ...readIssuers(read, env, production),
    port: read.PORT,
    host: read.HOST,
    production,
    workers: read.WORKERS,
    metrics: metricsAddress(read),
    supergraph: read.SUPERGRAPH,
    audience: read.TOKEN_AUDIENCE,
    corsOrigins: read.CORS_ORIGINS,
    anonymous: read.ANONYMOUS,
    mode: read.AUTHORIZATION_MODE,
    mutations: read.AUTHORIZATION_MUTATIONS,
    introspection: read.INTROSPECTION,
    errorsDetail: read.ERRORS_DETAIL,
    policyModule: read.POLICY_MODULE,
    vocabulary: read.SCOPE_VOCABULARY,
    internalIssuer: read.GATEWAY_ISSUER,
    keysFile: read.GATEWAY_KEYS_FILE,
    keyRotationDays: read.KEY_ROTATION_DAYS,
    tokenHelp: production ? undefined : read.TOKEN_HELP,
    limits: {
      selections: read.LIMIT_SELECTIONS,
      depth: read.LIMIT_DEPTH,
      rootFields: read.LIMIT_ROOT_FIELDS,
      aliases: read.LIMIT_ALIASES,
      directives: read.LIMIT_DIRECTIVES,
    },
    cost: { limit: read.LIMIT_COST, listSize: read.LIST_SIZE },
    costReport: read.COST_REPORT === "on",
    variableDepth: read.LIMIT_VARIABLE_DEPTH,
    documentTokens: read.LIMIT_TOKENS,
    trustedDocuments: readTrustedDocuments(read),
    bodyBytes: read.LIMIT_BODY_BYTES,
    preparedPath: read.PREPARED_PATH === "on",
    subgraphTimeoutMs: read.SUBGRAPH_TIMEOUT_MS,
    subgraphs: readSubgraphSettings(env),
    explorer: {
      clientId: read.EXPLORER_CLIENT_ID,
      personas: production ? null : read.EXPLORER_PERSONAS,
    },
  };
}

/** Metrics are for those who run the service: they stand apart from what the world can reach. */
function metricsAddress(read: {
  readonly PORT: number;
  readonly METRICS_PORT?: number | undefined;
  readonly METRICS_HOST: string;
}): MetricsAddress | undefined {
  const { PORT, METRICS_PORT: port, METRICS_HOST: host } = read;
  if (port === undefined) return undefined;
  if (port === PORT && port !== 0)
    throw new ConfigError(
      `The environment is not usable.\n  METRICS_PORT is ${port}, as PORT is: give metrics a port of their own, such as 9464`,
    );
  return { host, port };
}

function limit(standard: number) {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "give a whole number above 0")
    .transform(Number)
    .default(standard);
}

export function settingName(subgraph: string): string {
  return subgraph.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function parseOrigins(
  text: string,
  context: z.RefinementCtx,
): readonly string[] {
  const origins = text.split(/\s+/).filter(Boolean);
  const malformed = origins.some((one) => URL.parse(one)?.origin !== one);
  if (malformed)
    context.addIssue(
      "give origins with spaces between them, such as https://hr.example",
    );
  return malformed ? z.NEVER : origins;
}

const personaList = z.array(z.object({ login: z.string(), label: z.string() }));

function parsePersonas(
  text: string,
  context: z.RefinementCtx,
): readonly PersonaHint[] {
  try {
    return personaList.parse(JSON.parse(text));
  } catch {
    context.addIssue(
      'give a JSON list such as [{"login":"ada","label":"Ada"}]',
    );
    return z.NEVER;
  }
}

function readSubgraphSettings(env: NodeJS.ProcessEnv): SubgraphSettings {
  const urls = new Map<string, string>();
  const claims = new Map<string, ReadonlySet<string>>();
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!value) continue;
    if (name.startsWith("SUBGRAPH_URL_")) {
      const parsed = environment.httpUrl("http://127.0.0.1:4101/graphql");
      if (parsed.safeParse(value).success)
        urls.set(name.slice("SUBGRAPH_URL_".length), value);
      else
        faults.push(
          `  ${name} is malformed: give an http or https URL, such as http://127.0.0.1:4101/graphql`,
        );
    }
    if (name.startsWith("SUBGRAPH_CLAIMS_"))
      claims.set(
        name.slice("SUBGRAPH_CLAIMS_".length),
        new Set(value.split(/\s+/)),
      );
  }
  if (faults.length > 0)
    throw new ConfigError(
      `The environment is not usable.\n${faults.join("\n")}`,
    );
  return { urls, claims, stepUps: readStepUps(env, claims) };
}
