import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { readSupergraph } from "./supergraph.ts";

const link = (names: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])`;

function composed(people: string, pay: string): string {
  const result = composeServices([
    {
      name: "people",
      url: "http://127.0.0.1:1/graphql",
      typeDefs: parse(people),
    },
    { name: "pay", url: "http://127.0.0.1:2/graphql", typeDefs: parse(pay) },
  ]);
  if (!result.supergraphSdl) throw new Error(String(result.errors));
  return result.supergraphSdl;
}

const people = `${link('"@key", "@inaccessible", "@authenticated"')}
  type Query { me: Person @authenticated }
  type Person @key(fields: "id") { id: ID! name: String r7_odd: Int hidden: Int @inaccessible }`;
const pay = `${link('"@key", { name: "@requiresScopes", as: "@scoped" }')}
  type Person @key(fields: "id") { id: ID! salary: Int @scoped(scopes: [["pay:read"], ["pay:read:self"]]) }`;

describe("a composed supergraph is split", () => {
  test("into rules, under whatever name the directives go by", () => {
    const { rules } = readSupergraph(composed(people, pay));
    expect(rules.select("Person", "salary").scopes).toEqual([
      [["pay:read"], ["pay:read:self"]],
    ]);
    expect(rules.select("Query", "me").authenticated).toBe(true);
    expect(rules.select("Person", "name")).toMatchObject({
      scopes: [],
      authenticated: false,
    });
  });

  test("and a runnable copy without the three features, which still hides what is inaccessible", () => {
    const { runnable, hash } = readSupergraph(composed(people, pay));
    expect(runnable.split("\n")[0]).toBe(`# policy ${hash}`);
    expect(runnable).not.toMatch(/scoped|requiresScopes|authenticated/);
    expect(runnable).toContain("@inaccessible");
    expect(runnable).toContain("https://specs.apollo.dev/inaccessible");
  });

  test("unless it names a scope outside the vocabulary of the deployment", () => {
    const sdl = composed(people, pay);
    const known = new Set(["pay:read", "pay:read:self"]);
    expect(readSupergraph(sdl, { vocabulary: known }).rules).toBeDefined();
    expect(() =>
      readSupergraph(sdl, { vocabulary: new Set(["pay:read"]) }),
    ).toThrow(/Person\.salary: pay:read:self is not in SCOPE_VOCABULARY/);
  });

  test("so that a change of scopes alone is a change", () => {
    const before = readSupergraph(composed(people, pay));
    const after = readSupergraph(
      composed(
        people,
        pay.replace('["pay:read"]', '["pay:audit"], ["pay:read"]'),
      ),
    );
    expect(after.runnable).not.toBe(before.runnable);
    expect(after.runnable.split("\n").slice(1)).toEqual(
      before.runnable.split("\n").slice(1),
    );
  });

  test("with the scopes each subgraph may be told", () => {
    const { subgraphs } = readSupergraph(composed(people, pay));
    expect(
      subgraphs.map(({ name, scopes }) => [name, [...scopes].sort()]),
    ).toEqual([
      ["pay", ["pay:read", "pay:read:self"]],
      ["people", []],
    ]);
  });

  test("and a prefix that no name begins with, hidden ones included", () => {
    expect(readSupergraph(composed(people, pay)).prefix).toBe("r8_");
  });
});

test.each([
  ["no GraphQL", "type {", "no GraphQL SDL"],
  ["a plain schema", "type Query { a: Int }", "join__Graph"],
])("%s is refused", (_what, sdl, message) => {
  expect(() => readSupergraph(sdl)).toThrow(message);
});

test.each(["[]", "[[]]", '["pay:read"]'])(
  "scopes: %s in a composed file is refused",
  (scopes) => {
    const sdl = composed(people, pay).replace(
      'scopes: [["pay:read"], ["pay:read:self"]]',
      `scopes: ${scopes}`,
    );
    expect(() => readSupergraph(sdl)).toThrow("Person.salary");
  },
);

test("the committed supergraph is read", async () => {
  const sdl = await readFile(
    join(import.meta.dirname, "../supergraph.graphql"),
    "utf8",
  );
  expect(
    readSupergraph(sdl)
      .subgraphs.map(({ name }) => name)
      .sort(),
  ).toEqual(["employee", "leave", "payroll"]);
});
