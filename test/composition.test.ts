import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { allScopes, mentioned, readRules } from "@hr/access";
import { type Artefact, compose, lintSubgraph } from "@hr/cli";
import { buildASTSchema, parse } from "graphql";

const root = join(import.meta.dirname, "..");
let artefacts: readonly Artefact[];

beforeAll(async () => {
  artefacts = await compose(join(root, "supergraph.yaml"));
});

test("the committed supergraph, scopes.json, policies and docs/access.md are what the schemas compose to", async () => {
  for (const { path, text } of artefacts)
    expect({ path, text: await readFile(path, "utf8") }).toEqual({
      path,
      text,
    });
  expect(artefacts).toHaveLength(6);
});

test("the scopes in the SDL are the vocabulary, no more and no less", () => {
  const document = parse(artefacts[0]?.text ?? "");
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const { coordinates } = readRules(document, schema);
  const used = [...coordinates.values()].flatMap((rule) => [
    ...mentioned(rule),
  ]);
  expect([...new Set(used)].sort()).toEqual([...allScopes].sort());
});

describe("the linter names the coordinate of", () => {
  const lint = (
    body: string,
    imports = '"@key", "@requiresScopes", "@requires", "@external", "@authenticated"',
  ) =>
    lintSubgraph(
      "people",
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n${body}`,
    );
  const good = '@requiresScopes(scopes: [["employee:read"]])';

  test("nothing in a schema that keeps the rules", () => {
    expect(
      lint(
        `type Query { me: Person ${good} } type Person { pay: Int @requiresScopes(scopes: [["employee:read"], ["employee:read:self"]]) }`,
      ),
    ).toEqual([]);
  });

  test.each([
    [
      "a root field that is open",
      "type Query { me: Int }",
      "Query.me carries no rule",
    ],
    [
      "a scope that is not in the vocabulary",
      'type Query { me: Int @requiresScopes(scopes: [["employee:raed"]]) }',
      "employee:raed is not in the vocabulary",
    ],
    [
      "a scope that breaks the grammar",
      'type Query { me: Int @requiresScopes(scopes: [["Employee.Read"]]) }',
      "does not follow the grammar",
    ],
    [
      "a suffixed scope without its twin",
      'type Query { me: Int @requiresScopes(scopes: [["employee:read:self"]]) }',
      "without its company-wide twin",
    ],
    [
      "a scoped field that is non-null",
      `type Query { me: Int! ${good} }`,
      "Query.me carries scopes and is non-null",
    ],
    [
      "a non-null reference to a scoped type",
      `type Query { me: Team ${good} } type Team { boss: Person! } type Person ${good} { name: String }`,
      "Team.boss is a non-null reference",
    ],
  ])("%s", (_what, body, message) => {
    expect(lint(body).join("\n")).toContain(message);
  });

  test("@requires with arguments", () => {
    const faults = lint(
      `type Query { me: Person ${good} } type Person @key(fields: "id") { id: ID! note(limit: Int): String @external digest: String @requires(fields: "note(limit: 3)") }`,
    );
    expect(faults.join("\n")).toContain(
      "Person.digest: @requires with arguments",
    );
  });

  test("a directive that is defined instead of imported, and a schema of Federation 1", () => {
    expect(
      lint(
        `directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION type Query { me: Int }`,
        '"@key"',
      ).join("\n"),
    ).toContain("compose to nothing");
    expect(
      lintSubgraph("people", "type Query { me: Int }").join("\n"),
    ).toContain("no Federation 2");
  });
});
