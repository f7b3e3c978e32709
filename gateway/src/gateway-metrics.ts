import {
  type Snapshot,
  counter,
  createCounts,
  createDurations,
  errorCodes,
  gauge,
  histogram,
  sample,
  samplesOf,
} from "@hr/service";
import { type Outcome, outcomes } from "./answer-outcome.ts";
import { type CacheMetrics, createCacheMetrics } from "./cache-metrics.ts";
import {
  type SubgraphsMetrics,
  createSubgraphsMetrics,
} from "./subgraph-metrics.ts";

const tiers = ["prepared", "full"] as const;
const reloads = ["loaded", "unchanged", "refused"] as const;

/** Whether a request ran as prepared before, or through the whole of Apollo Server. */
export type Tier = (typeof tiers)[number];
export type Reload = (typeof reloads)[number];

/**
 * What a gateway counts as it works: plain numbers, a few nanoseconds each, put in
 * words only when they are read. Whatever clients send, the series stay the same.
 */
export type GatewayMetrics = Pick<SubgraphsMetrics, "subgraph"> &
  Pick<CacheMetrics, "observeCache"> & {
    request(tier: Tier, outcome: Outcome, ms: number): void;
    /** The code of an error in an answer; `other` where docs/errors.md lists none such. */
    error(code: unknown): void;
    /** Selections that were denied, or would have been (dry run). */
    denied(count: number): void;
    /** Whoever enters leaves once, planned or not. */
    readonly planning: {
      enter(): void;
      leave(waitedMs: number, tookMs: number): void;
    };
    /** An operation that only the stock executor can run. */
    fallback(): void;
    /** A supergraph that came after the first. */
    reload(result: Reload): void;
    readonly read: () => Snapshot;
  };

export function createGatewayMetrics(options: {
  readonly isDryRun: boolean;
}): GatewayMetrics {
  const parts = [
    createRequestMetrics(),
    createPlanningMetrics(),
    createSupergraphMetrics(),
    createCacheMetrics(),
    createSubgraphsMetrics(),
  ] as const;
  const [requests, planning, supergraph, caches, subgraphs] = parts;
  const dryRun = gauge(
    "hr_gateway_authorization_dry_run",
    "1 while denials are only reported and nothing is taken out.",
    [sample(Number(options.isDryRun))],
  );
  return {
    ...requests,
    ...{ planning, fallback: planning.fallback, reload: supergraph.reload },
    ...{ observeCache: caches.observeCache, subgraph: subgraphs.subgraph },
    read: () => [
      ...parts.flatMap((part) => part.read()),
      { ...dryRun, aggregator: "max" },
    ],
  };
}

function createRequestMetrics() {
  const answered = {
    prepared: { counts: createCounts(outcomes), durations: createDurations() },
    full: { counts: createCounts(outcomes), durations: createDurations() },
  };
  const byTier = tiers.map((tier) => [{ tier }, answered[tier]] as const);
  const errors = new Map([...errorCodes, "other"].map((code) => [code, 0]));
  let denials = 0;
  return {
    request(tier: Tier, outcome: Outcome, ms: number) {
      const { counts, durations } = answered[tier];
      counts[outcome] += 1;
      durations.observe(ms);
    },
    error(code: unknown) {
      const known = typeof code === "string" && errors.has(code);
      const word = known ? code : "other";
      errors.set(word, (errors.get(word) ?? 0) + 1);
    },
    denied(count: number) {
      denials += count;
    },
    read: (): Snapshot => [
      counter(
        "hr_gateway_requests_total",
        "GraphQL requests answered, by the way they took and how they ended.",
        byTier.flatMap(([at, { counts }]) => samplesOf(counts, "outcome", at)),
      ),
      histogram(
        "hr_gateway_request_duration_seconds",
        "From a request's arrival to its answer.",
        byTier.map(([at, { durations }]) => [at, durations]),
      ),
      counter(
        "hr_gateway_errors_total",
        "Errors in answers, by code.",
        samplesOf(Object.fromEntries(errors), "code"),
      ),
      counter(
        "hr_gateway_denials_total",
        "Selections the caller's scopes or a policy kept from it.",
        [sample(denials)],
      ),
    ],
  };
}

function createPlanningMetrics() {
  const waits = createDurations();
  const plans = createDurations();
  let length = 0;
  let fallbacks = 0;
  return {
    enter() {
      length += 1;
    },
    leave(waitedMs: number, tookMs: number) {
      length -= 1;
      waits.observe(waitedMs);
      plans.observe(tookMs);
    },
    fallback: () => {
      fallbacks += 1;
    },
    read: (): Snapshot => [
      gauge(
        "hr_gateway_planning_queue_length",
        "Operations that wait to be planned, or are being planned.",
        [sample(length)],
      ),
      histogram(
        "hr_gateway_planning_wait_duration_seconds",
        "How long operations waited to be planned.",
        [[{}, waits]],
      ),
      histogram(
        "hr_gateway_planning_duration_seconds",
        "How long planning and compiling an operation took.",
        [[{}, plans]],
      ),
      counter(
        "hr_gateway_stock_fallbacks_total",
        "Operations whose plan only the stock executor can run.",
        [sample(fallbacks)],
      ),
    ],
  };
}

function createSupergraphMetrics() {
  const counts = createCounts(reloads);
  let loadedAt = Date.now();
  let isRefused = false;
  return {
    reload: (result: Reload) => {
      counts[result] += 1;
      isRefused = result === "refused";
      if (result === "loaded") loadedAt = Date.now();
    },
    read: (): Snapshot => [
      counter(
        "hr_gateway_supergraph_reloads_total",
        "Supergraphs that came after the first, by what became of them.",
        samplesOf(counts, "result"),
      ),
      {
        ...gauge(
          "hr_gateway_supergraph_last_reload_successful",
          "0 while the newest supergraph is refused and an older one serves.",
          [sample(Number(!isRefused))],
        ),
        aggregator: "min",
      },
      {
        ...gauge(
          "hr_gateway_supergraph_loaded_timestamp_seconds",
          "When the supergraph that serves was loaded; of several workers, the oldest.",
          [sample(loadedAt / 1_000)],
        ),
        aggregator: "min",
      },
    ],
  };
}
