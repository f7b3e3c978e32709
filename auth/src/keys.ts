import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { ConfigError } from "@hr/service";
import {
  type JWK,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
} from "jose";
import type { Kysely } from "kysely";
import {
  type SealedKey,
  findActiveKey,
  insertActiveKey,
} from "./keys.repository.ts";
import type { AuthTables } from "./tables.ts";

const algorithm = "ES256";

/**
 * The private key tokens are signed with: `kid` is its RFC 7638 thumbprint. Made
 * at the first start and kept sealed with AES-256-GCM; of several instances that
 * start at once, one makes it.
 * @throws ConfigError if KEY_ENCRYPTION_KEY is not the one it was sealed under.
 */
export async function openSigningKey(
  database: Kysely<AuthTables>,
  keyEncryptionKey: string,
): Promise<JWK> {
  const existing = await findActiveKey(database, algorithm);
  if (existing) return unseal(existing, keyEncryptionKey);
  await insertActiveKey(database, await makeKey(keyEncryptionKey));
  const kept = await findActiveKey(database, algorithm);
  if (!kept) throw new Error("the signing key was not kept");
  return unseal(kept, keyEncryptionKey);
}

async function makeKey(keyEncryptionKey: string): Promise<SealedKey> {
  const { privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = JSON.stringify({ ...jwk, kid, alg: algorithm, use: "sig" });
  return {
    kid,
    algorithm,
    sealedPrivateJwk: seal(text, kid, keyEncryptionKey),
  };
}

const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, tag, ciphertext. The `kid` is authenticated, so rows cannot be swapped. */
function seal(text: string, kid: string, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(secret), nonce);
  cipher.setAAD(Buffer.from(kid));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal({ kid, sealedPrivateJwk }: SealedKey, secret: string): JWK {
  const nonce = sealedPrivateJwk.subarray(0, nonceBytes);
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(secret), nonce, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(kid));
  decipher.setAuthTag(
    sealedPrivateJwk.subarray(nonceBytes, nonceBytes + tagBytes),
  );
  try {
    const text = Buffer.concat([
      decipher.update(sealedPrivateJwk.subarray(nonceBytes + tagBytes)),
      decipher.final(),
    ]);
    return JSON.parse(text.toString("utf8")) as JWK;
  } catch {
    throw new ConfigError(
      "KEY_ENCRYPTION_KEY is not the one the signing key in the database was sealed under: set the one used before.",
    );
  }
}

function sealingKey(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "hr auth signing key", 32));
}
