import { describe, expect, test } from "@jest/globals";
import { filterFault, totalsOf } from "./payslip.ts";

describe("the totals of lines", () => {
  test("take each line's sign from its component's kind", () => {
    expect(
      totalsOf([
        { kind: "EARNING", amountMinor: 450_000 },
        { kind: "EARNING", amountMinor: -15_000 },
        { kind: "DEDUCTION", amountMinor: 13_500 },
        { kind: "TAX", amountMinor: 90_000 },
        { kind: "REIMBURSEMENT", amountMinor: 8_420 },
        { kind: "EMPLOYER_COST", amountMinor: 15_750 },
        { kind: "INFORMATION", amountMinor: 5_200_000 },
      ]),
    ).toEqual({
      gross: 435_000,
      deductions: 13_500,
      taxes: 90_000,
      reimbursements: 8_420,
      net: 339_920,
      employerCost: 15_750,
    });
  });

  test("are all zero without a line", () => {
    expect(new Set(Object.values(totalsOf([])))).toEqual(new Set([0]));
  });
});

describe("a filter of payslips", () => {
  test.each([
    [{ payRunId: "run_1" }],
    [{ employeeId: "emp_ada" }],
    [{ payDateFrom: "2026-01-01", payDateTo: "2026-12-31" }],
    [{ payDateFrom: "2025-01-01", payDateTo: "2026-02-05" }],
  ])("may be %o", (filter) => {
    expect(filterFault(filter)).toBeNull();
  });

  test.each([
    [{}],
    [{ status: ["PAID"] as const }],
    [{ payDateFrom: "2026-01-01" }],
    [{ payDateTo: "2026-12-31" }],
    [{ payRunId: "", employeeId: null }],
    [{ payDateFrom: "2025-01-01", payDateTo: "2026-02-06" }],
  ])("is refused when it is %o", (filter) => {
    expect(filterFault(filter)).toMatch(/at most 400 days apart/);
  });
});
