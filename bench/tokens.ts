import { createAccessTokenVerifier } from "@hr/tokens";
import {
  createForge,
  createTestIssuer,
  createTestMint,
  digest,
  proofOf,
  thumbprint,
} from "@hr/tokens/testing";
import {
  EmbeddedJWK,
  type JWK,
  SignJWT,
  calculateJwkThumbprint,
  createLocalJWKSet,
  generateKeyPair,
  jwtVerify,
} from "jose";
import { interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

/**
 * What proving and minting a token cost in one process, against the loop everybody
 * starts with: `jwtVerify` and `SignJWT` of jose. `cold` meets each token for the
 * first time, `cached` has met it before; a DPoP proof is new each time.
 */
const claims = {
  issuer: "https://id.example",
  audience: "https://api.example/graphql",
};
/** More than the verifier remembers: each is forgotten before its turn comes again. */
const count = 21_000;

const local = await createTestIssuer(claims);
const tokens: string[] = [];
for (let n = 0; n < count; n += 1)
  tokens.push(
    await local.accessToken({
      sub: `usr_${n}`,
      clientId: "bench",
      employeeId: `emp_${n}`,
      scope: "employee:read payroll:compensation:read:self leave:read:self",
      acr: "urn:hr:acr:password",
      auth_time: Math.floor(Date.now() / 1_000),
      exp: Math.floor(Date.now() / 1_000) + 3_600,
    }),
  );
const keys = createLocalJWKSet(local.jwks);
const verifier = createAccessTokenVerifier({
  ...claims,
  keys: local.keys,
  resourceMetadata: "https://api.example/metadata",
});
const { privateKey } = await generateKeyPair("EdDSA");
const mint = await createTestMint();
const forge = createForge("ES256", "of-the-caller");
const jkt = thumbprint(forge.jwk);
const bound = await local.accessToken({ cnf: { jkt } });
const proofs = signProofs();

const timings = await interleave(
  {
    "`jwtVerify`": inTurn((token) => jwtVerify(token, keys, claims)),
    "verify, cold": inTurn(prove),
    "verify, cached": () => prove(tokens[0] ?? ""),
    "`jwtVerify`, DPoP proof": inTurn(proveByHand, proofs),
    "verify, cached, with DPoP proof": inTurn(proveBound, proofs),
    "`SignJWT`": sign,
    // A caller it has not met, as each of the test mint's callers is.
    "mint, cold": () => mint.token({ subgraph: "payroll" }),
  },
  { rounds: 9, milliseconds: 300 },
);

process.stdout.write("| | CPU µs | × jose |\n|---|--:|--:|\n");
for (const [name, baseline] of [
  ["`jwtVerify`", "`jwtVerify`"],
  ["verify, cold", "`jwtVerify`"],
  ["verify, cached", "`jwtVerify`"],
  ["`jwtVerify`, DPoP proof", "`jwtVerify`, DPoP proof"],
  ["verify, cached, with DPoP proof", "`jwtVerify`, DPoP proof"],
  ["`SignJWT`", "`SignJWT`"],
  ["mint, cold", "`SignJWT`"],
] as const) {
  const micros = median(timings[name] ?? []).toFixed(1);
  process.stdout.write(
    `| ${name} | ${micros} | ${ratio(timings, name, baseline)} |\n`,
  );
}

function inTurn(
  work: (one: string) => Promise<unknown>,
  all: readonly string[] = tokens,
): () => unknown {
  let next = 0;
  return () => work(all[next++ % all.length] ?? "");
}

/** More than there is time for, since each is good once; fresh until the end. */
function signProofs(): readonly string[] {
  const now = Math.floor(Date.now() / 1_000) + 30;
  const about = { token: bound, htu: claims.audience, now };
  return Array.from({ length: 40_000 }, () => proofOf(forge, about));
}

function prove(token: string): Promise<void> {
  return demandVerified({ authorization: [`Bearer ${token}`] });
}

function proveBound(proof: string): Promise<void> {
  return demandVerified({ authorization: [`DPoP ${bound}`], dpop: [proof] });
}

async function demandVerified(
  headersDistinct: Readonly<Record<string, string[]>>,
): Promise<void> {
  const request = { method: "POST", url: "/graphql", headersDistinct };
  const { kind } = await verifier.verify(request);
  if (kind !== "verified") throw new Error("A good token was refused");
}

/** The same without a memory of keys and proofs. */
async function proveByHand(proof: string): Promise<void> {
  const proved = await jwtVerify(proof, EmbeddedJWK, { typ: "dpop+jwt" });
  const { jwk = {} } = proved.protectedHeader as { readonly jwk?: JWK };
  const { htm, htu, ath } = proved.payload;
  const isOfToken = htm === "POST" && htu === claims.audience;
  if (!isOfToken || ath !== digest(bound)) throw new Error("Another's proof");
  if ((await calculateJwkThumbprint(jwk)) !== jkt)
    throw new Error("Another's key");
}

/** As many claims as an internal token has. */
function sign(): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    iss: "urn:hr:gateway",
    aud: "urn:hr:subgraph:payroll",
    sub: "usr_test",
    client_id: "test-client",
    actor: "user",
    jti: crypto.randomUUID(),
    iat,
    exp: iat + 60,
  })
    .setProtectedHeader({ alg: "EdDSA", typ: "hr-internal+jwt" })
    .sign(privateKey);
}
