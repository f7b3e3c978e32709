import type { JSONWebKeySet } from "jose";
import { isJsonObject } from "./json-segment.ts";
import { keyFinder } from "./keys.ts";
import { readPrivateFile, replacePrivateFile } from "./private-file.ts";

/** The last good key set. */
export type KeptKeys = {
  readonly jwks: JSONWebKeySet;
  /** Epoch milliseconds. */
  readonly loadedAt: number;
};

export type KeySnapshot = {
  /** Null when there is none, none from this source, or none that can be trusted. */
  read(): Promise<KeptKeys | null>;
  write(kept: KeptKeys): Promise<void>;
};

export type SnapshotOptions = {
  readonly file: string | undefined;
  /** The issuer or address the keys come from: another's are never taken over. */
  readonly source: string;
  readonly onFault: (reason: string) => void;
};

/** Keeps the last good key set for a start while the issuer is down. Never rejects. */
export function createKeySnapshot(options: SnapshotOptions): KeySnapshot {
  const { file, source, onFault } = options;
  return {
    async read() {
      if (file === undefined) return null;
      try {
        const text = await readPrivateFile(file);
        return text === null ? null : parse(text, source);
      } catch {
        onFault("The snapshot of the keys cannot be read.");
        return null;
      }
    },
    async write(kept) {
      if (file === undefined) return;
      const text = JSON.stringify({ source, ...kept });
      await replacePrivateFile(file, text).catch(() =>
        onFault("The snapshot of the keys cannot be written."),
      );
    },
  };
}

function parse(text: string, source: string): KeptKeys | null {
  const snapshot: unknown = JSON.parse(text);
  if (!isJsonObject(snapshot) || snapshot["source"] !== source) return null;
  const { loadedAt } = snapshot;
  const jwks = snapshot["jwks"] as JSONWebKeySet;
  keyFinder(jwks);
  if (typeof loadedAt !== "number")
    throw new Error("The snapshot has no time.");
  return { jwks, loadedAt };
}
