import type { Scope } from "@hr/access";
import { type JSONWebKeySet, importJWK } from "jose";
import { z } from "zod";
import { faultsOf } from "./clients.ts";
import type { AuthTables } from "./tables.ts";

export type ClientKind = AuthTables["client"]["kind"];

/** A client somebody asks to have registered. */
export type NewClient = {
  readonly id: string;
  readonly name: string;
  readonly kind: ClientKind;
  readonly scopes: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  /** Public keys to prove itself with, as JSON was read; without, it is given a secret. */
  readonly jwks?: unknown;
  /** Whether it has to push its authorization requests (RFC 9126). */
  readonly pushedRequestsOnly?: boolean;
};

/** What makes a registration unusable, in words; none if it is sound. */
export function registrationFaults(client: NewClient): readonly string[] {
  const { id, name, kind, scopes, redirectUris = [] } = client;
  const { postLogoutRedirectUris = [], pushedRequestsOnly, jwks } = client;
  const isConfidential = kind === "machine" || kind === "partner";
  const faults: readonly (readonly [boolean, string])[] = [
    [
      !/^[a-z][a-z0-9-]{1,62}$/.test(id),
      "an id is 2 to 63 lower-case letters, digits and hyphens, a letter first",
    ],
    [!/^[^\p{C}]{1,100}$/u.test(name.trim()), "a name has 1 to 100 characters"],
    [scopes.length === 0, "it needs a scope"],
    [new Set(scopes).size < scopes.length, "a scope is named twice"],
    [
      kind === "machine" && redirectUris.length > 0,
      "a machine has no redirect URI: nobody signs in",
    ],
    [
      kind !== "machine" && redirectUris.length === 0,
      `a ${kind} client needs a redirect URI`,
    ],
    [
      kind !== "browser" && postLogoutRedirectUris.length > 0,
      "only a browser client is returned to after signing out",
    ],
    [
      jwks !== undefined && !isConfidential,
      `a ${kind} client keeps no key: it proves itself by PKCE alone`,
    ],
    [
      pushedRequestsOnly === true && kind !== "partner",
      "only a partner can be held to pushed requests",
    ],
  ];
  return [
    ...faults.filter(([holds]) => holds).map(([, fault]) => fault),
    ...faultsOf({ id, name, kind, scopes: scopes as readonly Scope[] }),
    ...[...redirectUris, ...postLogoutRedirectUris].flatMap((uri) =>
      uriFaults(uri, kind),
    ),
  ];
}

/**
 * Public EC P-256 keys for `private_key_jwt` (RFC 7523), and of each no more than
 * its public members. Nothing read, nothing found.
 */
export async function readKeySet(read: unknown): Promise<{
  readonly keySet: JSONWebKeySet | undefined;
  readonly faults: readonly string[];
}> {
  if (read === undefined) return { keySet: undefined, faults: [] };
  const given =
    isRecord(read) && Array.isArray(read["keys"]) ? read["keys"] : [];
  const found = await Promise.all(given.map(readKey));
  const keys = found.filter((one) => typeof one !== "string");
  const kids = new Set(keys.map(({ kid }) => kid));
  const faults = new Set([
    ...found.filter((one) => typeof one === "string"),
    ...(kids.size < keys.length ? ["two keys have the same kid"] : []),
    ...(given.length === 0 ? ["there is no key: give { keys: [...] }"] : []),
  ]);
  return { keySet: { keys }, faults: [...faults] };
}

const publicKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string().min(1).max(128),
  alg: z.literal("ES256").default("ES256"),
  use: z.literal("sig").default("sig"),
});

async function readKey(
  read: unknown,
): Promise<z.output<typeof publicKey> | string> {
  if (isRecord(read) && ("d" in read || "k" in read))
    return "a key is private: hand over its public half only";
  const parsed = publicKey.safeParse(read);
  const sound =
    parsed.success &&
    (await importJWK(parsed.data).then(
      () => true,
      () => false,
    ));
  return sound
    ? parsed.data
    : "a key is no public signing key on the curve P-256 with a kid";
}

/** Exact addresses, out of anybody else's reach (RFC 9700, section 2.1). */
function uriFaults(text: string, kind: ClientKind): readonly string[] {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol))
    return [`no http or https URL: ${text}`];
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isOpen = url.protocol === "http:" && !isLoopback;
  return [
    ...(isOpen ? [`http is for loopback addresses only: ${text}`] : []),
    ...(text.includes("#") ? [`no fragment: ${text}`] : []),
    ...(text.includes("*")
      ? [`no wildcard, URIs are compared exactly: ${text}`]
      : []),
    ...(url.username || url.password ? [`no user or password: ${text}`] : []),
    ...(kind === "native" && url.protocol === "https:" && isLoopback
      ? [`http on loopback for a native client: ${text}`]
      : []),
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
