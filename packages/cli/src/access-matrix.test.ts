import { describe, expect, test } from "@jest/globals";
import { type Rules, readRules } from "@hr/access";
import { personas } from "@hr/demo";
import { buildASTSchema, parse } from "graphql";
import {
  accessMatrix,
  requirementToReach,
  rowsUnder,
  scopesOfPersona,
} from "./access-matrix.ts";
import type { Graph } from "./read-graph.ts";
import { scopeIndex } from "./scope-index.ts";

const graph = graphOf(`
  type Query {
    me: Person
    viewer: String @authenticated
    entries: [Entry]
    guarded: String @policy(policies: [["office"]])
    "open" ping: String
  }
  interface Entry { amount: Int, by: Person }
  type Leave implements Entry @requiresScopes(scopes: [["leave:read"], ["leave:read:reports"], ["leave:read:self"]]) {
    amount: Int
    by: Person
  }
  type Pay implements Entry {
    amount: Int @requiresScopes(scopes: [["payroll:read"], ["payroll:payslip:read"]])
    by: Person
  }
  type Person @requiresScopes(scopes: [["employee:read"], ["employee:read:self"]]) {
    name: String
    leave: Leave
    secret: String @requiresScopes(scopes: [["leave:read:reports"]])
  }
`);

describe("the access matrix", () => {
  const rows = Object.fromEntries(
    accessMatrix(graph.rules).map(({ coordinate, cells }) => [
      coordinate,
      Object.values(cells),
    ]),
  );

  test("has a row for each rule and a column for each persona", () => {
    expect(Object.keys(rows)).toEqual([
      "Leave",
      "Pay.amount",
      "Person",
      "Person.secret",
      "Query.guarded",
      "Query.viewer",
    ]);
    expect(rows["Leave"]).toHaveLength(personas.length);
  });

  test("says whose rows a role reaches", () => {
    expect(rows["Leave"]).toEqual([
      "own",
      "own + reports",
      ...["all", "all", "own", "all"],
    ]);
    expect(rows["Pay.amount"]).toEqual([
      ...["none", "none", "none", "all", "all", "all"],
    ]);
    expect(rows["Query.viewer"]).toEqual(personas.map(() => "all"));
  });

  test("leaves policies to the request", () => {
    expect(rows["Query.guarded"]).toEqual(personas.map(() => "all"));
  });
});

describe("what a caller reaches", () => {
  test("is in the reach of every rule: own rows and those below have none in common", () => {
    const secret = requirementToReach("Person.secret", graph.rules);
    const rows = (...held: string[]) => rowsUnder(secret, new Set(held));
    expect(rows("employee:read", "leave:read:reports")).toBe("reports");
    expect(rows("employee:read:self", "leave:read:reports")).toBe("none");
    expect(rows("employee:read")).toBe("none");
  });

  test("is nobody's self without an employee record", () => {
    const [ada] = personas;
    if (!ada) throw new Error("there is no persona");
    expect(scopesOfPersona(ada)).toContain("leave:read:self");
    const contractor = { ...ada, employeeId: null };
    expect(scopesOfPersona(contractor)).not.toContain("leave:read:self");
    expect(scopesOfPersona(contractor)).toContain("employee:read");
  });
});

describe("scopes.json", () => {
  test("multiplies out types by their entry and fields by what they return, and leaves out what is open", () => {
    const leave = [["leave:read:self"], ["leave:read:reports"], ["leave:read"]];
    const person = [["employee:read:self"], ["employee:read"]];
    expect(scopeIndex(graph)).toEqual({
      Entry: leave,
      "Entry.amount": [
        ["leave:read:self", "payroll:payslip:read"],
        ["leave:read:self", "payroll:read"],
        ["leave:read:reports", "payroll:payslip:read"],
        ["leave:read:reports", "payroll:read"],
        ["leave:read", "payroll:payslip:read"],
        ["leave:read", "payroll:read"],
      ],
      "Entry.by": [
        ["employee:read:self", "leave:read:self"],
        ["employee:read:self", "leave:read:reports"],
        ["employee:read", "leave:read:self"],
        ["employee:read:self", "leave:read"],
        ["employee:read", "leave:read:reports"],
        ["employee:read", "leave:read"],
      ],
      Leave: leave,
      "Leave.by": person,
      "Pay.amount": [["payroll:payslip:read"], ["payroll:read"]],
      "Pay.by": person,
      Person: person,
      "Person.leave": leave,
      "Person.secret": [["leave:read:reports"]],
      "Query.entries": leave,
      "Query.guarded": [[]],
      "Query.me": person,
      "Query.viewer": [[]],
    });
  });

  test("refuses more alternatives than anybody could list", () => {
    const wide = (letter: string) =>
      JSON.stringify(
        Array.from({ length: 20 }, (_, at) => [`${letter}:${at}`]),
      );
    const exploding = graphOf(
      `type Query { a: A @requiresScopes(scopes: ${wide("a")}) } type A @requiresScopes(scopes: ${wide("b")}) { id: ID }`,
    );
    expect(() => scopeIndex(exploding)).toThrow(
      "Query.a has more than 256 alternatives",
    );
  });
});

function graphOf(types: string): Graph {
  const document = parse(`
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
      @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)
      @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)
    { query: Query }
    ${types}`);
  const api = buildASTSchema(document, { assumeValidSDL: true });
  const rules: Rules = readRules(document, api);
  return { api, rules };
}
