import { type ClaimPath, parseClaimPath } from "./claim-path.ts";
import type { KeySource } from "./keys.ts";
import { parseScopeClaims } from "./scope-claims.ts";
import { secureUrl } from "./secure-url.ts";
import type { Revocation } from "./verifier.ts";
import { type Algorithm, type TokenProfile, algorithms } from "./verify.ts";

/**
 * An issuer and what its access tokens look like. What is left out is as RFC 9068
 * has it. A claim is named by its name, by a URL that is its name, or by its path as
 * JSON Pointer (RFC 6901).
 */
export type IssuerTerms = {
  /** Claim `iss`, compared exactly. */
  readonly issuer: string;
  /** Claim `aud`, compared exactly. */
  readonly audience: string;
  readonly keys: KeySource;
  /** Asked at every request, also about tokens verified before. Default: none is revoked. */
  readonly isRevoked?: Revocation;
  /**
   * A short name. Subjects and clients are then known as `<name>:<sub>` and
   * `<name>:<client>`, so that no issuer can speak of another's.
   */
  readonly name?: string;
  /** Default `["ES256"]`. */
  readonly algorithms?: readonly string[];
  /**
   * Header `typ`, in any case and with or without `application/`; null where it may be
   * missing. Default `["at+jwt"]`. For any other, a token made for its own client is
   * refused: it may be an ID token.
   */
  readonly types?: readonly (string | null)[];
  /** Audiences a token may have beside the one demanded. Default: none. */
  readonly otherAudiences?: readonly string[];
  /** Values that claims must have, such as `{ "typ": "Bearer" }` at Keycloak. */
  readonly demandedClaims?: Readonly<Record<string, string>>;
  /**
   * Where the issuer states scopes, default `scope`: then one string of words (RFC 9068),
   * and a token that states permissions in `scp`, `scopes` or `permissions` is refused.
   *
   * For other issuers, one or more claims with single spaces between them. Each may hold
   * a string of words or a list of at most 1,000 words; absent means none, and the scopes
   * are all of them together. No other claim is read, `scope` included.
   *
   * @example "scp" // Okta; Entra for people
   * @example "scp roles" // Entra, machines as well; a role of a person then counts in every client
   * @example "/realm_access/roles" // Keycloak, roles of the realm
   * @example "/resource_access/hr-api/roles" // Keycloak, roles of one client; `/` in its id is `~1`
   */
  readonly scopeClaim?: string;
  /** Which claim is the client's id. Default `client_id`. */
  readonly clientClaim?: string;
  /** Which claim is the token's id, null where there is none. Default `jti`. */
  readonly tokenIdClaim?: string | null;
  /** Which claim names the employee, null where none does. Default `employee_id`. */
  readonly employeeClaim?: string | null;
  /**
   * A token is a machine's when this claim has the value, or else the client's id.
   * Name one the issuer alone writes: who can pass for a machine escapes what is
   * demanded of people. Default `{ claim: "sub" }` (RFC 9068 section 2.2).
   */
  readonly machine?: { readonly claim: string; readonly value?: string };
  /** Longest accepted `exp` − `iat`, in seconds. Default 3,600; at most a day. */
  readonly maximumLifetime?: number;
};

const nameSyntax = /^[a-z][a-z0-9-]{0,31}$/;
const day = 86_400;

/**
 * The rules to prove an issuer's tokens by.
 * @param reserved Prefixes that belong to other issuers.
 * @throws TypeError saying which of the terms is not fit.
 */
export function profileOf(
  terms: IssuerTerms,
  reserved: readonly string[],
  development: boolean,
): TokenProfile {
  const { issuer, audience, maximumLifetime = 3_600 } = terms;
  secureUrl(issuer, development);
  if (audience === "") throw new TypeError("The audience is missing.");
  if (!(maximumLifetime > 0 && maximumLifetime <= day))
    throw new TypeError("The maximum lifetime must be from 1 to 86400 s.");
  const { employeeClaim = "employee_id", tokenIdClaim = "jti" } = terms;
  const { machine = { claim: "sub" } } = terms;
  return {
    issuer,
    audience,
    otherAudiences: otherAudiencesOf(terms),
    demanded: Object.entries(terms.demandedClaims ?? {}).map(
      ([claim, value]) => ({ claim: pathOf(claim, "demanded"), value }),
    ),
    ...typesOf(terms),
    algorithms: (terms.algorithms ?? ["ES256"]).map(algorithmOf),
    identity: {
      clientClaim: pathOf(terms.clientClaim ?? "client_id", "client"),
      tokenIdClaim:
        tokenIdClaim === null ? null : pathOf(tokenIdClaim, "token id"),
      employeeClaim:
        employeeClaim === null ? null : pathOf(employeeClaim, "employee"),
      machine: {
        claim: pathOf(machine.claim, "machine"),
        value: machine.value ?? null,
      },
      prefix: prefixOf(terms),
      reserved: terms.name === undefined ? reserved : [],
    },
    maximumLifetime,
    scopeClaims: parseScopeClaims(terms.scopeClaim ?? "scope"),
    dpop: true,
    internal: false,
  };
}

/** What stands before the subjects and clients of an issuer; names hold no colon. */
export function prefixOf({ name }: IssuerTerms): string {
  if (name === undefined) return "";
  if (!nameSyntax.test(name))
    throw new TypeError(
      "An issuer's name must be small letters, digits and hyphens, such as keycloak.",
    );
  return `${name}:`;
}

function otherAudiencesOf(terms: IssuerTerms): ReadonlySet<string> {
  const others = new Set(terms.otherAudiences);
  if (others.has(terms.audience))
    throw new TypeError("The audience is among the other audiences.");
  return others;
}

function typesOf({
  types = ["at+jwt"],
}: IssuerTerms): Pick<TokenProfile, "types" | "typed"> {
  if (types.length === 0) throw new TypeError("No type of token is accepted.");
  const known = types.map(
    (type) => type && type.toLowerCase().replace(/^application\//, ""),
  );
  return {
    types: new Set(known),
    typed: known.every((type) => type?.endsWith("at+jwt")),
  };
}

function algorithmOf(name: string): Algorithm {
  const found = algorithms.find((one) => one === name);
  if (found === undefined)
    throw new TypeError(
      `The algorithm must be one of ${algorithms.join(" ")}.`,
    );
  return found;
}

function pathOf(claim: string, role: string): ClaimPath {
  const path = parseClaimPath(claim);
  if (path === null)
    throw new TypeError(
      `The ${role} claim must be a name, such as azp, or a path, such as /hr/id.`,
    );
  return path;
}
