import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { openPolicy } from "./test-policy.ts";
import { type TestCaller, type TestSubgraph, testSubgraph } from "./testing.ts";

/** Mira manages Ben; Zoe is in another team. Every road to a slip, a bonus and a note. */
const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query {
    slips: [Slip]
    nested: [[Slip]]
    strict: [Slip!]
    set: [Slip]
    later: [Slip]
    failing: [Slip]
    odd: Slip
    events: [PayEvent]
    found: [Found]
    people: [Person]
  }
  type Slip @requiresScopes(scopes: [["slip:read"], ["slip:read:reports"], ["slip:read:self"]]) {
    owner: String
    net: Int
  }
  interface PayEvent { amount: Int }
  type Bonus implements PayEvent @requiresScopes(scopes: [["bonus:read"], ["bonus:read:self"]]) { amount: Int }
  type Refund implements PayEvent { amount: Int }
  union Found = Bonus | Job
  type Job { title: String }
  type Person @key(fields: "id badge { code }") @requiresScopes(scopes: [["staff:read"], ["staff:read:self"]]) {
    id: ID @requiresScopes(scopes: [["key:read"]])
    badge: Badge
    address: Address @requiresScopes(scopes: [["home:read"], ["home:read:reports"], ["home:read:self"]])
    shared: Address
    pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:reports"]])
    level: Int! @requiresScopes(scopes: [["pay:read"], ["pay:read:reports"]])
  }
  type Badge { code: Int @requiresScopes(scopes: [["badge:read"]]), colour: Int @requiresScopes(scopes: [["badge:read"]]) }
  type Address @requiresScopes(scopes: [["home:read"], ["home:read:reports"], ["home:read:self"]]) { city: String, lines: [Line], alarm: Alarm }
  type Line @requiresScopes(scopes: [["home:read"], ["home:read:reports"], ["home:read:self"]]) { text: String }
  type Alarm @requiresScopes(scopes: [["alarm:read"], ["alarm:read:self"]]) { code: String }
`;

type Owned = { readonly owner: string };
const owners = ["emp_mira", "emp_ben", "emp_zoe"];
const slips = owners.map((owner) => ({ owner, net: 7 }));
const bonuses = owners.map((owner) => ({
  ...{ __typename: "Bonus", owner },
  amount: 5,
}));
const people = owners.map((id) => ({ id, badge: { code: 1, colour: 2 } }));
const oneForAll = { city: "Graz" };
const batches: string[][] = [];

const options: SubgraphOptions<object> = {
  name: "people",
  schema,
  policy: openPolicy("people", schema),
  resolvers: {
    Query: {
      slips: () => slips,
      nested: () => slips.map((slip) => [slip]),
      strict: () => slips,
      set: () => new Set(slips),
      later: () => slips.map((slip) => Promise.resolve(slip)),
      failing: () => [
        slips[0],
        Promise.reject(new Error("lost")),
        new Error("lost"),
      ],
      odd: () => slips,
      events: () => [...bonuses, { __typename: "Refund", amount: 1 }],
      found: () => [...bonuses, { __typename: "Job", title: "Cook" }],
      people: () => people,
    },
    PayEvent: {
      __resolveType: ({ __typename }: { readonly __typename: string }) =>
        __typename,
    },
    Person: {
      __resolveReference: ({ id }: { readonly id: string }) =>
        people.find((one) => one.id === id) ?? null,
      address: ({ id }: { readonly id: string }) => ({
        ...{ city: id, lines: [{ text: id }], alarm: { code: id } },
      }),
      shared: () => oneForAll,
      pay: () => 9,
      level: () => 3,
    },
  },
  subjects: {
    Slip: { kind: "of", id: ({ owner }: Owned) => owner },
    Bonus: { kind: "of", id: ({ owner }: Owned) => owner },
    Person: { kind: "of", id: ({ id }: { readonly id: string }) => id },
    Address: { kind: "inherited" },
    Line: { kind: "inherited" },
    Alarm: { kind: "inherited" },
  },
  reports: (manager, candidates) => {
    batches.push([manager, ...candidates]);
    return Promise.resolve(new Set(["emp_ben"]));
  },
  context: () => ({}),
  dependencies: {},
};

const subgraph: TestSubgraph = await testSubgraph(options);
afterAll(() => subgraph.close());
beforeEach(() => {
  batches.length = 0;
});

const mira = (...scopes: string[]): TestCaller => ({
  ...{ subject: "usr_mira", employeeId: "emp_mira", scopes },
});
const codesOf = (answer: Awaited<ReturnType<TestSubgraph["ask"]>>) =>
  answer.errors?.map(({ path, extensions }) => [
    path?.join("."),
    extensions["code"],
    extensions["occurrences"],
  ]);

describe("rows out of reach are null, in one report for all", () => {
  const own = { net: 7 };
  test.each([
    ["a list", "slips", [own, null, null], "slips.1", 2],
    ["a list of lists", "nested", [[own], [null], [null]], "nested.1.0", 2],
    ["any other iterable", "set", [own, null, null], "set.1", 2],
    ["a list of promises", "later", [own, null, null], "later.1", 2],
  ])("%s", async (_, field, rows, path, occurrences) => {
    const query = `{ ${field} { net } }`;
    const answer = await subgraph.ask(query, mira("slip:read:self"));
    expect(answer.data).toEqual({ [field]: rows });
    expect(codesOf(answer)).toEqual([[path, "FORBIDDEN", occurrences]]);
    const all = await subgraph.ask(query, mira("slip:read"));
    expect(all.errors).toBeUndefined();
    expect(JSON.stringify(all.data)).not.toContain("null");
  });

  test("where null may not stand, the list is", async () => {
    const answer = await subgraph.ask(
      "{ strict { net } }",
      mira("slip:read:self"),
    );
    expect(answer.data).toEqual({ strict: null });
    expect(codesOf(answer)).toEqual([["strict.1", "FORBIDDEN", 1]]);
  });

  test("one that fails is the only one to", async () => {
    const query = "{ failing { net } }";
    for (const scope of ["slip:read", "slip:read:self"]) {
      const answer = await subgraph.ask(query, mira(scope));
      expect(answer.data).toEqual({ failing: [own, null, null] });
      expect(answer.errors?.map(({ path }) => path?.join("."))).toEqual(
        expect.arrayContaining(["failing.1", "failing.2"]),
      );
    }
  });

  test("a list where one row is promised is nobody's row", async () => {
    const answer = await subgraph.ask(
      "{ odd { net } }",
      mira("slip:read:self"),
    );
    expect(answer.data).toEqual({ odd: null });
    expect(codesOf(answer)).toEqual([["odd", "FORBIDDEN", 1]]);
  });

  test("each place of the operation has its own report", async () => {
    const answer = await subgraph.ask(
      "{ a: slips { net } b: slips { net } }",
      mira("slip:read:self"),
    );
    expect(codesOf(answer)).toEqual([
      ["a.1", "FORBIDDEN", 2],
      ["b.1", "FORBIDDEN", 2],
    ]);
  });
});

describe("an interface", () => {
  const query = "{ events { amount } }";

  test("asks for the scopes of every implementation", async () => {
    const answer = await subgraph.ask(query, mira());
    expect(answer.data).toEqual({ events: null });
    expect(codesOf(answer)).toEqual([
      ["events", "UNAUTHORIZED_FIELD_OR_TYPE", 1],
    ]);
    expect(await subgraph.ask(query, mira("bonus:read"))).toMatchObject({
      data: { events: [5, 5, 5, 1].map((amount) => ({ amount })) },
      errors: undefined,
    });
  });

  test("judges each row by the reach of its own type", async () => {
    for (const asked of [query, "{ events { __typename } }"]) {
      const answer = await subgraph.ask(asked, mira("bonus:read:self"));
      expect(answer.data).toEqual({
        events: [expect.anything(), null, null, expect.anything()],
      });
      expect(codesOf(answer)).toEqual([["events.1", "FORBIDDEN", 2]]);
    }
  });
});

describe("a union", () => {
  const query = "{ found { ... on Bonus { amount } ... on Job { title } } }";

  test("is no door: a member whose scopes are missing is closed field by field", async () => {
    const answer = await subgraph.ask(query, mira());
    const closed = { amount: null };
    expect(answer.data).toEqual({
      found: [closed, closed, closed, { title: "Cook" }],
    });
    expect(codesOf(answer)).toEqual([
      ["found.0.amount", "UNAUTHORIZED_FIELD_OR_TYPE", 3],
    ]);
  });

  test("judges each row by the reach of its own type", async () => {
    const asked = "{ found { __typename } }";
    const answer = await subgraph.ask(asked, mira("bonus:read:self"));
    expect(answer.data).toEqual({
      found: [{ __typename: "Bonus" }, null, null, { __typename: "Job" }],
    });
    expect(await subgraph.ask(asked, mira("bonus:read"))).toMatchObject({
      errors: undefined,
    });
  });
});

describe("a value type is its parent's", () => {
  test("at any depth", async () => {
    const answer = await subgraph.ask(
      "{ people { address { city lines { text } } } }",
      mira("staff:read", "home:read:self", "home:read:reports"),
    );
    const at = (city: string) => ({
      address: { city, lines: [{ text: city }] },
    });
    expect(answer.data).toEqual({
      people: [at("emp_mira"), at("emp_ben"), { address: null }],
    });
    expect(codesOf(answer)).toEqual([["people.2.address", "FORBIDDEN", 1]]);
  });

  test("also below one that is open in every row", async () => {
    const query = "{ people { address { city alarm { code } } } }";
    const at = (city: string, alarm: unknown) => ({ address: { city, alarm } });
    const narrow = ["staff:read", "home:read", "alarm:read:self"];
    const answer = await subgraph.ask(query, mira(...narrow));
    expect(answer.data).toEqual({
      people: [
        at("emp_mira", { code: "emp_mira" }),
        at("emp_ben", null),
        at("emp_zoe", null),
      ],
    });
    expect(codesOf(answer)).toEqual([
      ["people.1.address.alarm", "FORBIDDEN", 2],
    ]);
    const wide = mira("staff:read", "home:read", "alarm:read");
    expect(await subgraph.ask(query, wide)).toMatchObject({
      data: { people: owners.map((id) => at(id, { code: id })) },
      errors: undefined,
    });
  });

  test("and nobody's once it came from two people's rows", async () => {
    const query = "{ people { shared { city } } }";
    const narrow = await subgraph.ask(
      query,
      mira("staff:read", "home:read:self"),
    );
    expect(narrow.data).toEqual({
      people: [
        { shared: { city: "Graz" } },
        { shared: null },
        { shared: null },
      ],
    });
    const wide = await subgraph.ask(query, mira("staff:read", "home:read"));
    expect(wide).toMatchObject({ errors: undefined });
  });
});

describe("who reports to whom", () => {
  const query = "{ people { pay address { city } } }";

  test("is asked once for all rows and fields of an operation", async () => {
    const answer = await subgraph.ask(
      query,
      mira("staff:read", "pay:read:reports", "home:read:reports"),
    );
    expect(answer.data).toEqual({
      people: [
        { pay: null, address: null },
        { pay: 9, address: { city: "emp_ben" } },
        { pay: null, address: null },
      ],
    });
    expect(batches).toEqual([["emp_mira", "emp_ben", "emp_zoe"]]);
  });

  test("is not asked where nothing depends on it", async () => {
    const all = ["staff:read", "pay:read", "home:read"];
    await subgraph.ask(query, mira(...all));
    await subgraph.ask(
      "{ people { badge { __typename } } }",
      mira("staff:read", "pay:read:reports"),
    );
    expect(batches).toEqual([]);
  });

  test("is asked for entities as for a list", async () => {
    const r = owners.map((id) => ({ __typename: "Person", id }));
    const answer = await subgraph.ask(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { pay } } }",
      mira("staff:read", "pay:read:reports"),
      { r },
    );
    expect(answer.data).toEqual({
      _entities: [{ pay: null }, { pay: 9 }, { pay: null }],
    });
    expect(codesOf(answer)).toEqual([["_entities.0.pay", "FORBIDDEN", 2]]);
    expect(batches).toEqual([["emp_mira", "emp_ben", "emp_zoe"]]);
  });

  test("is answered with no where the answer does not come", async () => {
    const broken = await testSubgraph({
      ...options,
      reports: () => {
        throw new Error("no connection");
      },
    });
    const scopes = ["staff:read", "home:read:reports", "home:read:self"];
    const answer = await broken.ask(
      "{ people { address { city } } }",
      mira(...scopes),
    );
    await broken.close();
    expect(answer.data).toEqual({
      people: [
        { address: { city: "emp_mira" } },
        { address: null },
        { address: null },
      ],
    });
    expect(codesOf(answer)).toEqual([["people.1.address", "FORBIDDEN", 2]]);
  });
});

test("a denied field that may not be null is refused on each row", async () => {
  const answer = await subgraph.ask(
    "{ people { level } }",
    mira("staff:read", "pay:read:reports"),
  );
  expect(answer.data).toEqual({ people: [null, { level: 3 }, null] });
  expect(codesOf(answer)).toEqual([["people.0.level", "FORBIDDEN", 2]]);
});

describe("a field of a @key", () => {
  const staff = mira("staff:read");

  test("is read for joins under its own name, nested ones too", async () => {
    const answer = await subgraph.ask(
      "{ people { id badge { code } } }",
      staff,
    );
    expect(answer).toMatchObject({
      data: { people: owners.map((id) => ({ id, badge: { code: 1 } })) },
      errors: undefined,
    });
  });

  test("is not under another name", async () => {
    const answer = await subgraph.ask(
      "{ people { key: id badge { of: code } } }",
      staff,
    );
    expect(codesOf(answer)).toEqual([
      ["people.0.key", "UNAUTHORIZED_FIELD_OR_TYPE", 3],
      ["people.0.badge.of", "UNAUTHORIZED_FIELD_OR_TYPE", 3],
    ]);
    const held = mira("staff:read", "key:read", "badge:read");
    expect(
      await subgraph.ask("{ people { key: id badge { of: code } } }", held),
    ).toMatchObject({ errors: undefined });
  });

  test("is not where its parent's rule or the row is out of reach, nor are its neighbours", async () => {
    const query = "{ people { id } }";
    expect(codesOf(await subgraph.ask(query, mira()))).toEqual([
      ["people", "UNAUTHORIZED_FIELD_OR_TYPE", 1],
    ]);
    const own = await subgraph.ask(query, mira("staff:read:self"));
    expect(own.data).toEqual({ people: [{ id: "emp_mira" }, null, null] });
    expect(
      codesOf(await subgraph.ask("{ people { badge { colour } } }", staff)),
    ).toEqual([["people.0.badge.colour", "UNAUTHORIZED_FIELD_OR_TYPE", 3]]);
  });
});

describe("a representation", () => {
  const query =
    "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";

  test.each([
    ["of a type that is no entity", { __typename: "Slip", owner: "emp_mira" }],
    ["of a type that is not there", { __typename: "__proto__" }],
    ["of no type", { id: "emp_mira" }],
    ["that is a text", "Person"],
  ])("%s is refused", async (_, one) => {
    const { errors } = await subgraph.ask(query, mira("slip:read"), {
      r: [one],
    });
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });

  test("of an entity is taken", async () => {
    const r = [{ __typename: "Person", id: "emp_mira" }];
    expect(await subgraph.ask(query, mira("staff:read"), { r })).toMatchObject({
      data: { _entities: [{ __typename: "Person" }] },
      errors: undefined,
    });
  });
});
