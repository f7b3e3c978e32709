import {
  type Counts,
  type Durations,
  type Snapshot,
  counter,
  createCounts,
  createDurations,
  gauge,
  histogram,
  sample,
  samplesOf,
} from "@hr/service";

const outcomes = [
  "answered",
  "unusable",
  "refused",
  "late",
  "unreachable",
  "left-alone",
  "queue-full",
  "abandoned",
  "failed",
] as const;
const breakerStates = ["closed", "half-open", "open"] as const;

/**
 * `unusable`: too large, or no GraphQL; `refused`: the gateway's credential;
 * `left-alone`: not sent, since its breaker is open; `queue-full`: not sent, since too
 * many wait; `abandoned`: nobody waits for it any more; `failed`: on this side.
 */
export type SubgraphOutcome = (typeof outcomes)[number];
export type BreakerState = (typeof breakerStates)[number];

export type SubgraphMetrics = {
  begin(): void;
  /** Once for each that began. */
  end(outcome: SubgraphOutcome, ms: number): void;
  /** In the place of whatever was observed before. */
  observeBreaker(state: () => BreakerState): void;
};

export type SubgraphsMetrics = {
  /** The same for the same name, for good. Names are those of the supergraph. */
  readonly subgraph: (name: string) => SubgraphMetrics;
  readonly read: () => Snapshot;
};

type Measured = {
  readonly ended: Counts<SubgraphOutcome>;
  readonly durations: Durations;
  underWay: number;
  breaker: () => BreakerState;
};

export function createSubgraphsMetrics(): SubgraphsMetrics {
  const known = new Map<string, Measured & SubgraphMetrics>();
  return {
    subgraph(name) {
      const subgraph = known.get(name) ?? createSubgraphMetrics();
      known.set(name, subgraph);
      return subgraph;
    },
    read() {
      const all = Array.from(
        known,
        ([name, one]) => [{ subgraph: name }, one] as const,
      );
      return [
        counter(
          "hr_gateway_subgraph_requests_total",
          "Requests to a subgraph that ended, by how.",
          all.flatMap(([at, { ended }]) => samplesOf(ended, "outcome", at)),
        ),
        histogram(
          "hr_gateway_subgraph_request_duration_seconds",
          "How long requests to a subgraph took.",
          all.map(([at, { durations }]) => [at, durations]),
        ),
        gauge(
          "hr_gateway_subgraph_requests_in_flight",
          "Requests to a subgraph under way or waiting for their turn.",
          all.map(([at, { underWay }]) => sample(underWay, at)),
        ),
        gauge(
          "hr_gateway_subgraph_breaker_state",
          "1 at the state the circuit breaker is in; of several workers, how many.",
          all.flatMap(([at, { breaker }]) =>
            samplesOf(only(breaker()), "state", at),
          ),
        ),
      ];
    },
  };
}

function createSubgraphMetrics(): Measured & SubgraphMetrics {
  const measured: Measured & SubgraphMetrics = {
    ended: createCounts(outcomes),
    durations: createDurations(),
    underWay: 0,
    breaker: () => "closed",
    begin() {
      measured.underWay += 1;
    },
    end(outcome, ms) {
      measured.underWay -= 1;
      measured.ended[outcome] += 1;
      measured.durations.observe(ms);
    },
    observeBreaker(state) {
      measured.breaker = state;
    },
  };
  return measured;
}

function only(state: BreakerState): Counts<BreakerState> {
  return { ...createCounts(breakerStates), [state]: 1 };
}
