import { createHash } from "node:crypto";
import { join } from "node:path";
import { readPrivate, writePrivate } from "./private-file.ts";

/** Those we look at; there are more. */
export type Claims = { readonly exp: number; readonly scope?: string };

const spareSeconds = 30;

/**
 * The token kept under these words, else a new one, which is kept, for its owner's
 * eyes only, until 30 s before it expires.
 */
export async function cachedToken(
  folder: string,
  words: readonly string[],
  make: () => Promise<string>,
): Promise<string> {
  const name = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  const file = join(folder, name);
  const kept = await readPrivate(file);
  if (kept !== undefined && isFresh(kept)) return kept;
  const made = await make();
  await writePrivate(file, made);
  return made;
}

/** Whether a token can still be used for a while. */
export function isFresh(token: string): boolean {
  return secondsLeft(claimsOf(token)) > spareSeconds;
}

/** Unverified: for display, and for a token that was just issued to us. */
export function claimsOf(token: string): Claims {
  const part = token.split(".")[1] ?? "";
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Claims;
}

export function secondsLeft({ exp }: Claims): number {
  return exp - Date.now() / 1000;
}
