import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { openSoakCallers } from "./soak-callers.ts";
import { disturb } from "./soak-disturbances.ts";
import { createSoakLoad } from "./soak-load.ts";
import { type SoakSample, takeSamples } from "./soak-samples.ts";
import { type SoakStage, openSoakStage } from "./soak-stage.ts";
import { type Soaked, faultsOf, summaryOf } from "./soak-summary.ts";
import { type Tally, createTally } from "./soak-tally.ts";
import { createTimeline } from "./soak-timeline.ts";

/**
 * The gateway under load for a long time while what stands around it changes: whether
 * a request fails that need not fail, and whether the heap grows. See `soak.md`.
 */
const { minutes, load: share } = readOptions();
const bounds = { reloadMs: 3_000, recoveryMs: 5_000 };
const warmUpSeconds = 10;
const capacitySeconds = 10;
const capacityConnections = 64;

const folder = await mkdtemp(join(tmpdir(), "soak-"));
try {
  const stage = await openSoakStage(folder);
  const soaked = await soak(stage).finally(() => stage.close());
  process.stdout.write(summaryOf(soaked));
  if (faultsOf(soaked).length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function soak(stage: SoakStage): Promise<Soaked> {
  const callers = await openSoakCallers(stage.issuer);
  const timeline = createTimeline(bounds);
  const samples: SoakSample[] = [];
  // While capacity is measured answers have to be right as well.
  let tally = createTally(timeline, performance.now());
  const load = createSoakLoad({
    ...{ url: `${stage.gateway.url}/graphql`, callers },
    onAnswer: (answered) => tally.count(answered),
  });
  try {
    await load.closed(capacityConnections, warmUpSeconds);
    demandRight(tally);
    const capacity = await load.closed(capacityConnections, capacitySeconds);
    demandRight(tally);
    const rate = capacity * share;
    say(`capacity ${capacity.toFixed(0)}/s, load ${rate.toFixed(0)}/s`);
    const time = { began: performance.now(), seconds: minutes * 60 };
    tally = createTally(timeline, time.began);
    const disturbances = disturb({ stage, callers, timeline }, time);
    await Promise.all([
      load.open(rate, time),
      disturbances.done,
      takeSamples(stage.gateway, time, (sample) => {
        samples.push(sample);
        sayProgress(sample, tally, load.waiting().now);
      }),
    ]);
    const { now: unanswered, most: mostWaiting } = load.waiting();
    return {
      ...{ minutes, capacity, rate, tally, disturbances, samples, bounds },
      ...{ mostWaiting, unanswered, tokens: callers.issued() },
    };
  } finally {
    callers.close();
    await load.close();
  }
}

/** @throws Error showing the first wrong answers. */
function demandRight({ total, failures }: Tally): void {
  if (total.wrong > 0)
    throw new Error(`Wrong before anything happened:\n${failures.join("\n")}`);
}

function sayProgress(
  { at, heapUsed, rss, lagP99, busy }: SoakSample,
  { total, minutes }: Tally,
  waiting: number,
): void {
  const p99 = (minutes.at(-1)?.percentile(99) ?? 0) / 1_000;
  say(
    [
      `${at.toFixed(0)} s`,
      `right ${total.right}, allowed ${total.allowed}, wrong ${total.wrong}`,
      `p99 ${p99.toFixed(1)} ms`,
      `late ${lagP99.toFixed(1)} ms`,
      `${busy.toFixed(2)} cores`,
      `heap ${(heapUsed / 1e6).toFixed(1)} MB`,
      `resident ${(rss / 1e6).toFixed(0)} MB`,
      `under way ${waiting}`,
    ].join("  "),
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      load: { type: "string", default: "0.8" },
    },
  });
  const [minutes, load] = [Number(values.minutes), Number(values.load)];
  if (!(minutes >= 1 && minutes <= 1_440))
    throw new Error("--minutes: give a number from 1 to 1440");
  if (!(load > 0 && load <= 1))
    throw new Error("--load: give a share of the capacity, such as 0.8");
  return { minutes, load };
}
