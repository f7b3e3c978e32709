import { describe, expect, test } from "@jest/globals";
import { buildASTSchema, parse } from "graphql";
import { readRules } from "./rules.ts";

function read(link: string, body: string) {
  const document = parse(`
    schema ${link} { query: Query }
    directive @link(url: String, as: String, for: P, import: [I]) repeatable on SCHEMA
    enum P { SECURITY } scalar I
    ${body}`);
  return readRules(
    document,
    buildASTSchema(document, { assumeValidSDL: true }),
  );
}

const scopesLink =
  '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)';
const definition =
  "directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION";

describe("names", () => {
  test.each([
    ["by its own name", scopesLink, "@requiresScopes"],
    [
      "under as:",
      '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "guard")',
      "@guard",
    ],
    [
      "renamed by import",
      '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@scoped" }])',
      "@scoped",
    ],
    [
      "in the namespace of federation",
      '@link(url: "https://specs.apollo.dev/federation/v2.9")',
      "@federation__requiresScopes",
    ],
    [
      "imported from federation",
      '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes"])',
      "@requiresScopes",
    ],
  ])("the directive is found %s", (_how, link, name) => {
    const rules = read(
      link,
      `type Query { a: Int ${name}(scopes: [["a"]]) b: Int }`,
    );
    expect([...rules.coordinates.keys()]).toEqual(["Query.a"]);
    expect(rules.select("Query", "a").scopes).toEqual([[["a"]]]);
  });

  test("a directive that is only called so is refused", () => {
    expect(() =>
      read(
        "",
        `${definition} type Query { a: Int @requiresScopes(scopes: [["a"]]) }`,
      ),
    ).toThrow("@requiresScopes is defined here but not linked");
  });
});

describe("malformed scopes", () => {
  test.each([
    "[]",
    "[[]]",
    '[[], ["x"]]',
    '["a", "b"]',
    '"a"',
    "null",
    '[["a b"]]',
    '[[""]]',
    "[[1]]",
  ])("%s is refused and the coordinate named", (scopes) => {
    expect(() =>
      read(
        scopesLink,
        `type Query { a: Int @requiresScopes(scopes: ${scopes}) }`,
      ),
    ).toThrow("Query.a");
  });

  test("64 alternatives are read and 65 refused", () => {
    const many = (n: number) =>
      JSON.stringify(Array.from({ length: n }, (_, i) => [`s${i}`]));
    expect(() =>
      read(
        scopesLink,
        `type Query { a: Int @requiresScopes(scopes: ${many(64)}) }`,
      ),
    ).not.toThrow();
    expect(() =>
      read(
        scopesLink,
        `type Query { a: Int @requiresScopes(scopes: ${many(65)}) }`,
      ),
    ).toThrow("more than 64");
  });
});

test.each([
  [
    "another version",
    '@link(url: "https://specs.apollo.dev/requiresScopes/v0.2", for: SECURITY)',
    "only v0.1",
  ],
  [
    "an unknown security feature",
    '@link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY)',
    "not understood",
  ],
])("%s is refused", (_what, link, message) => {
  expect(() => read(link, "type Query { a: Int }")).toThrow(message);
});

test("@inaccessible is for security and understood", () => {
  expect(() =>
    read(
      '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)',
      "type Query { a: Int }",
    ),
  ).not.toThrow();
});
