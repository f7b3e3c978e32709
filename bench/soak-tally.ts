import { type RecordableHistogram, createHistogram } from "node:perf_hooks";
import { createJudge } from "./soak-judge.ts";
import type { Answered } from "./soak-load.ts";
import type { Expected } from "./soak-questions.ts";
import type { Timeline } from "./soak-timeline.ts";

/** All that was answered, judged and counted. */
export type Tally = {
  count(answered: Answered): void;
  readonly byQuestion: ReadonlyMap<string, Counts>;
  readonly total: Readonly<Counts>;
  /** The first few, in words. */
  readonly failures: readonly string[];
  /** Latencies in microseconds, by minute since the start. */
  readonly minutes: readonly RecordableHistogram[];
  /** The longest, milliseconds. */
  readonly lateness: { readonly reload: number; readonly recovery: number };
};

export type Counts = {
  right: number;
  /** Right, but for what the subgraph that is away cannot say. */
  allowed: number;
  /** Neither: it need not have been. */
  wrong: number;
};

const shownFailures = 5;
const shownCharacters = 600;
const minuteMs = 60_000;

export function createTally(timeline: Timeline, began: number): Tally {
  const judge = createJudge();
  const byQuestion = new Map<string, Counts>();
  const total = noCounts();
  const failures: string[] = [];
  const minutes: RecordableHistogram[] = [];
  const lateness = { reload: 0, recovery: 0 };

  function note(answered: Answered): keyof Counts {
    const { answer, question, sent } = answered;
    const worlds = timeline
      .worlds(sent, answered.answered)
      .filter(({ leave }) => leave === "here" || question.needsLeave);
    const verdict =
      answer instanceof Error ? undefined : judge(answered, answer, worlds);
    if (verdict?.kind !== "right") {
      if (failures.length < shownFailures)
        failures.push(inWords(answered, began, verdict?.expected));
      return "wrong";
    }
    const { world } = verdict;
    if (world === worlds[0]) return "right";
    const late = timeline.lateness(world, sent, answered.answered);
    lateness.reload = Math.max(lateness.reload, late.reload);
    lateness.recovery = Math.max(lateness.recovery, late.recovery);
    return world.leave === "here" ? "right" : "allowed";
  }

  return {
    ...{ byQuestion, total, failures, minutes, lateness },
    count(answered) {
      const { name } = answered.question;
      const counts = byQuestion.get(name) ?? noCounts();
      byQuestion.set(name, counts);
      const kind = note(answered);
      counts[kind] += 1;
      total[kind] += 1;
      record(minutes, answered, began);
    },
  };
}

function record(
  minutes: RecordableHistogram[],
  { due, answered }: Answered,
  began: number,
): void {
  const minute = Math.floor((due - began) / minuteMs);
  while (minutes.length <= minute) minutes.push(createHistogram());
  const micros = Math.round((answered - due) * 1_000);
  minutes[minute]?.record(Math.max(1, micros));
}

/** What was asked and answered, without the token. */
function inWords(
  { question, caller, sent, answered, answer }: Answered,
  began: number,
  expected: Expected | undefined,
): string {
  const came =
    answer instanceof Error
      ? `${answer.name}: ${answer.message}`
      : `${answer.status} ${shortened(answer.body.toString().trim())}`;
  return [
    `${question.name} by caller ${caller}, sent at ${seconds(sent - began)}, answered at ${seconds(answered - began)}`,
    `  asked: ${question.body}`,
    `  came: ${came}`,
    ...(expected ? [`  right: ${shortened(JSON.stringify(expected))}`] : []),
  ].join("\n");
}

function shortened(text: string): string {
  return text.length > shownCharacters
    ? `${text.slice(0, shownCharacters)}…`
    : text;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function noCounts(): Counts {
  return { right: 0, allowed: 0, wrong: 0 };
}
