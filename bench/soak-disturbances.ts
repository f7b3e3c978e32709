import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { listInternalKeys, rotateInternalKeys } from "@hr/tokens";
import type { SubgraphReport } from "./contenders/soak-subgraph.ts";
import type { SoakCallers } from "./soak-callers.ts";
import type { Time } from "./soak-load.ts";
import type { World } from "./soak-questions.ts";
import { type SoakStage, keysEveryMs } from "./soak-stage.ts";
import type { Timeline } from "./soak-timeline.ts";

/** What is done to the gateway while it is asked. */
export type Disturbances = {
  readonly counts: Readonly<Record<Disturbance, number>>;
  readonly noted: Readonly<Noted>;
  /** Resolves when the last one is over. */
  readonly done: Promise<void>;
};

type Noted = {
  /** From a rotation of internal keys until a subgraph saw a token by the new one. */
  slowestKeyMs: number;
  /** What was not as it has to be, beside answers. */
  readonly faults: string[];
};

const disturbances = [
  "supergraph",
  "issuer's key",
  "internal key",
  "outage",
  "revocation",
] as const;
export type Disturbance = (typeof disturbances)[number];

export type Disturbed = {
  readonly stage: SoakStage;
  readonly callers: SoakCallers;
  readonly timeline: Timeline;
};

/** Seconds: the first one, and from one to the next. */
const schedule: Readonly<
  Record<Disturbance, { readonly first: number; readonly every: number }>
> = {
  supergraph: { first: 8, every: 20 },
  "issuer's key": { first: 25, every: 60 },
  "internal key": { first: 20, every: 60 },
  outage: { first: 12, every: 30 },
  revocation: { first: 5, every: 15 },
};
/** How long the subgraph is left dead before somebody starts it again. */
const outageMs = 5_000;
/** Nothing begins so shortly before the end, so that its end is seen. */
const restSeconds = 16;
/** The next time the file is read, and some time on a busy machine. */
export const keyBoundMs = keysEveryMs + 5_000;

/** Ends by itself, some time before the run does. */
export function disturb(
  disturbed: Disturbed,
  { began, seconds }: Time,
): Disturbances {
  const counts = {
    supergraph: 0,
    "issuer's key": 0,
    "internal key": 0,
    outage: 0,
    revocation: 0,
  };
  const noted: Noted = { slowestKeyMs: 0, faults: [] };
  const acts = createActs(disturbed, noted);

  async function repeat(what: Disturbance): Promise<void> {
    const { first, every } = schedule[what];
    for (let at = first; at < seconds - restSeconds; at += every) {
      await sleep(Math.max(0, began + at * 1_000 - performance.now()));
      await acts[what]();
      counts[what] += 1;
    }
  }

  const done = Promise.all(disturbances.map(repeat)).then(() => undefined);
  return { counts, noted, done };
}

function createActs(
  { stage, callers, timeline }: Disturbed,
  noted: Noted,
): Readonly<Record<Disturbance, () => Promise<void>>> {
  let jobs: World["jobs"] = "open";
  return {
    async supergraph() {
      jobs = jobs === "open" ? "locked" : "open";
      timeline.wrote(jobs, performance.now());
      await stage.write(jobs);
    },
    "issuer's key": () => stage.issuer.rotate(),
    async "internal key"() {
      const began = performance.now();
      // As by `hr keys rotate --gateway --force`: two in a quarter of an hour need the force.
      await rotateInternalKeys(stage.keysFile, { force: true });
      const keys = await listInternalKeys(stage.keysFile);
      const active = keys.find((key) => key.stage === "active")?.kid ?? "";
      const passed = () => performance.now() - began;
      while (passed() < keyBoundMs && !(await isInUse(stage, active)))
        await sleep(250);
      if (passed() >= keyBoundMs)
        noted.faults.push(
          `${keyBoundMs / 1_000} s after a rotation no subgraph has seen the new internal key`,
        );
      noted.slowestKeyMs = Math.max(noted.slowestKeyMs, passed());
    },
    async outage() {
      timeline.left(performance.now());
      await stage.subgraph("leave").kill();
      await sleep(outageMs);
      await stage.start("leave");
      timeline.back(performance.now());
    },
    revocation: () => callers.revokeSome(),
  };
}

async function isInUse(stage: SoakStage, kid: string): Promise<boolean> {
  const report = await stage.subgraph("employee").report<SubgraphReport>();
  return report.kids.includes(kid);
}
