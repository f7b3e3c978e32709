import { describe, expect, test } from "@jest/globals";
import { createJudge } from "./soak-judge.ts";
import { type Question, type World, questions } from "./soak-questions.ts";

const open: World = { jobs: "open", leave: "here" };
const locked: World = { jobs: "locked", leave: "here" };
const away: World = { jobs: "open", leave: "away" };
/** Of all scopes 1 lacks that for job titles; 2 lacks that for pay. */
const [titleless, payless] = [1, 2];

test("the right answer is right, also the second time", () => {
  const judge = createJudge();
  const asked = of("me", titleless);
  const right = { kind: "right", world: open };
  expect(judge(asked, answered(asked, open), [open])).toEqual(right);
  expect(judge(asked, answered(asked, open), [open])).toEqual(right);
});

test("the same bytes under another status are wrong", () => {
  const judge = createJudge();
  const asked = of("me", titleless);
  const answer = answered(asked, open);
  judge(asked, answer, [open]);
  expect(judge(asked, { ...answer, status: 500 }, [open]).kind).toBe("wrong");
});

test("another caller's answer is wrong", () => {
  const answer = answered(of("me", 5), open);
  expect(createJudge()(of("me", 1), answer, [open]).kind).toBe("wrong");
});

describe("the answer by one supergraph", () => {
  const asked = of("me", titleless);
  const answer = answered(asked, locked);

  test("is right while it is in force", () => {
    expect(createJudge()(asked, answer, [open, locked])).toEqual({
      kind: "right",
      world: locked,
    });
  });

  test("is wrong when it is not", () => {
    expect(createJudge()(asked, answer, [open]).kind).toBe("wrong");
  });

  test("is the same for who has the scope", () => {
    const asked = of("me", payless);
    const answer = answered(asked, locked);
    expect(createJudge()(asked, answer, [open]).kind).toBe("right");
  });
});

describe("an answer that lacks what the subgraph away would say", () => {
  const asked = of("join of 5", payless);
  const answer = answered(asked, away);

  test("is right while it may be away", () => {
    expect(createJudge()(asked, answer, [open, away])).toEqual({
      kind: "right",
      world: away,
    });
  });

  test("is wrong while it is here", () => {
    expect(createJudge()(asked, answer, [open]).kind).toBe("wrong");
  });

  test("is wrong when the error stands at another path", () => {
    const elsewhere = answer.body.toString().replace('"nodes",0', '"nodes",1');
    const moved = { status: 200, body: Buffer.from(elsewhere) };
    expect(createJudge()(asked, moved, [open, away]).kind).toBe("wrong");
  });
});

test("a forged token has to be refused", () => {
  const asked = of("me, forged token", 1);
  expect(createJudge()(asked, answered(asked, open), [open]).kind).toBe(
    "right",
  );
  const granted = answered(of("me", 1), open);
  expect(createJudge()(asked, granted, [open]).kind).toBe("wrong");
});

test("an answer that is no JSON is wrong", () => {
  const answer = { status: 200, body: Buffer.from("<html>") };
  expect(createJudge()(of("me", 1), answer, [open]).kind).toBe("wrong");
});

function of(name: string, caller: number) {
  const question = questions.find((one) => one.name === name);
  if (!question) throw new Error(`Nobody asks ${name}`);
  return { question, caller, sent: 0, answered: 1 };
}

function answered(
  { question, caller }: { question: Question; caller: number },
  world: World,
) {
  const { status, data, errors } = question.expected(caller, world);
  const told = errors.map(({ code, path }) => ({ path, extensions: { code } }));
  return { status, body: Buffer.from(JSON.stringify({ data, errors: told })) };
}
