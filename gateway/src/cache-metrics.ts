import { type Snapshot, counter, gauge, sample } from "@hr/service";

const names = ["documents", "decisions", "plans", "tokens"] as const;

export type CacheName = (typeof names)[number];

export type CacheStats = {
  readonly entries: number;
  /** As the cache measures them; 0 where it counts entries only. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
};

export type CacheMetrics = {
  /**
   * Asks for its figures when they are read. Several of one name are added up.
   * @returns how to end it: what was counted stays, what it holds is forgotten.
   */
  readonly observeCache: (
    name: CacheName,
    stats: () => CacheStats,
  ) => () => void;
  readonly read: () => Snapshot;
};

export function createCacheMetrics(): CacheMetrics {
  const known = names.map((name) => ({
    name,
    ended: nothing,
    living: new Set<() => CacheStats>(),
  }));
  return {
    observeCache(name, stats) {
      const cache = known.find((one) => one.name === name);
      cache?.living.add(stats);
      return () => {
        if (!cache?.living.delete(stats)) return;
        cache.ended = add(cache.ended, { ...stats(), entries: 0, bytes: 0 });
      };
    },
    read() {
      const now = known.map(
        ({ name, ended, living }) =>
          [
            { cache: name },
            [...living].map((stats) => stats()).reduce(add, ended),
          ] as const,
      );
      const of = (figure: keyof CacheStats) =>
        now.map(([labels, stats]) => sample(stats[figure], labels));
      return [
        gauge("hr_gateway_cache_entries", "What a cache holds.", of("entries")),
        gauge(
          "hr_gateway_cache_size_bytes",
          "How much that is, where the cache measures it.",
          of("bytes"),
        ),
        counter("hr_gateway_cache_hits_total", "Found in a cache.", of("hits")),
        counter(
          "hr_gateway_cache_misses_total",
          "Looked for in a cache in vain.",
          of("misses"),
        ),
        counter(
          "hr_gateway_cache_evictions_total",
          "Given up by a cache that was full.",
          of("evictions"),
        ),
      ];
    },
  };
}

const nothing: CacheStats = {
  entries: 0,
  bytes: 0,
  hits: 0,
  misses: 0,
  evictions: 0,
};

function add(one: CacheStats, other: CacheStats): CacheStats {
  return {
    entries: one.entries + other.entries,
    bytes: one.bytes + other.bytes,
    hits: one.hits + other.hits,
    misses: one.misses + other.misses,
    evictions: one.evictions + other.evictions,
  };
}
