import {
  type JSONWebKeySet,
  type JWTPayload,
  createLocalJWKSet,
  jwtVerify,
} from "jose";
import type { Kysely } from "kysely";
import type { KoaContextWithOIDC } from "oidc-provider";
import { gatewayId } from "./clients.ts";
import { deny, isDenied } from "./denied.repository.ts";
import type { AuthTables } from "./tables.ts";

export type TokenStatusSettings = {
  readonly issuer: string;
  readonly audience: string;
  /** All that may have signed a live token. */
  readonly jwks: JSONWebKeySet;
  readonly database: Kysely<AuthTables>;
};

/** An access token that was proved, issued to `client_id`. */
type AccessToken = JWTPayload & {
  readonly client_id: string;
  readonly jti: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly gid?: string;
  readonly cnf?: { readonly jkt: string };
};

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of access tokens that are JWTs,
 * which the provider keeps no record of and declines. Comes after it: the client has
 * then proved itself. A token that is not live, or not this client's business, is
 * told from no other: `{"active": false}`, and 200 without effect.
 */
export function createTokenStatus(settings: TokenStatusSettings) {
  const keys = createLocalJWKSet(settings.jwks);

  async function proved(token: unknown): Promise<AccessToken | undefined> {
    const { issuer, audience } = settings;
    const options = { issuer, audience, typ: "at+jwt", algorithms: ["ES256"] };
    const verified = await jwtVerify(String(token), keys, options).catch(
      () => undefined,
    );
    return verified?.payload as AccessToken | undefined;
  }

  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const answer = answers[ctx.oidc?.route];
    const { error } = (ctx.body ?? {}) as { readonly error?: string };
    if (!answer || error !== "unsupported_token_type") return;
    const token = await proved(ctx.oidc.params?.["token"]);
    ctx.status = 200;
    ctx.body = await answer(settings.database, ctx, token);
  };
}

type Answer = (
  database: Kysely<AuthTables>,
  ctx: KoaContextWithOIDC,
  token: AccessToken | undefined,
) => Promise<object | string>;

const answers: Readonly<Record<string, Answer>> = {
  async introspection(database, { oidc }, token) {
    const asking = oidc.client?.clientId;
    const mayKnow = asking === gatewayId || asking === token?.client_id;
    if (!token || !mayKnow || (await isDenied(database, identityOf(token))))
      return { active: false };
    const tokenType = token.cnf ? "DPoP" : "Bearer";
    return { active: true, token_type: tokenType, ...token };
  },
  async revocation(database, { oidc }, token) {
    if (token && token.client_id === oidc.client?.clientId) {
      const { jti: value, exp: expiresAt } = token;
      await database
        .transaction()
        .execute((transaction) =>
          deny(transaction, [{ kind: "jti", value, expiresAt }]),
        );
    }
    return "";
  },
};

function identityOf({ jti, gid, sub, iat }: AccessToken) {
  return { jti, gid, sub, iat };
}
