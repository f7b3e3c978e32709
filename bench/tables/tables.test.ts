import { expect, test } from "@jest/globals";
import type { Sample } from "../measure.ts";
import type { Results } from "../rounds.ts";
import type { Suite } from "../suites.ts";
import { detailTable } from "./detail-table.ts";
import { growthTable } from "./growth-table.ts";
import { processTable } from "./process-table.ts";
import { ratioTable } from "./ratio-table.ts";

test("a ratio is taken within each round, not between medians", () => {
  const results = resultsOf([
    { "me ours": { cpu: 1 }, "me floor": { cpu: 2 } },
    { "me ours": { cpu: 9 }, "me floor": { cpu: 3 } },
    { "me ours": { cpu: 5 }, "me floor": { cpu: 5 } },
  ]);
  expect(cells(ratio(suiteOf(["me"]), results))).toEqual([
    ["me", "1.00 (0.500–3.00)"],
  ]);
});

test("a ratio leaves out the rounds in which either was disturbed", () => {
  const results = resultsOf([
    { "me ours": { cpu: 8, foreign: 0.06 }, "me floor": { cpu: 2 } },
    { "me ours": { cpu: 3 }, "me floor": { cpu: 2 } },
    { "me ours": { cpu: 8 }, "me floor": { cpu: 2, foreign: 0.06 } },
  ]);
  expect(cells(ratio(suiteOf(["me"]), results))).toEqual([["me", "1.50"]]);
});

test("a ratio of disturbed rounds alone is marked", () => {
  const results = resultsOf([
    { "me ours": { cpu: 3, foreign: 0.5 }, "me floor": { cpu: 2 } },
  ]);
  expect(cells(ratio(suiteOf(["me"]), results))).toEqual([
    ["me", "1.50 noisy"],
  ]);
});

test("there is no ratio to what gave no right answer", () => {
  const results = resultsOf([{ "me ours": { cpu: 3 } }]);
  expect(cells(ratio(suiteOf(["me"]), results))).toEqual([["me", "–"]]);
});

test("growth is the CPU for one more entity, and its ratio", () => {
  const results = resultsOf([
    {
      "100 ours": { cpu: 1 },
      "1000 ours": { cpu: 10 },
      "5000 ours": { cpu: 60 },
      "100 floor": { cpu: 1 },
      "1000 floor": { cpu: 5.5 },
      "5000 floor": { cpu: 25.5 },
    },
  ]);
  const suite = suiteOf(["100", "1000", "5000"]);
  expect(cells(growthTable(suite, results))).toEqual([
    ["ours, µs", "10.0", "12.5", "12.0"],
    ["floor, µs", "5.00", "5.00", "5.00"],
    ["ours / floor", "2.00", "2.50", "2.41"],
  ]);
});

test("a process has its speed and its start in one line", () => {
  const results = {
    ...resultsOf([{ "me-64 ours": { rate: 900, p50: 2, p99: 3 } }]),
    starts: [new Map([["ours", { ms: 800, cpuMs: 700, idleMb: 120 }]])],
  };
  expect(cells(processTable(suiteOf(["me-64"]), results))[0]).toEqual([
    "ours",
    "900",
    "2.0",
    "3.0",
    "800",
    "700",
    "120",
  ]);
});

test("the details say how many rounds were kept, and skip what was not measured", () => {
  const results = resultsOf([
    { "me ours": {} },
    { "me ours": { foreign: 0.5 } },
  ]);
  const lines = cells(detailTable(suiteOf(["me"]), results));
  expect(lines.map((line) => [line[1], line.at(-1)])).toEqual([
    ["ours", "1/2"],
  ]);
});

const ratio = ratioTable([["ours", "floor"]]);

function suiteOf(operations: readonly string[]): Suite {
  const contender = { file: "", scope: "", provesTokens: true };
  return {
    name: "suite",
    contenders: ["ours", "floor"].map((name) => ({
      ...contender,
      name,
      enforcesScopes: true,
    })),
    operations: operations.map((name) => ({
      name,
      entities: Number(name),
      body: "",
      expected: () => undefined,
    })),
    isStarted: false,
    tables: {},
    open: () => Promise.reject(new Error("Nothing is measured here")),
  };
}

/** Each round by operation and contender; what is left out is 1, and undisturbed. */
function resultsOf(
  rounds: readonly Readonly<Record<string, Partial<Sample>>>[],
): Results {
  return {
    starts: [],
    notes: [],
    rounds: rounds.map((samples) => {
      const round = new Map<string, Map<string, Sample>>();
      for (const [key, sample] of Object.entries(samples)) {
        const [operation = "", contender = ""] = key.split(" ");
        const known = round.get(operation) ?? new Map<string, Sample>();
        round.set(operation, known.set(contender, { ...ones, ...sample }));
      }
      return round;
    }),
  };
}

const ones: Sample = {
  cpu: 1,
  rate: 1,
  p50: 1,
  p99: 1,
  busy: 1,
  residentMb: 1,
  fetches: 1,
  foreign: 0,
};

/** Without headings and ruler. */
function cells(table: string): readonly (readonly string[])[] {
  return table
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").slice(1, -1))
    .map((line) => line.map((cell) => cell.trim()));
}
