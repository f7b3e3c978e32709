import { describe, expect, test } from "@jest/globals";
import {
  type FragmentDefinitionNode,
  Kind,
  buildASTSchema,
  parse,
} from "graphql";
import { reportScopes, requiredScopes } from "./required-scopes.ts";
import { readRules } from "./rules.ts";

const document = parse(`
  schema @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) { query: Query }
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT
  scalar link__Import
  scalar requiresScopes__Scope
  enum link__Purpose { SECURITY EXECUTION }
  type Query { me: Person, file: File, ping: String }
  type Person @requiresScopes(scopes: [["employee:read"], ["employee:read:self"]]) {
    name: String
    pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:reports"], ["pay:read:self"]])
  }
  union File = Slip
  type Slip @requiresScopes(scopes: [["slip:read"]]) { number: Int }
`);
const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);

describe("what an operation needs", () => {
  test("is every selection's requirement at once, the nearest set first", () => {
    expect(needs("{ me { name pay } }")).toEqual({
      alternatives: [
        ["employee:read:self", "pay:read:self"],
        ["employee:read:self", "pay:read:reports"],
        ["employee:read", "pay:read:self"],
        ["employee:read:self", "pay:read"],
        ["employee:read", "pay:read:reports"],
        ["employee:read", "pay:read"],
      ],
      smallest: ["employee:read:self", "pay:read:self"],
      missing: ["employee:read:self", "pay:read:self"],
      truncated: false,
    });
  });

  test("is the set that lacks least of what the caller holds, named whole", () => {
    expect(
      needs("{ me { pay } }", ["employee:read", "pay:read:reports"]),
    ).toMatchObject({
      smallest: ["employee:read", "pay:read:reports"],
      missing: [],
    });
    expect(needs("{ me { pay } }", ["employee:read"])).toMatchObject({
      smallest: ["employee:read", "pay:read:self"],
      missing: ["pay:read:self"],
    });
  });

  test("offers a machine no scope with a reach", () => {
    expect(needs("{ me { pay } }", [], "machine").alternatives).toEqual([
      ["employee:read", "pay:read"],
    ]);
    expect(
      reportScopes([[["only:self"]]], { kind: "machine", scopes: new Set() }),
    ).toMatchObject({ alternatives: [], smallest: [] });
  });

  test("counts fragments, spreads, and every condition that is not known", () => {
    const source =
      "query ($no: Boolean!) { ping ...F file @include(if: $no) { ... on Slip { number } } } fragment F on Query { me @skip(if: true) { name } }";
    expect(needs(source).smallest).toEqual(["employee:read:self", "slip:read"]);
    expect(
      requiredScopes({ ...operationOf(source), variables: { no: false } })
        .smallest,
    ).toEqual([]);
  });

  test("is nothing for what is open", () => {
    expect(
      needs("{ ping __typename __schema { queryType { name } } }"),
    ).toEqual({
      alternatives: [[]],
      smallest: [],
      missing: [],
      truncated: false,
    });
  });
});

test("beyond the bound a sufficient set is named, nearest to what is held, and the cut is told", () => {
  const dnfs = Array.from({ length: 12 }, (_, n) => [
    [`a${n}`],
    [`b${n}`],
    [`c${n}`],
  ]);
  const held = dnfs.map((_, n) => `c${n}`);
  const report = reportScopes(dnfs, { kind: "person", scopes: new Set(held) });
  expect(report.truncated).toBe(true);
  expect(report.smallest).toEqual([...held].sort());
  expect(report.missing).toEqual([]);
});

function needs(
  source: string,
  held: readonly string[] = [],
  kind: "person" | "machine" = "person",
) {
  return requiredScopes(operationOf(source), { kind, scopes: new Set(held) });
}

function operationOf(source: string) {
  const { definitions } = parse(source);
  const operation = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("no operation");
  const fragments = new Map(
    definitions
      .filter(
        (node): node is FragmentDefinitionNode =>
          node.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((node) => [node.name.value, node]),
  );
  return { schema, rules, operation, fragments };
}
