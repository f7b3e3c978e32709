import type { World } from "./soak-questions.ts";

/** When what was done to the gateway, in milliseconds of one clock. */
export type Timeline = {
  /** Another supergraph is in its file. */
  wrote(jobs: World["jobs"], at: number): void;
  /** The subgraph that comes and goes is killed. */
  left(at: number): void;
  /** It listens again. */
  back(at: number): void;
  /**
   * The worlds in which an answer may have been made, the newest and soundest first: the
   * supergraph before as long as the new one need not be loaded, the subgraph away as long as
   * it need not be found again.
   */
  worlds(sent: number, answered: number): readonly World[];
  /** How long what showed in an answer had been over when it was asked for. */
  lateness(world: World, sent: number, answered: number): Lateness;
};

/** Milliseconds; 0 when it was not over. */
export type Lateness = { readonly reload: number; readonly recovery: number };

/** How soon the gateway has to answer by what is there. */
export type Bounds = {
  readonly reloadMs: number;
  readonly recoveryMs: number;
};

type Span = { readonly from: number; until: number };

export function createTimeline(
  { reloadMs, recoveryMs }: Bounds,
  began = -Infinity,
): Timeline {
  const supergraphs: (Span & Pick<World, "jobs">)[] = [
    { jobs: "open", from: began, until: Infinity },
  ];
  const outages: Span[] = [];
  return {
    wrote(jobs, at) {
      const last = supergraphs.at(-1);
      if (last) last.until = at;
      supergraphs.push({ jobs, from: at, until: Infinity });
    },
    left: (at) => void outages.push({ from: at, until: Infinity }),
    back(at) {
      const last = outages.at(-1);
      if (last) last.until = at;
    },
    worlds(sent, answered) {
      const isDuring = (grace: number) => (span: Span) =>
        span.from <= answered && sent <= span.until + grace;
      const jobs = supergraphs.filter(isDuring(reloadMs)).reverse();
      const leave = outages.some(isDuring(recoveryMs))
        ? (["here", "away"] as const)
        : (["here"] as const);
      return leave.flatMap((leave) =>
        jobs.map(({ jobs }): World => ({ jobs, leave })),
      );
    },
    lateness({ jobs, leave }, sent, answered) {
      const late = (spans: readonly Span[]) => {
        const last = spans.findLast(({ from }) => from <= answered);
        return Math.max(0, sent - (last?.until ?? Infinity));
      };
      return {
        reload: late(supergraphs.filter((one) => one.jobs === jobs)),
        recovery: leave === "away" ? late(outages) : 0,
      };
    },
  };
}
