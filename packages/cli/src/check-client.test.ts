import { describe, expect, test } from "@jest/globals";
import { type Dnf, type Scope, reportScopes } from "@hr/access";
import type { Registration } from "@hr/auth/registry";
import { checkClient } from "./check-client.ts";
import type { OperationNeeds } from "./operation-needs.ts";

const ownPay: Dnf = [
  ["payroll:compensation:read"],
  ["payroll:compensation:read:reports"],
  ["payroll:compensation:read:self"],
];
const leave: Dnf = [
  ["leave:read"],
  ["leave:read:reports"],
  ["leave:read:self"],
];
const payGroup: Dnf = [["payroll:read"], ["payroll:payslip:read"]];

describe("a person's client", () => {
  test("is registered rightly with every reach that some role can use", () => {
    const held: readonly Scope[] = [
      "leave:read",
      "leave:read:reports",
      "leave:read:self",
    ];
    expect(check(person(...held), [leave])).toMatchObject({
      missing: [],
      superfluous: [],
      wide: ["leave:read", "leave:read:reports"],
    });
  });

  test("is covered by any one reach", () => {
    for (const [scope] of leave)
      expect(check(person(scope as Scope), [leave])).toMatchObject({
        operations: [{ covered: true, missing: [] }],
        missing: [],
        superfluous: [],
        wide: [],
      });
  });

  test("holds too much with a scope that no role can be granted", () => {
    const held: readonly Scope[] = [
      "payroll:compensation:read:reports",
      "payroll:compensation:read:self",
    ];
    expect(check(person(...held), [ownPay]).superfluous).toEqual([
      "payroll:compensation:read:reports",
    ]);
  });

  test("holds too much with what no operation names", () => {
    expect(
      check(person("leave:read:self", "employee:pii:read"), [leave])
        .superfluous,
    ).toEqual(["employee:pii:read"]);
  });

  test("lacks the least that would do", () => {
    expect(check(person("leave:request"), [leave, ownPay])).toMatchObject({
      operations: [
        { covered: false, missing: ["leave:read:self"] },
        { covered: false, missing: ["payroll:compensation:read:self"] },
      ],
      missing: ["leave:read:self", "payroll:compensation:read:self"],
      superfluous: ["leave:request"],
    });
  });
});

describe("a machine", () => {
  test("keeps one of two scopes that stand for each other", () => {
    const held: readonly Scope[] = ["payroll:payslip:read", "payroll:read"];
    expect(check(machine(...held), [payGroup]).superfluous).toEqual([
      "payroll:payslip:read",
    ]);
    expect(
      check(machine(...held), [payGroup, [["payroll:payslip:read"]]])
        .superfluous,
    ).toEqual(["payroll:read"]);
  });

  test("is not covered where only scopes with a reach would do, and keeps what else is asked", () => {
    const both = [leave, [["leave:request:self"]]];
    expect(checkTogether(machine("leave:read"), both)).toMatchObject({
      operations: [{ covered: false, missing: [] }],
      missing: [],
      superfluous: [],
    });
    expect(checkTogether(machine("leave:read"), [leave])).toMatchObject({
      operations: [{ covered: true, missing: [] }],
    });
  });

  test("needs no scope for what needs none", () => {
    expect(check(machine(), [])).toMatchObject({
      missing: [],
      superfluous: [],
    });
    expect(check(machine("leave:read"), []).superfluous).toEqual([
      "leave:read",
    ]);
  });
});

/** One operation for each rule. */
function check(client: Registration, rules: readonly Dnf[]) {
  return checkClient(
    client,
    rules.map((dnf) => operation([dnf])),
  );
}

/** One operation that asks for all of them. */
function checkTogether(client: Registration, rules: readonly Dnf[]) {
  return checkClient(client, [operation(rules)]);
}

function operation(scopes: readonly Dnf[]): OperationNeeds {
  return {
    ...{ name: "Op", type: "query", source: "operations.graphql" },
    ...reportScopes(scopes),
    requirement: { authenticated: false, scopes, policies: [] },
  };
}

function person(...scopes: readonly Scope[]): Registration {
  return { id: "app", name: "App", kind: "browser", scopes };
}

function machine(...scopes: readonly Scope[]): Registration {
  return { id: "job", name: "Job", kind: "machine", scopes };
}
