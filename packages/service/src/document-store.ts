import type { DocumentStore as ApolloDocumentStore } from "@apollo/server";
import type { DocumentNode } from "graphql";

/**
 * Documents that were parsed and found valid. Apollo Server keeps them here by keys
 * of its own; the prepared path finds them by their text.
 */
export type DocumentStore = ApolloDocumentStore & {
  find(text: string): DocumentNode | undefined;
};

export type DocumentBounds = {
  readonly documents: number;
  /** Of all texts together: a parsed document takes about a hundred bytes for each. */
  readonly characters: number;
};

type Kept = { readonly key: string; readonly document: DocumentNode };

/** Forgets those that were not asked for longest. A document without its text is not kept. */
export function createDocumentStore({
  documents = 2_000,
  characters = 500_000,
}: Partial<DocumentBounds> = {}): DocumentStore {
  // In the order they were last asked for.
  const kept = new Map<string, Kept>();
  const texts = new Map<string, string>();
  let length = 0;

  function drop(text: string): void {
    const one = kept.get(text);
    if (!one) return;
    kept.delete(text);
    texts.delete(one.key);
    length -= text.length;
  }

  function find(text: string): DocumentNode | undefined {
    const one = kept.get(text);
    if (!one) return undefined;
    kept.delete(text);
    kept.set(text, one);
    return one.document;
  }

  function keep(text: string, one: Kept): void {
    drop(text);
    kept.set(text, one);
    texts.set(one.key, text);
    length += text.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= documents && length <= characters) return;
      drop(oldest);
    }
  }

  return {
    find,
    get: (key) => Promise.resolve(find(texts.get(key) ?? "")),
    set(key, document) {
      const text = document.loc?.source.body;
      if (text !== undefined && text.length <= characters)
        keep(text, { key, document });
      return Promise.resolve();
    },
    delete(key) {
      drop(texts.get(key) ?? "");
      return Promise.resolve(true);
    },
  };
}
