import { describe, expect, test } from "@jest/globals";
import { buildASTSchema, parse } from "graphql";
import {
  policyFileFaults,
  policyFor,
  readSubgraphs,
  scopesOf,
} from "./policy-file.ts";
import { readRules } from "./rules.ts";

const sdl = `
  schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) { query: Query }
  directive @link(url: String, for: P) repeatable on SCHEMA
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  directive @join__type(graph: join__Graph!, key: String) repeatable on OBJECT
  directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
  directive @requiresScopes(scopes: [[String!]!]!) on OBJECT | FIELD_DEFINITION
  enum P { SECURITY }
  enum join__Graph {
    PEOPLE @join__graph(name: "people", url: "http://people/graphql")
    PAY_ROLL @join__graph(name: "pay-roll", url: "http://pay/graphql")
  }
  type Query @join__type(graph: PEOPLE) @join__type(graph: PAY_ROLL) {
    me: Person @join__field(graph: PEOPLE)
  }
  type Person @join__type(graph: PEOPLE, key: "id") @join__type(graph: PAY_ROLL, key: "id")
    @requiresScopes(scopes: [["person:read"]]) {
    id: ID!
    name: String @join__field(graph: PEOPLE)
    pay: Int @join__field(graph: PAY_ROLL) @requiresScopes(scopes: [["pay:read"], ["pay:read:self"]])
  }`;

const document = parse(sdl);
const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);
const [people, payroll] = readSubgraphs(document);

describe("a subgraph's policy", () => {
  const policyOf = (subgraph: typeof people) => {
    if (!subgraph) throw new Error("not read");
    return policyFor(subgraph, { document, schema, rules, hash: "0" });
  };

  test("lists every coordinate it serves and no other, with what each asks for", () => {
    const type = { scopes: [[["person:read"]]] };
    expect(policyOf(people).coordinates).toEqual({
      Person: type,
      "Person.id": {},
      "Person.name": {},
      Query: {},
      "Query.me": {},
    });
    expect(policyOf(payroll).coordinates).toEqual({
      Person: type,
      "Person.id": {},
      "Person.pay": { scopes: [[["pay:read"], ["pay:read:self"]]] },
      Query: {},
    });
  });

  test("holds the scopes its tokens may carry, those other subgraphs declared included", () => {
    expect([...scopesOf(policyOf(people))]).toEqual(["person:read"]);
    expect([...scopesOf(policyOf(payroll))].sort()).toEqual([
      "pay:read",
      "pay:read:self",
      "person:read",
    ]);
  });

  test("is named as supergraph.yaml names the subgraph", () => {
    expect(payroll).toEqual({
      graph: "PAY_ROLL",
      name: "pay-roll",
      url: "http://pay/graphql",
    });
  });
});

describe("a policy that was read", () => {
  const file = {
    ...{ supergraph: "0", subgraph: "people" },
    coordinates: {
      Query: {},
      "Query.me": { authenticated: true, scopes: [[["a", "b"], ["c"]]] },
    },
  };
  const faults = (policy: unknown) => policyFileFaults(policy, "people");

  test("is taken as it was written", () => {
    expect(faults(file)).toEqual([]);
  });

  test.each([
    ["nothing", null],
    ["a list", []],
    ["no coordinates", { ...file, coordinates: undefined }],
    ["coordinates as a list", { ...file, coordinates: [] }],
    ["no supergraph", { ...file, supergraph: undefined }],
    ["another subgraph", { ...file, subgraph: "payroll" }],
  ])("is refused when it holds %s", (_, policy) => {
    expect(faults(policy)).toHaveLength(1);
  });

  test.each([
    ["null", null],
    ["a scope", "a"],
    ["a flat list", { scopes: ["a"] }],
    ["one DNF where several stand", { scopes: [["a"]] }],
    ["no alternatives", { scopes: [[]] }],
    ["an alternative that asks for nothing", { scopes: [[[]]] }],
    ["a blank scope", { scopes: [[[""]]] }],
    ["a number for a policy", { policies: [[[1]]] }],
    ["a denial of authentication", { authenticated: false }],
    ["something unknown", { roles: [[["a"]]] }],
  ])("is refused when an entry is %s", (_, entry) => {
    const coordinates = { ...file.coordinates, "Query.me": entry };
    expect(faults({ ...file, coordinates })).toEqual([
      expect.stringContaining("Query.me: its entry"),
    ]);
  });
});
