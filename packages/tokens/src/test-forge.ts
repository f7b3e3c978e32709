import {
  type KeyObject,
  createHash,
  generateKeyPairSync,
  randomUUID,
  sign,
} from "node:crypto";
import type { JSONWebKeySet } from "jose";
import type { CredentialRequest } from "./credentials.ts";

export type Part = Readonly<Record<string, unknown>>;

export type Forge = {
  readonly kid: string;
  readonly jwk: Part;
  readonly jwks: JSONWebKeySet;
  readonly privateKey: KeyObject;
  /** Signs whatever it is given; `undefined` takes a member out. */
  token(header: Part, claims: Part): string;
};

const pairs = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

/** Makes any token at all, good or bad, by hand: a library would refuse to. */
export function createForge(alg: keyof typeof pairs, kid: string): Forge {
  const { publicKey, privateKey } = pairs[alg]();
  const jwk = publicKey.export({ format: "jwk" }) as Part;
  return {
    kid,
    jwk,
    jwks: { keys: [{ ...jwk, kty: String(jwk["kty"]), kid, alg }] },
    privateKey,
    token(header, claims) {
      const input = `${segment({ alg, kid, ...header })}.${segment(claims)}`;
      return `${input}.${signature(input, privateKey)}`;
    },
  };
}

export function segment(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

export function signature(
  input: string,
  key: KeyObject,
  dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363",
): string {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return sign(digest, Buffer.from(input), { key, dsaEncoding }).toString(
    "base64url",
  );
}

export function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** RFC 7638, by hand. */
export function thumbprint({ crv, kty, x, y }: Part): string {
  return digest(JSON.stringify({ crv, kty, x, y }));
}

export type Asking = Partial<Omit<CredentialRequest, "headersDistinct">> & {
  readonly authorization?: readonly string[] | string;
  readonly dpop?: readonly string[] | string;
};

export function ask({
  authorization,
  dpop,
  ...rest
}: Asking): CredentialRequest {
  const fields = (value: readonly string[] | string | undefined) =>
    value === undefined ? {} : { values: [value].flat() };
  const { values: authorizations } = fields(authorization);
  const { values: proofs } = fields(dpop);
  return {
    method: "POST",
    url: "/graphql",
    contentType: "application/json",
    headersDistinct: {
      ...(authorizations && { authorization: authorizations }),
      ...(proofs && { dpop: proofs }),
    },
    ...rest,
  };
}

export type ProofChanges = {
  readonly header?: Part;
  readonly claims?: Part;
};

/** A DPoP proof of the given key for a token; changes come last. */
export function proofOf(
  key: Forge,
  about: { readonly token: string; readonly htu: string; readonly now: number },
  { header = {}, claims = {} }: ProofChanges = {},
): string {
  return key.token(
    { typ: "dpop+jwt", kid: undefined, jwk: key.jwk, ...header },
    {
      htm: "POST",
      htu: about.htu,
      iat: about.now,
      jti: randomUUID(),
      ath: digest(about.token),
      ...claims,
    },
  );
}
