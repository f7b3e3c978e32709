import { expect, test } from "@jest/globals";
import { joinedDuties, roleScopes } from "./roles.ts";

test("of today's roles the HR partner alone joins duties that should be apart", () => {
  const joined = Object.entries(roleScopes).map(
    ([role, scopes]) => [role, joinedDuties(scopes)] as const,
  );
  expect(joined.filter(([, pairs]) => pairs.length > 0)).toEqual([
    ["hr-partner", ["leave:request with leave:approve"]],
  ]);
});

test("duties are apart whose scopes the vocabulary does not have yet", () => {
  const scopes = ["payroll:run", "payroll:approve", "employee:write"];
  expect(joinedDuties(scopes)).toEqual([
    "payroll:run with payroll:approve",
    "employee:write with payroll:run",
  ]);
});

test("a narrower reach joins nothing: nobody decides an own request", () => {
  expect(joinedDuties(["leave:request:self", "leave:approve"])).toEqual([]);
});
