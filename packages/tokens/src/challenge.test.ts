import { expect, test } from "@jest/globals";
import { challenge } from "./challenge.ts";

test("writes each parameter as a quoted string", () => {
  expect(
    challenge("Bearer", { realm: "hr", scope: "leave:read payroll:read" }),
  ).toBe('Bearer realm="hr", scope="leave:read payroll:read"');
});

test("R70: lets nothing out of its quotes, nor anything but printable ASCII", () => {
  expect(challenge("DPoP", { realm: 'h"r\\\r\nx: y\u00e9\t' })).toBe(
    'DPoP realm="hrx: y"',
  );
});
