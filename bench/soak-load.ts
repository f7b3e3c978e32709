import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Incoming, createPoster } from "./post.ts";
import type { SoakCallers } from "./soak-callers.ts";
import type { Asked } from "./soak-judge.ts";
import { questions } from "./soak-questions.ts";

/** Somebody's question and what came of it. */
export type Answered = Asked & {
  /** When it should have been sent; what it waited since is part of its latency. */
  readonly due: number;
  readonly answer: Incoming | Error;
};

export type SoakLoad = {
  /**
   * Keeps some connections busy for so long.
   * @returns requests a second
   */
  closed(connections: number, seconds: number): Promise<number>;
  /** Sends at random moments, whatever is still under way, until all is answered. */
  open(rate: number, time: Time): Promise<void>;
  /** Requests without an answer, now and at most. */
  readonly waiting: () => { readonly now: number; readonly most: number };
  close(): Promise<void>;
};

/** Of the run. */
export type Time = {
  /** Milliseconds, as `performance.now()`. */
  readonly began: number;
  readonly seconds: number;
};

export type SoakLoadOptions = {
  readonly url: string;
  readonly callers: SoakCallers;
  readonly onAnswer: (answered: Answered) => void;
};

/** Above it requests wait here, as they would in so many clients. */
const connections = 256;
const drainMs = 60_000;

/** Asks all questions in turn, each as the next caller. */
export function createSoakLoad(options: SoakLoadOptions): SoakLoad {
  const { callers, onAnswer } = options;
  const poster = createPoster(options.url, connections);
  let turn = 0;
  let waiting = 0;
  let most = 0;

  function send(due: number, done: () => void): void {
    const { [turn % questions.length]: question } = questions;
    if (!question) throw new Error("There is nothing to ask");
    // No question is for some callers alone: the strides have no common factor.
    const caller =
      (turn * 61 + Math.floor(turn / questions.length)) % callers.count;
    turn += 1;
    waiting += 1;
    most = Math.max(most, waiting);
    const token = callers.token(caller, question.credential);
    const sent = performance.now();
    const end = (answer: Incoming | Error) => {
      waiting -= 1;
      const answered = performance.now();
      onAnswer({ question, caller, due, sent, answered, answer });
      done();
    };
    const { body } = question;
    poster.post({ authorization: `Bearer ${token}`, body }, end, end);
  }

  return {
    async closed(connections, seconds) {
      const began = performance.now();
      const end = began + seconds * 1_000;
      let count = 0;
      const worker = async () => {
        for (; performance.now() < end; count += 1)
          await new Promise<void>((resolve) =>
            send(performance.now(), resolve),
          );
      };
      await Promise.all(Array.from({ length: connections }, worker));
      return (count * 1_000) / (performance.now() - began);
    },
    async open(rate, { began, seconds }) {
      const end = began + seconds * 1_000;
      let due = began + gap(rate);
      while (due < end) {
        for (; due <= performance.now() && due < end; due += gap(rate))
          send(due, nothing);
        await sleep(1);
      }
      const until = performance.now() + drainMs;
      while (waiting > 0 && performance.now() < until) await sleep(10);
    },
    waiting: () => ({ now: waiting, most }),
    close: () => poster.close(),
  };
}

/** Milliseconds until the next one, as of many who know nothing of each other. */
function gap(rate: number): number {
  return (-Math.log(1 - Math.random()) * 1_000) / rate;
}

function nothing(): void {
  // Whoever sends at a rate waits for no answer.
}
