import { describe, expect, test } from "@jest/globals";
import { Kind, buildASTSchema, parse } from "graphql";
import { measureOperation } from "./bounds.ts";
import { policyFor, readSubgraphs, scopesOf } from "./policy-file.ts";
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

describe("the size of an operation", () => {
  const sizeOf = (source: string) => {
    const { definitions } = parse(source);
    const operation = definitions.find(
      (one) => one.kind === Kind.OPERATION_DEFINITION,
    );
    const fragments = definitions.filter(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION,
    );
    if (!operation) throw new Error("no operation");
    return measureOperation(
      operation,
      new Map(fragments.map((one) => [one.name.value, one])),
    );
  };

  test("counts fragments where they are used, without expanding them", () => {
    expect(sizeOf("{ a { b c } }")).toEqual({ selections: 3, depth: 2 });
    expect(sizeOf("{ ...F ...F } fragment F on Q { a { b } }")).toEqual({
      selections: 6,
      depth: 2,
    });
    const fragments = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on Q { ...F${n + 1} ...F${n + 1} }`,
    );
    const { selections } = sizeOf(
      `{ ...F0 } ${fragments.join(" ")} fragment F60 on Q { a }`,
    );
    expect(selections).toBeGreaterThan(2 ** 60);
  });

  test("is infinite where fragments go in a circle", () => {
    expect(
      sizeOf("{ ...F } fragment F on Q { ...G } fragment G on Q { ...F }")
        .selections,
    ).toBe(Infinity);
  });
});
