import { type ClaimPath, valueAt } from "./claim-path.ts";
import type { JsonObject } from "./json-segment.ts";

/** Which claims of an issuer's tokens say who is meant. */
export type IdentityRules = {
  readonly clientClaim: ClaimPath;
  /** Null where tokens have no id of their own. */
  readonly tokenIdClaim: ClaimPath | null;
  /** Null where the issuer knows no employees. */
  readonly employeeClaim: ClaimPath | null;
  readonly machine: MachineRule;
  /** Stands before subject and client: no two issuers can name the same. */
  readonly prefix: string;
  /** How no subject and no client may begin: these are the prefixes of others. */
  readonly reserved: readonly string[];
};

/** A token is a machine's when the claim has the value; null stands for the client's id. */
export type MachineRule = {
  readonly claim: ClaimPath;
  readonly value: string | null;
};

/** Whom a token speaks for. */
export type Identity = {
  /** A machine's equals its `clientId`, a person's never does. */
  readonly subject: string;
  readonly clientId: string;
  readonly isMachine: boolean;
  /** People only. */
  readonly employeeId: string | null;
  readonly tokenId: string | null;
};

/** As RFC 9068 names the claims. */
export const standardIdentity: IdentityRules = {
  clientClaim: ["client_id"],
  tokenIdClaim: ["jti"],
  employeeClaim: ["employee_id"],
  machine: { claim: ["sub"], value: null },
  prefix: "",
  reserved: [],
};

const employeeSyntax = /^[\w-]{1,64}$/;

/**
 * Reads who is meant, or null when a claim is missing or of the wrong type, names
 * another issuer's, or a person's token looks like a machine's: what the gateway tells
 * a subgraph makes a machine of whoever has the client's id for a subject.
 */
export function readIdentity(
  claims: JsonObject,
  rules: IdentityRules,
): Identity | null {
  const { prefix, machine } = rules;
  const { sub } = claims as { readonly sub?: unknown };
  const client = valueAt(claims, rules.clientClaim);
  const tokenId = readTokenId(claims, rules);
  const employeeId = readEmployeeId(claims, rules);
  if (!isName(sub, rules) || !isName(client, rules)) return null;
  if (tokenId === undefined || employeeId === undefined) return null;
  const isMachine =
    valueAt(claims, machine.claim) === (machine.value ?? client);
  if (!isMachine && sub === client) return null;
  const clientId = prefix + client;
  return {
    subject: isMachine ? clientId : prefix + sub,
    clientId,
    isMachine,
    employeeId: isMachine ? null : employeeId,
    tokenId,
  };
}

/** Undefined when it is not as it must be. */
function readTokenId(
  claims: JsonObject,
  { tokenIdClaim }: IdentityRules,
): string | null | undefined {
  if (tokenIdClaim === null) return null;
  const value = valueAt(claims, tokenIdClaim);
  return isText(value) ? value : undefined;
}

/** Undefined when it is not as it must be; null where the caller is no employee. */
function readEmployeeId(
  claims: JsonObject,
  { employeeClaim }: IdentityRules,
): string | null | undefined {
  const value = employeeClaim && valueAt(claims, employeeClaim);
  if (employeeClaim === null || value === undefined) return null;
  return isText(value) && employeeSyntax.test(value) ? value : undefined;
}

function isName(value: unknown, { reserved }: IdentityRules): value is string {
  return isText(value) && !reserved.some((prefix) => value.startsWith(prefix));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
