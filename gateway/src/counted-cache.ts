import { LRUCache } from "lru-cache";
import type { CacheStats } from "./cache-metrics.ts";

export type CountedCache<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  readonly stats: () => CacheStats;
};

export type CacheBounds<Value> = {
  readonly entries: number;
  /** What all of them may come to. One of more than a fiftieth is not kept: it would drive out others. */
  readonly bytes?: number;
  readonly bytesOf?: (value: Value, key: string) => number;
};

/** Keeps what was used last, within its bounds, and counts how well that serves. */
export function createCountedCache<Value extends object>(
  bounds: CacheBounds<Value>,
): CountedCache<Value> {
  const { entries, bytes, bytesOf } = bounds;
  let hits = 0;
  let misses = 0;
  let evictions = 0;
  const cache = new LRUCache<string, Value>({
    max: entries,
    ...(bytes !== undefined && {
      maxSize: bytes,
      maxEntrySize: Math.ceil(bytes / 50),
    }),
    ...(bytesOf && { sizeCalculation: bytesOf }),
    dispose(_value, _key, reason) {
      if (reason === "evict") evictions += 1;
    },
  });
  return {
    get(key) {
      const value = cache.get(key);
      if (value) hits += 1;
      else misses += 1;
      return value;
    },
    set(key, value) {
      cache.set(key, value);
    },
    stats: () => ({
      entries: cache.size,
      bytes: cache.calculatedSize,
      ...{ hits, misses, evictions },
    }),
  };
}
