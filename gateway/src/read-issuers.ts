import { ConfigError, environment } from "@hr/service";
import { z } from "zod";
import type {
  DenylistSettings,
  IssuerSettings,
  IssuersConfig,
} from "./issuer-settings.ts";
import { readIssuersFile } from "./issuers-file.ts";

/** The first issuer may be left out where a file names others. */
export function issuerVariables(env: NodeJS.ProcessEnv) {
  const issuer = environment.httpUrl("http://localhost:4001");
  const denylistCure =
    "give a URL, such as http://localhost:4001/connect/denylist, or none";
  return {
    TOKEN_ISSUER: env["TOKEN_ISSUERS"] ? issuer.optional() : issuer,
    TOKEN_AUDIENCE: z.string({
      error:
        "give the audience of the access tokens, such as http://localhost:4000/graphql",
    }),
    TOKEN_JWKS_URI: environment
      .httpUrl("http://localhost:4001/.well-known/jwks.json")
      .optional(),
    TOKEN_SCOPE_CLAIM: z.string().default("scope"),
    TOKEN_ISSUERS: z.string().optional(),
    JWKS_SNAPSHOT_FILE: z.string().default(".data/gateway/issuer-jwks.json"),
    DENYLIST_URL: z
      .union([z.literal("none"), environment.httpUrl("")], {
        error: denylistCure,
      })
      .optional(),
    DENYLIST_CLIENT_SECRET: z.string().optional(),
    DENYLIST_SNAPSHOT_FILE: z.string().default(".data/gateway/denylist.json"),
    DENYLIST_MAX_STALE_SECONDS: z
      .string()
      .regex(/^[1-9]\d{0,7}$/, "give a whole number of seconds, such as 300")
      .transform(Number)
      .optional(),
  };
}

type IssuerVariables = z.output<
  z.ZodObject<ReturnType<typeof issuerVariables>>
>;

/** @throws ConfigError naming each variable, or each entry of the file, with its cure. */
export function readIssuers(
  read: IssuerVariables,
  env: NodeJS.ProcessEnv,
  production: boolean,
): IssuersConfig {
  if (production) demandProduction(read);
  demandOwner(read);
  const further =
    read.TOKEN_ISSUERS === undefined
      ? []
      : readIssuersFile(read.TOKEN_ISSUERS, {
          env,
          production,
          first: read.TOKEN_ISSUER,
        });
  const [first, ...others] = [...firstIssuer(read), ...further];
  if (first === undefined) throw new ConfigError("There is no issuer.");
  const stale = read.DENYLIST_MAX_STALE_SECONDS;
  return {
    issuers: [first, ...others],
    jwksSnapshot: read.JWKS_SNAPSHOT_FILE,
    denylistSnapshot: read.DENYLIST_SNAPSHOT_FILE,
    denylistMaximumStaleMs: stale === undefined ? undefined : stale * 1_000,
  };
}

/** Begins the secrets that a development start makes. */
const developmentMark = "development-";

function demandProduction(read: IssuerVariables): void {
  const names = ["TOKEN_ISSUER", "TOKEN_JWKS_URI", "DENYLIST_URL"] as const;
  const faults = names
    .filter((name) => read[name]?.startsWith("http:"))
    .map((name) => `  ${name} is http: in production give an https URL`);
  if (read.DENYLIST_CLIENT_SECRET?.startsWith(developmentMark))
    faults.push(
      "  DENYLIST_CLIENT_SECRET was made for development: give that of the client gateway in production",
    );
  if (faults.length > 0)
    throw new ConfigError(
      `The environment is not usable.\n${faults.join("\n")}`,
    );
}

/** What is said of an issuer that is not there would be thought to be in force. */
function demandOwner(read: IssuerVariables): void {
  const names = [
    "TOKEN_JWKS_URI",
    "DENYLIST_URL",
    "DENYLIST_CLIENT_SECRET",
  ] as const;
  const idle = names.filter((name) => read[name] !== undefined);
  if (read.TOKEN_ISSUER !== undefined || idle.length === 0) return;
  const faults = idle.map(
    (name) =>
      `  ${name} is about TOKEN_ISSUER: say it in TOKEN_ISSUERS instead`,
  );
  throw new ConfigError(`The environment is not usable.\n${faults.join("\n")}`);
}

function firstIssuer(read: IssuerVariables): readonly IssuerSettings[] {
  if (read.TOKEN_ISSUER === undefined) return [];
  return [
    {
      terms: {
        issuer: read.TOKEN_ISSUER,
        audience: read.TOKEN_AUDIENCE,
        scopeClaim: read.TOKEN_SCOPE_CLAIM,
      },
      jwksUri: read.TOKEN_JWKS_URI,
      denylist: firstDenylist(read.TOKEN_ISSUER, read),
    },
  ];
}

function firstDenylist(
  issuer: string,
  read: IssuerVariables,
): DenylistSettings | null {
  const standard = `${issuer.replace(/\/$/, "")}/connect/denylist`;
  const url = read.DENYLIST_URL ?? standard;
  if (url === "none") return null;
  return { url, clientSecret: read.DENYLIST_CLIENT_SECRET };
}
