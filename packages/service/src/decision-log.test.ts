import { describe, expect, test } from "@jest/globals";
import type { DecisionEvent } from "@hr/access";
import { parse } from "graphql";
import { createDecisionLog, operationHash } from "./decision-log.ts";
import { createLogger } from "./log.ts";

const event: DecisionEvent = {
  ...{ at: "2026-03-31T12:00:00.000Z", requestId: "r1", enforcer: "gateway" },
  ...{ policy: "0", mode: "filter", subject: "usr_ada", clientId: "app" },
  ...{ operationName: "Me", operationHash: "0", granted: ["Query.me"] },
  denied: [{ coordinate: "Person.pay", reason: "scope", count: 2 }],
};

function logOf() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("people", {
    write: (line: string) =>
      lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { lines, logger };
}

describe("a decision", () => {
  test("is one line of the log where no sink is given", () => {
    const { lines, logger } = logOf();
    createDecisionLog({ logger }).record(event);
    expect(lines).toMatchObject([
      { level: "info", event: "decision", decision: event },
    ]);
  });

  test("goes to the sink alone where there is one", () => {
    const { lines, logger } = logOf();
    const taken: DecisionEvent[] = [];
    const log = createDecisionLog({
      logger,
      sink: (one) => void taken.push(one),
    });
    log.record(event);
    expect(taken).toEqual([event]);
    expect(lines).toEqual([]);
    expect(log.failures()).toBe(0);
  });

  test.each([
    [
      "throws",
      () => {
        throw new TypeError("emp_ada has no table");
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("emp_ada has no table"))],
  ])(
    "that a sink %s is counted, logged without its words, and opens nothing",
    async (_, sink) => {
      const { lines, logger } = logOf();
      const log = createDecisionLog({ logger, sink });
      log.record(event);
      log.record(event);
      await new Promise(setImmediate);
      expect(log.failures()).toBe(2);
      expect(lines).toMatchObject([
        {
          level: "error",
          event: "decision log",
          failures: 1,
          fault: "TypeError",
        },
        { failures: 2 },
      ]);
      expect(JSON.stringify(lines)).not.toContain("emp_ada");
    },
  );
});

describe("the hash of an operation", () => {
  const hashOf = (source: string, name?: string) =>
    operationHash(parse(source), name);
  const first = hashOf(
    'query Q { employee(id: "emp_ada", n: 5) { pay(in: [1, 2], by: { text: "x" }) } }',
  );

  test("is the same whoever is asked about, under whatever alias", () => {
    expect(first).toMatch(/^[\da-f]{64}$/);
    expect(
      hashOf(
        'query Q { zoe: employee(n: 7, id: "emp_zoe") { pay(by: { text: "y" }, in: [3]) } }',
      ),
    ).toBe(first);
  });

  test("differs by field and by operation, and other operations do not count", () => {
    expect(hashOf('query Q { employee(id: "e") { name } }')).not.toBe(first);
    const two = "query A { me { id } } query B { me { name } }";
    expect(hashOf(two, "A")).toBe(hashOf("query A { me { id } }", "A"));
    expect(hashOf(two, "A")).not.toBe(hashOf(two, "B"));
  });

  test("of one document is made once for each name", () => {
    const document = parse("query A { a } query B { b }");
    const [a, b] = [operationHash(document, "A"), operationHash(document, "B")];
    expect([
      operationHash(document, "A"),
      operationHash(document, "B"),
    ]).toEqual([a, b]);
    expect(a).not.toBe(b);
  });
});
