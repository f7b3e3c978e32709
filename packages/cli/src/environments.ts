import { join } from "node:path";
import { allScopes } from "@hr/access";
import { personas } from "@hr/demo";
import type { DatabaseUrls } from "./databases.ts";
import { type Secrets, secretVariable } from "./secrets.ts";
import {
  type DatabaseOwner,
  type Ports,
  type ServiceName,
  type SubgraphName,
  checkout,
  standardPorts,
  subgraphNames,
  urlOf,
} from "./services.ts";
import type { Environment } from "./settings.ts";

export type Variables = Readonly<Record<string, string>>;

/** All that tells one running graph from another. */
export type GraphPlan = {
  readonly ports: Ports;
  readonly databases: DatabaseUrls;
  readonly dataFolder: string;
  /** Of the clients that have one. */
  readonly secrets: Secrets;
  readonly nodeEnv: string;
  readonly demoToday: string | undefined;
  /** The environment of this process; a service is handed only what any program needs. */
  readonly inherited: Environment;
};

const anyProgram = ["PATH", "HOME", "TMPDIR", "LANG", "SystemRoot"];

/** How the gateway enforces and answers: whoever starts it all decides. */
export const gatewaySwitches = [
  "AUTHORIZATION_MODE",
  "AUTHORIZATION_MUTATIONS",
  "ANONYMOUS",
  "INTROSPECTION",
  "ERRORS_DETAIL",
  "POLICY_MODULE",
  "WORKERS",
  "KEY_ROTATION_DAYS",
  "PREPARED_PATH",
  "TRUSTED_DOCUMENTS",
  "TRUSTED_DOCUMENTS_FILE",
  "METRICS_PORT",
  "METRICS_HOST",
  "SUBGRAPH_TIMEOUT_MS",
  "LIMIT_SELECTIONS",
  "LIMIT_DEPTH",
  "LIMIT_ROOT_FIELDS",
  "LIMIT_ALIASES",
  "LIMIT_DIRECTIVES",
  "LIMIT_COST",
  "LIST_SIZE",
  "COST_REPORT",
  "LIMIT_VARIABLE_DEPTH",
  "LIMIT_TOKENS",
  "LIMIT_BODY_BYTES",
] as const;

/** Where applications live, and how people sign in. */
const authSwitches = [
  "APP_ORIGIN",
  "PARTNER_PORTAL_ORIGIN",
  "PASSKEY_REQUIRED_ROLES",
  "KEY_ROTATION_DAYS",
] as const;

/** What each service is told: no more than it needs, so no service holds another's secret. */
export function environmentsOf(
  plan: GraphPlan,
): Readonly<Record<ServiceName, Variables>> {
  return {
    auth: { ...base(plan, "auth"), ...auth(plan) },
    employee: { ...base(plan, "employee"), ...subgraph(plan, "employee") },
    payroll: { ...base(plan, "payroll"), ...subgraph(plan, "payroll") },
    leave: { ...base(plan, "leave"), ...subgraph(plan, "leave") },
    gateway: { ...base(plan, "gateway"), ...gateway(plan) },
  };
}

function base(plan: GraphPlan, name: ServiceName): Variables {
  return {
    ...passedOn(plan, anyProgram),
    NODE_ENV: plan.nodeEnv,
    HOST: "127.0.0.1",
    PORT: String(plan.ports[name]),
  };
}

function passedOn(
  { inherited }: GraphPlan,
  names: readonly string[],
): Variables {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = inherited[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function auth(plan: GraphPlan): Variables {
  const { ports, secrets } = plan;
  return {
    ...passedOn(plan, authSwitches),
    ...store(plan, "auth"),
    ISSUER: urlOf("auth", ports),
    API_AUDIENCE: audienceOf(ports),
    GATEWAY_ORIGIN: urlOf("gateway", ports),
    ...secrets,
  };
}

function subgraph(plan: GraphPlan, name: SubgraphName): Variables {
  const { ports, demoToday } = plan;
  return {
    ...store(plan, name),
    ...stepUpOf(plan, name),
    GATEWAY_ISSUER: gatewayIssuer,
    GATEWAY_JWKS_URI: `http://127.0.0.1:${ports.gateway}/.well-known/jwks.json`,
    SEED: "demo",
    ...(demoToday === undefined ? {} : { DEMO_TODAY: demoToday }),
  };
}

/** How fresh a sign-in its mutations demand: the gateway is told the same. */
function stepUpOf({ inherited }: GraphPlan, name: SubgraphName): Variables {
  const [age, acr] = stepUpVariables(name).map((one) => inherited[one]);
  return {
    ...(age !== undefined && { STEP_UP_MAX_AGE: age }),
    ...(acr !== undefined && { STEP_UP_ACR: acr }),
  };
}

function stepUpVariables(name: SubgraphName): readonly string[] {
  const suffix = name.toUpperCase();
  return [`SUBGRAPH_STEP_UP_${suffix}`, `SUBGRAPH_STEP_UP_ACR_${suffix}`];
}

/** Where a service keeps things; in development it makes its own secrets there. */
function store(plan: GraphPlan, name: DatabaseOwner): Variables {
  return {
    DATABASE_URL: plan.databases[name],
    DATA_FOLDER: join(plan.dataFolder, name),
  };
}

function gateway(plan: GraphPlan): Variables {
  const { ports, dataFolder, secrets } = plan;
  const auth = `http://127.0.0.1:${ports.auth}`;
  const moved = subgraphNames
    .filter((name) => ports[name] !== standardPorts[name])
    .map(
      (name) =>
        [
          `SUBGRAPH_URL_${name.toUpperCase()}`,
          `http://127.0.0.1:${ports[name]}/graphql`,
        ] as const,
    );
  return {
    ...passedOn(plan, [
      ...gatewaySwitches,
      ...subgraphNames.flatMap(stepUpVariables),
    ]),
    CORS_ORIGINS: plan.inherited["APP_ORIGIN"] ?? "http://localhost:5173",
    SCOPE_VOCABULARY: allScopes.join(" "),
    SUPERGRAPH: join(checkout, "gateway/supergraph.graphql"),
    TOKEN_ISSUER: urlOf("auth", ports),
    TOKEN_AUDIENCE: audienceOf(ports),
    TOKEN_JWKS_URI: `${auth}/.well-known/jwks.json`,
    DENYLIST_URL: `${auth}/connect/denylist`,
    DENYLIST_CLIENT_SECRET: secrets[secretVariable("gateway")] ?? "",
    DENYLIST_SNAPSHOT_FILE: join(dataFolder, "gateway/denylist.json"),
    GATEWAY_ISSUER: gatewayIssuer,
    GATEWAY_KEYS_FILE: join(dataFolder, "gateway/internal-keys.json"),
    JWKS_SNAPSHOT_FILE: join(dataFolder, "gateway/issuer-jwks.json"),
    SUBGRAPH_CLAIMS_EMPLOYEE:
      "employee_id auth_time acr granted_scope granted_exp",
    TOKEN_HELP: "Get one by npx hr token ada, or sign in at /explorer.",
    EXPLORER_PERSONAS: JSON.stringify(
      personas.map(({ login, displayName, sees }) => ({
        login,
        label: `${displayName}: ${sees}`,
      })),
    ),
    ...Object.fromEntries(moved),
  };
}

const gatewayIssuer = "urn:hr:gateway";

function audienceOf(ports: Ports): string {
  return `${urlOf("gateway", ports)}/graphql`;
}
