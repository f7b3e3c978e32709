import { isJsonObject, type JsonObject } from "./json-segment.ts";
import { readPrivateFile, replacePrivateFile } from "./private-file.ts";

/** Keeps the last good state of what is fetched, for a start while its source is down. Never rejects. */
export type Snapshot<Kept> = {
  /** Null when there is none, none from this source, or none that can be trusted. */
  read(): Promise<Kept | null>;
  write(kept: Kept): Promise<void>;
};

export type SnapshotOptions<Kept> = {
  readonly file: string | undefined;
  /** The address it comes from: another's is never taken over. */
  readonly source: string;
  /** Of what, for messages: `the keys`. */
  readonly of: string;
  /** Called with what was kept. @throws for anything else. */
  readonly parse: (snapshot: JsonObject) => Kept;
  readonly onFault: (reason: string) => void;
};

export function createSnapshot<Kept extends object>({
  file,
  source,
  of,
  parse,
  onFault,
}: SnapshotOptions<Kept>): Snapshot<Kept> {
  return {
    async read() {
      if (file === undefined) return null;
      try {
        const text = await readPrivateFile(file);
        const snapshot: unknown = text === null ? null : JSON.parse(text);
        return isJsonObject(snapshot) && snapshot["source"] === source
          ? parse(snapshot)
          : null;
      } catch {
        onFault(`The snapshot of ${of} cannot be read.`);
        return null;
      }
    },
    async write(kept) {
      if (file === undefined) return;
      const text = JSON.stringify({ source, ...kept });
      await replacePrivateFile(file, text).catch(() =>
        onFault(`The snapshot of ${of} cannot be written.`),
      );
    },
  };
}
