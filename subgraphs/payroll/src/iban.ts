import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
} from "node:crypto";

/** AES-256-GCM key and the name it goes by in the rows it encrypted. */
export type IbanKey = { readonly id: string; readonly secret: Buffer };

export type SealedIban = {
  readonly ciphertext: Buffer;
  readonly keyId: string;
  readonly country: string;
  readonly lastFour: string;
};

/** @param secret 32 bytes. Its name is the start of its digest, so a row tells which key it needs. */
export function ibanKey(secret: Buffer): IbanKey {
  if (secret.length !== 32) throw new RangeError("An IBAN key has 32 bytes.");
  const id = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  return { id, secret };
}

/** Bound to the account's id: a ciphertext moved to another row does not open. */
export function sealIban(
  key: IbanKey,
  accountId: string,
  iban: string,
): SealedIban {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.secret, iv);
  cipher.setAAD(Buffer.from(accountId));
  const body = Buffer.concat([cipher.update(iban, "utf8"), cipher.final()]);
  return {
    ciphertext: Buffer.concat([iv, cipher.getAuthTag(), body]),
    keyId: key.id,
    country: iban.slice(0, 2),
    lastFour: iban.slice(-4),
  };
}

/** @throws Error when sealed with another key, for another account, or changed since. */
export function openIban(
  key: IbanKey,
  accountId: string,
  sealed: Pick<SealedIban, "ciphertext" | "keyId">,
): string {
  if (sealed.keyId !== key.id)
    throw new Error("The IBAN was sealed with another key.");
  const { ciphertext } = sealed;
  const decipher = createDecipheriv(
    "aes-256-gcm",
    key.secret,
    ciphertext.subarray(0, 12),
  );
  decipher.setAAD(Buffer.from(accountId));
  decipher.setAuthTag(ciphertext.subarray(12, 28));
  const body = decipher.update(ciphertext.subarray(28));
  return Buffer.concat([body, decipher.final()]).toString("utf8");
}

/** `DE•• •••• 1234`: from what is stored in clear, so masking opens nothing. */
export function maskIban(sealed: Pick<SealedIban, "country" | "lastFour">) {
  return `${sealed.country}•• •••• ${sealed.lastFour}`;
}
