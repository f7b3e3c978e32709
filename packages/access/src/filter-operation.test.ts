import { describe, expect, test } from "@jest/globals";
import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  buildSchema,
  execute,
  getVariableValues,
  parse,
  print,
  validate,
} from "graphql";
import { completeResponse } from "./complete-response.ts";
import { filterOperation } from "./filter-operation.ts";
import { type Principal, anonymous } from "./principal.ts";
import { meets } from "./requirement.ts";
import { readRules } from "./rules.ts";
import { wireOperation } from "./wire-operation.ts";

const sdl = `
  schema
    @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
    @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)
  { query: Query mutation: Mutation }
  directive @link(url: String, as: String, for: link__Purpose, import: [String]) repeatable on SCHEMA
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  enum link__Purpose { SECURITY EXECUTION }
  type Query {
    me: Person
    people: [Person!]
    hall: [Person]!
    events: [PayEvent]
    anything: [Anything]
    audit: Audit
    vault: Secret
    mood: Mood
  }
  type Mutation { raise(by: Int): Person promote: Person }
  type Person {
    name: String!
    salary: Int @requiresScopes(scopes: [["pay"]])
    badge: Int! @requiresScopes(scopes: [["badge"]])
    boss: Person
    note(limit: Int): String
    file: File
  }
  type File @requiresScopes(scopes: [["file"]]) { id: ID! }
  interface PayEvent { amount: Int }
  type Bonus implements PayEvent { amount: Int @requiresScopes(scopes: [["pay"]]) reason: String }
  type Refund implements PayEvent { amount: Int reason: String }
  union Anything = Person | File
  type Audit { rows: [Secret!]! count: Int! @authenticated }
  scalar Secret @requiresScopes(scopes: [["secret"]])
  enum Mood @requiresScopes(scopes: [["mood"]]) { FINE }
`;

const schema = buildSchema(sdl);
const rules = readRules(parse(sdl), schema);
const prefix = "r7_";

const ada = {
  __typename: "Person",
  name: "Ada",
  salary: 10,
  badge: 7,
  note: "n",
};
const root = {
  me: {
    ...ada,
    boss: { __typename: "Person", name: "Mia", salary: 20, badge: 8 },
    file: { id: "f" },
  },
  people: [ada],
  hall: [ada],
  events: [
    { __typename: "Bonus", amount: 5, reason: "b" },
    { __typename: "Refund", amount: 6, reason: "r" },
  ],
  anything: [ada, { __typename: "File", id: "f" }],
  audit: { rows: ["s"], count: 1 },
  vault: "s",
  mood: "FINE",
  raise: ada,
  promote: ada,
};

function caller(...scopes: string[]): Principal {
  return {
    ...anonymous,
    kind: "person",
    subject: "usr_ada",
    scopes: new Set(scopes),
  };
}

async function ask(
  source: string,
  principal: Principal,
  variables: Record<string, unknown> = {},
) {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("no operation");
  const coerced = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
  );
  const filtered = filterOperation({
    schema,
    operation,
    fragments: new Map(
      document.definitions
        .filter(
          (node): node is FragmentDefinitionNode =>
            node.kind === Kind.FRAGMENT_DEFINITION,
        )
        .map((node) => [node.name.value, node]),
    ),
    variables: coerced.coerced ?? {},
    rules,
    meets: (requirement) => meets(requirement, principal),
    prefix,
  });
  const sent = wireOperation(filtered, prefix);
  const answer = sent && (await run(schema, print(sent), variables));
  const data = completeResponse({
    schema,
    filtered,
    data: answer?.data ?? null,
    introspection: {},
    prefix,
  });
  return {
    sent: sent && print(sent).replaceAll(/\s+/g, " "),
    data: JSON.parse(JSON.stringify(data)) as unknown,
    denied: filtered.denials.map(
      ({ coordinate, path }) => `${coordinate} at ${path.join(".")}`,
    ),
  };
}

async function run(
  on: GraphQLSchema,
  source: string,
  variableValues: Record<string, unknown>,
) {
  const document = parse(source);
  expect(validate(on, document)).toEqual([]);
  const result = await execute({
    schema: on,
    document,
    rootValue: root,
    variableValues,
  });
  expect(result.errors).toBeUndefined();
  return result;
}

describe("a denied field", () => {
  test("is null beside what is allowed, and is never sent", async () => {
    expect(await ask("{ me { name salary } }", caller())).toEqual({
      sent: "{ me { name } }",
      data: { me: { name: "Ada", salary: null } },
      denied: ["Person.salary at me.salary"],
    });
    expect(await ask("{ me { name salary } }", caller("pay"))).toEqual({
      sent: "{ me { name salary } }",
      data: { me: { name: "Ada", salary: 10 } },
      denied: [],
    });
  });

  test("is judged by its schema name under every alias", async () => {
    expect(await ask("{ me { name: salary salary: name } }", caller())).toEqual(
      {
        sent: "{ me { r7_1: name } }",
        data: { me: { name: null, salary: "Ada" } },
        denied: ["Person.salary at me.name"],
      },
    );
    const twice = await ask(
      "{ me { a: salary b: salary ...F } } fragment F on Person { salary }",
      caller(),
    );
    expect(twice.data).toEqual({ me: { a: null, b: null, salary: null } });
    expect(twice.denied).toHaveLength(3);
  });

  test("nulls the nearest nullable parent when it is non-null", async () => {
    expect((await ask("{ me { name badge } }", caller())).data).toEqual({
      me: null,
    });
    expect((await ask("{ people { name badge } }", caller())).data).toEqual({
      people: null,
    });
    expect((await ask("{ hall { badge } }", caller())).data).toEqual({
      hall: [null],
    });
    expect(
      (await ask("{ audit { count } me { name } }", anonymous)).data,
    ).toEqual({
      audit: null,
      me: { name: "Ada" },
    });
    expect((await ask("{ hall { badge } }", caller("badge"))).data).toEqual({
      hall: [{ badge: 7 }],
    });
  });

  test("is denied by the type it returns: object, scalar, enum, in lists", async () => {
    expect((await ask("{ me { file { id } } }", caller())).denied).toEqual([
      "Person.file at me.file",
    ]);
    expect(
      (await ask("{ vault mood audit { rows } }", caller())).denied,
    ).toEqual([
      "Query.vault at vault",
      "Query.mood at mood",
      "Audit.rows at audit.rows",
    ]);
    expect(
      (await ask("{ vault mood }", caller("secret", "mood"))).data,
    ).toEqual({ vault: "s", mood: "FINE" });
  });

  test("is denied under dangerous names, which never reach the planner", async () => {
    const { data, sent } = await ask(
      "{ me { __proto__: name constructor: salary toString: name } }",
      caller(),
    );
    expect(sent).toBe("{ me { r7_0: name r7_2: name } }");
    expect(JSON.stringify(data)).toBe(
      '{"me":{"__proto__":"Ada","constructor":null,"toString":"Ada"}}',
    );
  });
});

describe("interfaces and unions", () => {
  test("an interface field asks for what the strictest implementation asks", async () => {
    for (const source of [
      "{ events { amount } }",
      "{ events { ... on PayEvent { amount } } }",
      "{ events { ... { amount } } }",
    ]) {
      const answer = await ask(source, caller());
      expect(answer.denied).toEqual(["PayEvent.amount at events.amount"]);
      expect(answer.data).toEqual({
        events: [{ amount: null }, { amount: null }],
      });
    }
    expect((await ask("{ events { amount } }", caller("pay"))).data).toEqual({
      events: [{ amount: 5 }, { amount: 6 }],
    });
  });

  test("a fragment is judged by its own type", async () => {
    const answer = await ask(
      "{ events { ... on Refund { amount } ... on Bonus { amount reason } } }",
      caller(),
    );
    expect(answer.denied).toEqual(["Bonus.amount at events.amount"]);
    expect(answer.data).toEqual({
      events: [{ amount: null, reason: "b" }, { amount: 6 }],
    });
  });

  test("a fragment on a closed type is removed whole, for rows of that type alone", async () => {
    expect(
      await ask(
        "{ anything { ... on Person { name } ... on File { id } } }",
        caller(),
      ),
    ).toEqual({
      sent: "{ anything { r7_t: __typename ... on Person { name } } }",
      data: { anything: [{ name: "Ada" }, null] },
      denied: ["File at anything"],
    });
    expect(
      (await ask("{ anything { ... on File { id } } }", caller())).data,
    ).toEqual({ anything: null });
    expect(
      (await ask("{ anything { ... on File { id } } }", caller("file"))).data,
    ).toEqual({ anything: [{}, { id: "f" }] });
  });
});

describe("what is left of a parent", () => {
  test("keeps it when a field below was denied, and fetches only its type", async () => {
    expect(await ask("{ me { salary } }", caller())).toEqual({
      sent: "{ me { r7_t: __typename } }",
      data: { me: { salary: null } },
      denied: ["Person.salary at me.salary"],
    });
  });

  test("sends nothing when nothing is left", async () => {
    expect(await ask("{ vault mood }", caller())).toMatchObject({
      sent: null,
      data: { vault: null, mood: null },
    });
    expect(
      await ask(
        "query ($no: Boolean = false) { me @include(if: $no) { name } }",
        caller(),
      ),
    ).toEqual({
      sent: null,
      data: {},
      denied: [],
    });
    expect(await ask("{ __typename }", caller())).toEqual({
      sent: null,
      data: { __typename: "Query" },
      denied: [],
    });
  });

  test("evaluates conditions before it judges", async () => {
    const source =
      "query ($pay: Boolean!) { me { name salary @include(if: $pay) boss @skip(if: $pay) { name } } }";
    expect(await ask(source, caller(), { pay: false })).toEqual({
      sent: "{ me { name boss { name } } }",
      data: { me: { name: "Ada", boss: { name: "Mia" } } },
      denied: [],
    });
    expect((await ask(source, caller(), { pay: true })).denied).toEqual([
      "Person.salary at me.salary",
    ]);
  });
});

describe("mutations", () => {
  test("run what is allowed of their result", async () => {
    expect(
      await ask("mutation { raise(by: 1) { name salary } }", caller()),
    ).toEqual({
      sent: "mutation { r7_0: raise(by: 1) { name } }",
      data: { raise: { name: "Ada", salary: null } },
      denied: ["Person.salary at raise.salary"],
    });
  });

  test("do not run when everything selected of the result is denied", async () => {
    expect(
      await ask("mutation { raise { salary } promote { name } }", caller()),
    ).toEqual({
      sent: "mutation { promote { name } }",
      data: { raise: null, promote: { name: "Ada" } },
      denied: ["Person.salary at raise.salary"],
    });
  });
});

test("equal fields with other arguments keep apart, equal ones merge", async () => {
  const { sent } = await ask(
    "{ me { note(limit: 1) other: note(limit: 2) ...F } } fragment F on Person { note(limit: 1) }",
    caller(),
  );
  expect(sent).toBe(
    "{ me { r7_0: note(limit: 1) r7_1: note(limit: 2) r7_0: note(limit: 1) } }",
  );
});

test("drops the variables of what was removed", async () => {
  const { sent } = await ask(
    "query ($a: Int, $b: Boolean = true) { me { note(limit: $a) name @include(if: $b) } }",
    caller(),
    { a: 1 },
  );
  expect(sent).toBe("query ($a: Int) { me { r7_0: note(limit: $a) name } }");
});
