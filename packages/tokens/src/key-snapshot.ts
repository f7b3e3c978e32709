import { isJsonObject, type JsonObject } from "./json-segment.ts";
import { readPrivateFile, replacePrivateFile } from "./private-file.ts";

/** The last good key set, kept for a start while the issuer is down. */
export type KeySnapshot = {
  /** The issuer or address it came from: another's keys are never taken over. */
  readonly source: string;
  /** Epoch milliseconds. */
  readonly loadedAt: number;
  readonly jwks: JsonObject;
};

/**
 * @returns null when there is none, or none from this source.
 * @throws Error when the file is unreadable, malformed or open to others.
 */
export async function readKeySnapshot(
  file: string,
  source: string,
): Promise<KeySnapshot | null> {
  const text = await readPrivateFile(file);
  if (text === null) return null;
  const snapshot: unknown = JSON.parse(text);
  if (!isJsonObject(snapshot) || snapshot["source"] !== source) return null;
  const { loadedAt, jwks } = snapshot;
  if (typeof loadedAt !== "number" || !isJsonObject(jwks))
    throw new Error("The snapshot is malformed.");
  return { source, loadedAt, jwks };
}

export async function writeKeySnapshot(
  file: string,
  snapshot: KeySnapshot,
): Promise<void> {
  await replacePrivateFile(file, JSON.stringify(snapshot));
}
