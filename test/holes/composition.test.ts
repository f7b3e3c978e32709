import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRules } from "@hr/access";
import { type Artefact, compose } from "@hr/cli";
import { expect, test } from "@jest/globals";
import { buildASTSchema, parse } from "graphql";

const imported =
  '"@key", "@requires", "@external", "@shareable", "@authenticated", "@requiresScopes", "@policy", "@interfaceObject", "@context", "@fromContext"';
const link = (names = imported, version = "v2.9") =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/${version}", import: [${names}])`;
const see = '@requiresScopes(scopes: [["employee:read"]])';
const pay = '@requiresScopes(scopes: [["payroll:read"]])';
const root = `type Query { person: Person ${see} }`;

test.each([
  [
    "an interface",
    `interface Note ${pay} { text: String } type Memo implements Note { text: String }`,
  ],
  [
    "an interface's field",
    `interface Note { text: String ${pay} } type Memo implements Note { text: String }`,
  ],
  [
    "an interface, without scopes",
    "interface Note @authenticated { text: String } type Memo implements Note { text: String }",
  ],
  [
    "an interface, as a policy",
    'interface Note @policy(policies: [["local"]]) { text: String } type Memo implements Note { text: String }',
  ],
  [
    "an interface that is an object elsewhere",
    `type Note @key(fields: "id") @interfaceObject ${pay} { id: ID! text: String }`,
  ],
])(
  "hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a rule on %s, which no implementation would inherit, does not compose",
  async (_what, types) => {
    const note = types.includes("@interfaceObject")
      ? 'interface Note @key(fields: "id") { id: ID! } type Memo implements Note @key(fields: "id") { id: ID! }'
      : "";
    await expect(
      composed({
        notes: `${link()} type Query { notes: [Note] ${see} } ${types}`,
        ...(note && { memos: `${link()} ${note}` }),
      }),
    ).rejects.toThrow("cannot be applied on interfaces");
  },
);

test("hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a rule on a field that stands for all implementations is copied to each", async () => {
  const rules = rulesOf(
    await composed({
      notes: `${link()} type Query { notes: [Note] ${see} } interface Note @key(fields: "id") { id: ID! } type Memo implements Note @key(fields: "id") { id: ID! }`,
      texts: `${link()} type Note @key(fields: "id") @interfaceObject { id: ID! text: String ${pay} }`,
    }),
  );
  for (const type of ["Note", "Memo"])
    expect(rules.select(type, "text").scopes).toEqual([[["payroll:read"]]]);
});

/** `risk` is closed; `premium`, elsewhere, is made from it. */
const risk = `${link()} ${root} type Person @key(fields: "id") { id: ID! risk: Int ${pay} open: Int }`;
const premium = (rule: string, reads = "risk") =>
  `${link()} type Person @key(fields: "id") { id: ID! ${reads}: Int @external premium: Int @requires(fields: "${reads}") ${rule} }`;

test.each([
  ["nothing", "", ""],
  ["less than it reads", "@authenticated", ""],
  ["something else", see, ""],
  [
    "a weaker OR",
    '@requiresScopes(scopes: [["payroll:read"], ["employee:read"]])',
    "",
  ],
  [
    "what it reads, and a chain that asks for less",
    pay,
    `${link()} type Person @key(fields: "id") { id: ID! premium: Int @external gift: Int @requires(fields: "premium") ${see} }`,
  ],
])(
  "hole 4, GHSA-m8jr-fxqx-8xx6: a field that asks for %s is not made from one that is closed",
  async (_what, rule, chain) => {
    await expect(
      composed({ risk, premium: premium(rule), ...(chain && { chain }) }),
    ).rejects.toThrow("does not specify necessary");
  },
);

test.each([
  [
    "a nested field",
    `type Person @key(fields: "id") { id: ID! part: Part } type Part { sum: Int ${pay} }`,
    "type Part { sum: Int @external }",
  ],
  [
    "a type",
    `type Person @key(fields: "id") { id: ID! part: Part } type Part ${pay} { sum: Int }`,
    "type Part { sum: Int @external }",
  ],
  [
    "an implementation",
    `type Person @key(fields: "id") { id: ID! part: Part } interface Part { sum: Int } type Pay implements Part { sum: Int ${pay} }`,
    "interface Part { sum: Int } type Pay implements Part { sum: Int @external }",
  ],
])(
  "hole 4, GHSA-m8jr-fxqx-8xx6: an open field is not made from what is closed by %s",
  async (_what, owner, reader) => {
    await expect(
      composed({
        owner: `${link()} ${root} ${owner}`,
        reader: `${link()} type Person @key(fields: "id") { id: ID! part: Part @external premium: Int @requires(fields: "part { sum }") } ${reader}`,
      }),
    ).rejects.toThrow("does not specify necessary");
  },
);

test("hole 4, GHSA-m8jr-fxqx-8xx6: an argument is not filled from a context that is closed", async () => {
  await expect(
    composed({
      risk: `${link()} ${root} type Person @key(fields: "id") @context(name: "who") { id: ID! risk: Int ${pay} part: Part }
        type Part @key(fields: "id") { id: ID! sum(of: Int @fromContext(field: "$who { risk }")): Int }`,
      part: `${link()} type Part @key(fields: "id") { id: ID! name: String }`,
    }),
  ).rejects.toThrow("does not specify necessary");
});

test.each([
  ["as much as it reads", premium(pay)],
  [
    "more than it reads",
    premium('@requiresScopes(scopes: [["payroll:read", "employee:read"]])'),
  ],
  ["nothing, as what it reads", premium("", "open")],
])(
  "hole 4, GHSA-m8jr-fxqx-8xx6: a field that asks for %s composes",
  async (_what, reader) => {
    await expect(composed({ risk, premium: reader })).resolves.toBeDefined();
  },
);

test.each([
  [
    "that defines the directive itself",
    `${link('"@key"')} directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION`,
    "requiresScopes",
    "compose to nothing",
  ],
  [
    "of Federation 1",
    "directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION",
    "requiresScopes",
    "no Federation 2",
  ],
  [
    "that gives the directive the name it would have had",
    `${link('"@key"', "v2.4")} directive @federation__requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION`,
    "federation__requiresScopes",
    "the rule at Query.sum was lost in composition",
  ],
  [
    "that imports it from a version without it",
    link('"@key", "@requiresScopes"', "v2.4"),
    "requiresScopes",
    "Cannot import unknown element",
  ],
])(
  "hole 9: a subgraph %s does not compose, rather than without its rules",
  async (_what, head, name, message) => {
    const types = (directive: string) =>
      `type Query { sum: Int @${directive}(scopes: [["payroll:read"]]) }`;
    await expect(composed({ till: `${head} ${types(name)}` })).rejects.toThrow(
      message,
    );
    const good = await composed({
      till: `${link()} ${types("requiresScopes")}`,
    });
    expect(rulesOf(good).own("Query.sum").scopes).toEqual([[["payroll:read"]]]);
  },
);

test.each([
  "[]",
  "[[]]",
  '[[], ["payroll:read"]]',
  '["payroll:read", "employee:read"]',
  '"payroll:read"',
  "null",
  '[["payroll:read employee:read"]]',
  '[[" payroll:read"]]',
  '[[""]]',
  "[[1]]",
  '[["payroll:raed"]]',
  '[["payroll:*"]]',
  '[["PAYROLL:READ"]]',
  '[["payroll:payslip:read:self"]]',
])(
  "hole 8, apollographql/federation#2744: scopes: %s do not compose, and the coordinate is named",
  async (scopes) => {
    const before = composed({
      till: `${link()} type Query { sum: Int @requiresScopes(scopes: ${scopes}) }`,
    });
    await expect(before).rejects.toThrow("Query.sum");
  },
);

/** Two of six scopes in fifteen ways. */
const pairs = (scopes: readonly string[]) =>
  scopes.flatMap((one, n) => scopes.slice(n + 1).map((other) => [one, other]));
const ours = pairs([
  "employee:read",
  "employee:job:read",
  "employee:pii:read",
  "employee:nationalid:read",
  "leave:read",
  "leave:approve",
]);
const theirs = pairs([
  "payroll:read",
  "payroll:payslip:read",
  "payroll:compensation:read",
  "payroll:bank:read",
  "leave:calendar:read",
  "leave:request",
]);

test("hole 14: more than 64 alternatives do not compose, written or multiplied", async () => {
  const shared = (name: string, alternatives: readonly (readonly string[])[]) =>
    `${link()} type Query { ${name}: Int ${see} shared: Int @shareable @requiresScopes(scopes: ${JSON.stringify(alternatives)}) }`;
  const many = Array.from({ length: 65 }, () => ["payroll:read"]);
  await expect(composed({ one: shared("one", many) })).rejects.toThrow(
    "Query.shared: @requiresScopes(scopes:) has 65 alternatives, more than 64",
  );
  const one = shared("one", ours);
  await expect(composed({ one, two: shared("two", theirs) })).rejects.toThrow(
    "Query.shared: @requiresScopes(scopes:) has 225 alternatives",
  );
  const both = await composed({ one, two: shared("two", theirs.slice(0, 4)) });
  expect(rulesOf(both).own("Query.shared").scopes[0]).toHaveLength(60);
});

test.each([
  [
    "mixes :self and :reports",
    "type Person",
    'pay: Int @requiresScopes(scopes: [["payroll:compensation:read", "leave:read"], ["payroll:compensation:read:self", "leave:read:reports"]])',
    "Person.pay",
  ],
  [
    "has a reach on a @key field",
    'type Person @key(fields: "number")',
    'number: ID @requiresScopes(scopes: [["employee:read"], ["employee:read:self"]])',
    "Person.number",
  ],
  [
    "has a reach without its company-wide twin",
    "type Person",
    'pay: Int @requiresScopes(scopes: [["payroll:compensation:read:self"]])',
    "Person.pay",
  ],
])(
  "hole 21, GHSA-mpw3-7c6v-vfjp: a rule that %s does not compose",
  async (_what, type, field, coordinate) => {
    await expect(
      composed({ staff: `${link()} ${root} ${type} { id: ID! ${field} }` }),
    ).rejects.toThrow(coordinate);
    const open = field.replace(/@requiresScopes.*/, "");
    await expect(
      composed({ staff: `${link()} ${root} ${type} { id: ID! ${open} }` }),
    ).resolves.toBeDefined();
  },
);

/** What a checkout with these subgraphs would write. */
async function composed(
  subgraphs: Readonly<Record<string, string>>,
): Promise<readonly Artefact[]> {
  const folder = await mkdtemp(join(tmpdir(), "compose-"));
  const lines = ["federation_version: =2.14.4", "subgraphs:"];
  for (const [name, sdl] of Object.entries(subgraphs)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "schema.graphql"), sdl);
    lines.push(
      `  ${name}:`,
      `    routing_url: http://127.0.0.1:1/${name}`,
      `    schema: { file: ${name}/schema.graphql }`,
    );
  }
  const config = join(folder, "supergraph.yaml");
  await writeFile(config, lines.join("\n"));
  return compose(config).finally(() => rm(folder, { recursive: true }));
}

function rulesOf(artefacts: readonly Artefact[]) {
  const sdl = artefacts.find(({ path }) => path.endsWith(".graphql"));
  const document = parse(sdl?.text ?? "");
  return readRules(
    document,
    buildASTSchema(document, { assumeValidSDL: true }),
  );
}
