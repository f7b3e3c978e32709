import { readFileSync } from "node:fs";
import { ConfigError, environment } from "@hr/service";
import { algorithms, parseClaimPath } from "@hr/tokens";
import { z } from "zod";
import type { IssuerSettings } from "./issuer-settings.ts";

export type IssuersFileOptions = {
  /** Where the secrets are that the file names. */
  readonly env: NodeJS.ProcessEnv;
  readonly production: boolean;
  /** The issuer beside the file, which no entry may name again. */
  readonly first: string | undefined;
};

/**
 * Reads the issuers of a JSON file, a list of at least one (docs/issuers.md).
 * @throws ConfigError naming for each fault the entry, the key and the cure.
 */
export function readIssuersFile(
  path: string,
  options: IssuersFileOptions,
): readonly IssuerSettings[] {
  const listed = parseList(path);
  const faults: string[] = [];
  const entries = listed.flatMap((stated, index) => {
    const { data, error } = entrySchema.safeParse(stated);
    const where = `entry ${nameOf(stated, index)}`;
    for (const { path, message } of error?.issues ?? [])
      faults.push([where, ...path].join(", ") + `: ${message}`);
    return data ? [{ where, ...data }] : [];
  });
  entries.forEach((entry, index) => {
    const before = entries.slice(0, index);
    for (const objection of objectionsTo(entry, before, options))
      faults.push(`${entry.where}, ${objection}`);
  });
  if (faults.length > 0)
    throw new ConfigError(
      `TOKEN_ISSUERS names ${path}, which is not usable.\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
  return entries.map((entry) => settingsOf(entry, options.env));
}

type Entry = z.output<typeof entrySchema>;

const text = (cure: string) => z.string({ error: cure }).min(1, cure);
const claimCure =
  "give a claim's name, such as azp, or its path, such as /hr/id";
const claim = z
  .string({ error: claimCure })
  .refine((name) => parseClaimPath(name) !== null, claimCure);
const scopeCure =
  "give claims with single spaces between them, such as scp or /realm_access/roles";
const audiencesCure = 'give a list of audiences, such as ["account"]';
const typesCure =
  'give a list of header types, with null where it may be missing, such as ["JWT", null]';
const algorithmsCure = `give a list of some of ${algorithms.join(" ")}`;
const lifetimeCure = "give seconds, from 1 to 86400";
const secretCure =
  "give the name of a variable that is set, such as KEYCLOAK_DENYLIST_SECRET";

const entrySchema = strict({
  name: text("give a short name, such as keycloak").regex(
    /^[a-z][a-z0-9-]{0,31}$/,
    "give small letters, digits and hyphens, such as keycloak",
  ),
  issuer: environment.httpUrl("https://login.example/realms/hr"),
  audience: text("give the audience of its access tokens, such as hr-api"),
  jwksUri: environment.httpUrl("https://login.example/jwks").optional(),
  algorithms: z
    .array(z.enum(algorithms, { error: algorithmsCure }), {
      error: algorithmsCure,
    })
    .min(1, algorithmsCure)
    .optional(),
  types: z
    .array(text(typesCure).nullable(), { error: typesCure })
    .min(1, typesCure)
    .optional(),
  otherAudiences: z
    .array(text(audiencesCure), { error: audiencesCure })
    .optional(),
  demandedClaims: z
    .record(claim, text('give a text, such as "Bearer"'), {
      error: 'give claims and their values, such as {"typ": "Bearer"}',
    })
    .optional(),
  scopeClaim: z
    .string({ error: scopeCure })
    .refine(
      (claims) => claims.split(" ").every((one) => parseClaimPath(one)),
      scopeCure,
    )
    .optional(),
  clientClaim: claim.optional(),
  tokenIdClaim: claim.nullable().optional(),
  employeeClaim: claim.nullable().optional(),
  machine: strict({
    claim,
    value: text("give the claim's value for machines").optional(),
  }).optional(),
  maximumLifetime: z
    .int({ error: lifetimeCure })
    .min(1, lifetimeCure)
    .max(86_400, lifetimeCure)
    .optional(),
  denylist: strict({
    url: environment.httpUrl("https://login.example/denylist"),
    clientSecretVariable: text(secretCure).optional(),
  }).optional(),
});

/** An object with these keys and no other. */
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `${issue.keys.join(", ")} is no key here: use ${keys}`
        : `give an object with ${keys}`,
  });
}

function parseList(path: string): readonly unknown[] {
  const cure = "give the path of a JSON list of issuers, see docs/issuers.md";
  try {
    const list: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (Array.isArray(list) && list.length > 0) return list;
  } catch {
    throw new ConfigError(
      `TOKEN_ISSUERS names ${path}, which cannot be read as JSON: ${cure}.`,
    );
  }
  throw new ConfigError(
    `TOKEN_ISSUERS names ${path}, which is no list of issuers: ${cure}.`,
  );
}

function nameOf(stated: unknown, index: number): string {
  const { name } = (stated ?? {}) as { readonly name?: unknown };
  return typeof name === "string" ? `${index + 1} (${name})` : `${index + 1}`;
}

/** What no entry can be seen to be by itself, as `key: cure`. */
function objectionsTo(
  entry: Entry,
  before: readonly Entry[],
  { env, production, first }: IssuersFileOptions,
): readonly string[] {
  const { issuer, jwksUri, denylist, audience } = entry;
  const urls = { issuer, jwksUri, "denylist, url": denylist?.url };
  const insecure = Object.entries(urls)
    .filter(([, url]) => production && url?.startsWith("http:"))
    .map(([key]) => `${key}: in production give an https URL`);
  const secret = denylist?.clientSecretVariable;
  const others = before.map((other) => other.issuer).concat(first ?? []);
  return [
    ...insecure,
    ...(others.includes(issuer)
      ? ["issuer: this one is named already: leave one of the two out"]
      : []),
    ...(before.some(({ name }) => name === entry.name)
      ? ["name: another entry has it: give a different one"]
      : []),
    ...(entry.otherAudiences?.includes(audience)
      ? ["otherAudiences: leave out the audience itself"]
      : []),
    ...(secret !== undefined && !env[secret]
      ? [`denylist, clientSecretVariable: ${secretCure}`]
      : []),
  ];
}

function settingsOf(
  { where: _, jwksUri, denylist, ...terms }: Entry & { where: string },
  env: NodeJS.ProcessEnv,
): IssuerSettings {
  const secret = denylist?.clientSecretVariable;
  return {
    // JSON has no undefined: a key that is there has a value.
    terms: terms as IssuerSettings["terms"],
    jwksUri,
    denylist: denylist
      ? { url: denylist.url, clientSecret: secret && env[secret] }
      : null,
  };
}
