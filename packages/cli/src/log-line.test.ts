import { describe, expect, test } from "@jest/globals";
import { ownLine, readableLine } from "./log-line.ts";

const time = new Date(2026, 2, 31, 12, 3, 4).toISOString();

describe("a log line", () => {
  test("is shown with its time, who says it, what, and where", () => {
    const url = "http://127.0.0.1:4102";
    const record = { level: "info", time, service: "payroll" };
    expect(
      readableLine(
        "payroll",
        JSON.stringify({ ...record, msg: "listening", url }),
      ),
    ).toBe("12:03:04 payroll  listening http://127.0.0.1:4102");
  });

  test("names its level when that is not info, and every other field", () => {
    const record = { level: "debug", time, msg: "swept", rows: 3, ids: ["a"] };
    expect(readableLine("auth", JSON.stringify(record))).toBe(
      '12:03:04 auth     debug swept rows=3 ids=["a"]',
    );
  });

  test("shows the stack of an error below it", () => {
    const err = { message: "broke", stack: "Error: broke\n    at here" };
    const record = { level: "info", time, msg: "request failed", err };
    expect(readableLine("leave", JSON.stringify(record))).toBe(
      "12:03:04 leave    request failed \n           Error: broke\n               at here",
    );
  });

  test.each(["Segmentation fault", "{ not: json }", '{"no":"message"}'])(
    "passes %j, which is none, with the name of the service",
    (line) => {
      expect(readableLine("auth", line)).toBe(`         auth     ${line}`);
    },
  );

  test("of a decision names who was denied what, and is left out when nobody was", () => {
    const decided = (denied: readonly object[]) =>
      readableLine(
        "gateway",
        JSON.stringify({
          ...{ level: "info", time, msg: "decision", event: "decision" },
          decision: { subject: "usr_ada", operationName: "Pay", denied },
        }),
      );
    expect(
      decided([
        { coordinate: "Payslip.payRun", reason: "scope", count: 2 },
        { coordinate: "Employee.personal", reason: "reach", count: 1 },
      ]),
    ).toBe(
      "12:03:04 gateway  denied usr_ada Pay: Payslip.payRun (scope) ×2, Employee.personal (reach)",
    );
    expect(decided([])).toBeNull();
  });

  test("of our own reads like those of the services", () => {
    expect(readableLine("hr", ownLine("info", "stopping"))).toMatch(
      /^\d\d:\d\d:\d\d hr {7}stopping$/,
    );
  });
});
