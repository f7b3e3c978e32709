import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
} from "node:crypto";

export type Sealer = {
  /** Nonce, tag, ciphertext. The context is authenticated, so sealed texts cannot be swapped. */
  seal(text: string, context: string): Buffer;
  /** @throws Error if it was sealed under another secret, or for another context. */
  unseal(sealed: Buffer, context: string): string;
  /** A keyed digest, for what is too short to be hidden by a plain one. */
  digest(text: string): string;
};

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM and HMAC-SHA-256 under keys derived for one purpose (RFC 5869). */
export function createSealer(secret: string, purpose: string): Sealer {
  const derive = (name: string) =>
    Buffer.from(hkdfSync("sha256", secret, "", name, 32));
  const key = derive(purpose);
  const digestKey = derive(`${purpose} digest`);
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        cipher.update(text, "utf8"),
        cipher.final(),
      ]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    unseal(sealed, context) {
      const nonce = sealed.subarray(0, nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = decipher.update(sealed.subarray(nonceBytes + tagBytes));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
    digest: (text) =>
      createHmac("sha256", digestKey).update(text).digest("base64url"),
  };
}
