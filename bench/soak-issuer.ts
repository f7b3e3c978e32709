import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import {
  type CryptoKey,
  type JWK,
  SignJWT,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
} from "jose";
import type { Settings } from "./child.ts";
import { listen } from "./listen.ts";

/** An issuer whose keys change and which revokes tokens, over HTTP as any other. */
export type SoakIssuer = {
  readonly settings: Settings;
  /** Signed by the key that is active now; good until then, epoch seconds. */
  sign(claims: TokenClaims, until: number): Promise<IssuedToken>;
  /** The key that was published as the next one signs from now on. */
  rotate(): Promise<void>;
  revoke(token: IssuedToken): void;
  close(): void;
};

export type TokenClaims = {
  readonly sub: string;
  readonly employeeId: string;
  readonly scope: string;
};

export type IssuedToken = {
  readonly text: string;
  readonly id: string;
  /** Epoch seconds. */
  readonly until: number;
};

type Key = { readonly jwk: JWK; readonly privateKey: CryptoKey };
/** All three are published; the last one signed before. */
type Keys = { readonly next: Key; readonly active: Key; readonly last?: Key };

type Denied = {
  readonly seq: number;
  readonly kind: "jti";
  readonly value: string;
  readonly until: number;
};

const accessTokens = {
  issuer: "https://issuer.example",
  audience: "https://hr.example/graphql",
};
const alg = "ES256";
/** Clocks differ: who verifies takes a token a little longer than it lasts. */
const denialMarginSeconds = 60;

export async function openSoakIssuer(): Promise<SoakIssuer> {
  let keys: Keys = { active: await newKey(), next: await newKey() };
  const denied: Denied[] = [];
  const server = createServer(({ url: asked = "/" }, response) => {
    const { pathname, searchParams } = new URL(asked, "http://unused");
    const document =
      pathname === "/denylist"
        ? denialsAfter(denied, Number(searchParams.get("after")))
        : {
            keys: [
              keys.next,
              keys.active,
              ...(keys.last ? [keys.last] : []),
            ].map(({ jwk }) => jwk),
          };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(document));
  });
  const url = await listen(server);
  return {
    settings: {
      ...accessTokens,
      jwksUri: `${url}/jwks.json`,
      denylistUrl: `${url}/denylist`,
    },
    async sign({ sub, employeeId, scope }, until) {
      const id = randomUUID();
      const { jwk, privateKey } = keys.active;
      const text = await new SignJWT({
        iss: accessTokens.issuer,
        aud: accessTokens.audience,
        sub,
        client_id: "soak",
        employee_id: employeeId,
        scope,
        jti: id,
        iat: Math.floor(Date.now() / 1_000),
        exp: until,
      })
        .setProtectedHeader({ typ: "at+jwt", alg, kid: jwk.kid ?? "" })
        .sign(privateKey);
      return { text, id, until };
    },
    async rotate() {
      const next = await newKey();
      keys = { next, active: keys.next, last: keys.active };
    },
    revoke({ id: value, until: expiry }) {
      const until = expiry + denialMarginSeconds;
      denied.push({ seq: denied.length + 1, kind: "jti", value, until });
    },
    close: () => void server.close(),
  };
}

function denialsAfter(denied: readonly Denied[], after: number) {
  return { last: denied.length, entries: denied.slice(after) };
}

async function newKey(): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { jwk: { ...jwk, kid, alg, use: "sig" }, privateKey };
}
