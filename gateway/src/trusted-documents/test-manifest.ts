import { type Manifest, readManifest, sha256 } from "./manifest.ts";

/** An entry as a build writes it; what is left out follows from the body. */
export type Entry = {
  readonly name: string;
  readonly body: string;
  readonly id?: string;
  readonly type?: string;
};

/** The text of a manifest. */
export function manifestText(...entries: readonly Entry[]): string {
  const operations = entries.map((entry) => ({
    id: sha256(entry.body),
    type: "query",
    ...entry,
  }));
  return JSON.stringify({
    format: "apollo-persisted-query-manifest",
    version: 1,
    operations,
  });
}

export function manifestOf(...entries: readonly Entry[]): Manifest {
  return readManifest(manifestText(...entries), 1_000);
}
