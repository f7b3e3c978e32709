import { expect, test } from "@jest/globals";
import { wrapped } from "./wrapped.ts";

test("words go on below the first one where the terminal ends", () => {
  expect(wrapped("needs  ", "leave:read leave:request employee:read", 24)).toBe(
    "needs  leave:read\n       leave:request\n       employee:read\n",
  );
  expect(wrapped("needs  ", "a b c d", 10)).toBe("needs  a b\n       c d\n");
});

test("a word longer than the terminal stands alone, and whole", () => {
  expect(wrapped("or  ", "payroll:payslip:read a", 10)).toBe(
    "or  payroll:payslip:read\n    a\n",
  );
});

test("without a terminal nothing is broken", () => {
  const text = "leave:read ".repeat(40).trim();
  expect(wrapped("or  ", text)).toBe(`or  ${text}\n`);
});
