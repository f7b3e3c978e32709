import { randomUUID } from "node:crypto";
import {
  SignJWT,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from "jose";
import type { Contestant } from "./contest.ts";

/** Signing what the given access token says, and verifying the token just signed. */
export async function bareLoops(
  accessToken: string,
): Promise<readonly Contestant[]> {
  const claims = decodeJwt(accessToken);
  const { iss: issuer = "", aud: audience = "" } = claims;
  const { kid, typ } = decodeProtectedHeader(accessToken);
  const header = { alg: "ES256", ...(kid && { kid }), ...(typ && { typ }) };
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(publicKey)), ...header }],
  });
  let token = "";
  const sign = async () => {
    const iat = Math.floor(Date.now() / 1_000);
    const times = { iat, exp: iat + 300, jti: randomUUID() };
    token = await new SignJWT({ ...claims, ...times })
      .setProtectedHeader(header)
      .sign(privateKey);
  };
  await sign();
  const verify = async () =>
    void (await jwtVerify(token, keys, { issuer, audience }));
  return Object.entries({ "`SignJWT`": sign, "`jwtVerify`": verify }).map(
    ([name, work]) => ({ name, work, workers: 1, pid: process.pid }),
  );
}
