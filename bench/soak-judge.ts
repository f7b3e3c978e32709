import { isDeepStrictEqual } from "node:util";
import type { Incoming } from "./post.ts";
import type { Expected, Question, World } from "./soak-questions.ts";

/** What was asked, and when: sent and answered in milliseconds of the timeline's clock. */
export type Asked = {
  readonly question: Question;
  readonly caller: number;
  readonly sent: number;
  readonly answered: number;
};

export type Verdict =
  /** The answer of one of the worlds it may have been made in. */
  | { readonly kind: "right"; readonly world: World }
  | { readonly kind: "wrong"; readonly expected: Expected };

/** Says whether an answer is right in one of these worlds, the first that fits. */
export type Judge = (
  asked: Asked,
  answer: Incoming,
  worlds: readonly World[],
) => Verdict;

/**
 * The JSON of an answer is read and compared once; the same bytes to the same question
 * of the same caller are right again.
 */
export function createJudge(): Judge {
  const known = new Map<string, Incoming>();
  return ({ question, caller }, answer, worlds) => {
    for (const world of worlds) {
      const key = `${question.name}|${caller}|${world.jobs}|${world.leave}`;
      const isRight =
        isSame(known.get(key), answer) ||
        fits(answer, question.expected(caller, world));
      if (!isRight) continue;
      known.set(key, answer);
      return { kind: "right", world };
    }
    const [world = { jobs: "open", leave: "here" } as const] = worlds;
    return { kind: "wrong", expected: question.expected(caller, world) };
  };
}

function isSame(known: Incoming | undefined, { status, body }: Incoming) {
  return known?.status === status && known.body.equals(body);
}

function fits({ status, body }: Incoming, expected: Expected): boolean {
  const { data, errors = [] } = read(body);
  return (
    status === expected.status &&
    isDeepStrictEqual(data, expected.data) &&
    isDeepStrictEqual(
      errors
        .map(({ extensions, path }) => inWords(extensions?.code, path))
        .sort(),
      expected.errors.map(({ code, path }) => inWords(code, path)).sort(),
    )
  );
}

function inWords(code: unknown, path: unknown): string {
  return JSON.stringify({ code, path });
}

type Read = {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly path?: unknown;
    readonly extensions?: { readonly code?: unknown };
  }[];
};

function read(body: Buffer): Read {
  try {
    return JSON.parse(body.toString()) as Read;
  } catch {
    return { data: "no JSON" };
  }
}
