import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
} from "node:crypto";

/** AES-256-GCM key and the name it goes by in the rows it encrypted. */
export type NationalIdKey = { readonly id: string; readonly secret: Buffer };

export type EncryptedNationalId = {
  readonly ciphertext: Buffer;
  readonly keyId: string;
  /** What masking shows; reading it needs no key. */
  readonly suffix: string;
};

/** @param secret 32 bytes. Its name is the start of its digest, so a row tells which key it needs. */
export function nationalIdKey(secret: Buffer): NationalIdKey {
  if (secret.length !== 32)
    throw new RangeError("A national id key has 32 bytes.");
  const id = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  return { id, secret };
}

/** Bound to the employee: a ciphertext moved to another row does not decrypt. */
export function encryptNationalId(
  key: NationalIdKey,
  employeeId: string,
  nationalId: string,
): EncryptedNationalId {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.secret, iv);
  cipher.setAAD(Buffer.from(employeeId));
  const body = Buffer.concat([
    cipher.update(nationalId, "utf8"),
    cipher.final(),
  ]);
  return {
    ciphertext: Buffer.concat([iv, cipher.getAuthTag(), body]),
    keyId: key.id,
    suffix: nationalId.slice(-Math.min(4, Math.floor(nationalId.length / 2))),
  };
}

/** @throws Error when the row was encrypted with another key, for another employee, or changed since. */
export function decryptNationalId(
  key: NationalIdKey,
  employeeId: string,
  encrypted: Pick<EncryptedNationalId, "ciphertext" | "keyId">,
): string {
  if (encrypted.keyId !== key.id)
    throw new Error("The national id was encrypted with another key.");
  const { ciphertext } = encrypted;
  const decipher = createDecipheriv(
    "aes-256-gcm",
    key.secret,
    ciphertext.subarray(0, 12),
  );
  decipher.setAAD(Buffer.from(employeeId));
  decipher.setAuthTag(ciphertext.subarray(12, 28));
  const body = decipher.update(ciphertext.subarray(28));
  return Buffer.concat([body, decipher.final()]).toString("utf8");
}

export function maskNationalId(suffix: string): string {
  return `•••• ${suffix}`;
}
