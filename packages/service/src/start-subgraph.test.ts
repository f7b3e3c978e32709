import { createTestIssuer, createTestMint } from "@hr/tokens/testing";
import type { PolicyFile } from "@hr/access";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import { startSubgraph } from "./start-subgraph.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { type TestCaller, type TestSubgraph, testSubgraph } from "./testing.ts";
import { createLogger } from "./log.ts";

/** Mira manages Ben; Zoe is in another team. */
const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query {
    people: [Person] @requiresScopes(scopes: [["staff:read"]])
    slip(id: ID!): Slip @requiresScopes(scopes: [["slip:read"], ["slip:read:self"]])
  }
  type Person @key(fields: "id") {
    id: ID!
    name: String
    contract: Contract @requiresScopes(scopes: [["job:read"], ["job:read:reports"], ["job:read:self"]])
    leave: Int @requiresScopes(scopes: [["leave:read"], ["leave:read:reports"], ["leave:read:self"]])
    pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:self"]])
    failing: Int
    secret: Int
  }
  type Contract @requiresScopes(scopes: [["job:read"], ["job:read:reports"], ["job:read:self"]]) { title: String }
  type Slip @key(fields: "id") @requiresScopes(scopes: [["slip:read"], ["slip:read:self"]]) { id: ID! owner: String net: Int }
`;

const policy: PolicyFile = {
  supergraph: "0",
  subgraph: "people",
  coordinates: Object.fromEntries(
    [
      "Query",
      "Query.people",
      "Query.slip",
      "Person",
      "Person.id",
      "Person.name",
      "Person.contract",
      "Person.leave",
      "Person.pay",
      "Person.failing",
      "Contract",
      "Contract.title",
      "Slip",
      "Slip.id",
      "Slip.owner",
      "Slip.net",
    ]
      .map((coordinate): [string, object] => [coordinate, {}])
      // Declared by another subgraph, and composed.
      .concat([["Person.secret", { scopes: [[["audit:read"]]] }]]),
  ),
};

type Row = { readonly id: string };
const people = ["emp_mira", "emp_ben", "emp_zoe"].map((id) => ({
  id,
  name: id.slice(4),
}));
const called: string[] = [];
let batches: string[][] = [];

const options: SubgraphOptions<object> = {
  name: "people",
  schema,
  policy,
  resolvers: {
    Query: {
      people: () => people,
      slip: (_: unknown, { id }: { id: string }) => slip(id),
    },
    Person: {
      __resolveReference: ({ id }: Row) =>
        people.find((one) => one.id === id) ?? null,
      contract: ({ id }: Row) => {
        called.push(`contract ${id}`);
        return { title: "Engineer" };
      },
      leave: () => 5,
      pay: ({ id }: Row) => {
        called.push(`pay ${id}`);
        return 9;
      },
      failing: () => {
        throw new Error("select * from passwords");
      },
      secret: () => 1,
    },
    Slip: { __resolveReference: ({ id }: Row) => slip(id) },
  },
  subjects: {
    "Query.slip": { kind: "narrowed", by: "loads by id" },
    Person: { kind: "of", id: ({ id }: Row) => id },
    Contract: { kind: "inherited" },
    Slip: { kind: "of", id: ({ owner }: { owner: string }) => owner },
  },
  reports: (manager, candidates) => {
    batches.push([manager, ...candidates]);
    return Promise.resolve(
      new Set(
        manager === "emp_mira"
          ? candidates.filter((one) => one === "emp_ben")
          : [],
      ),
    );
  },
  context: () => ({}),
  dependencies: {},
};

const mira = (...scopes: string[]): TestCaller => ({
  subject: "usr_mira",
  employeeId: "emp_mira",
  scopes,
});
const zoe = (...scopes: string[]): TestCaller => ({
  subject: "usr_zoe",
  employeeId: "emp_zoe",
  scopes,
});
const machine = (...scopes: string[]): TestCaller => ({
  subject: "job",
  clientId: "job",
  employeeId: null,
  scopes,
});

let subgraph: TestSubgraph;

beforeAll(async () => {
  subgraph = await testSubgraph(options);
});
afterAll(() => subgraph.close());
beforeEach(() => {
  called.length = 0;
  batches = [];
});

describe("nobody comes around the gateway", () => {
  test.each([
    "{ people { id } }",
    "{ __typename }",
    "{ __schema { queryType { name } } }",
    "{ _service { sdl } }",
    "{ _entities(representations: []) { __typename } }",
  ])("%s without a token is refused", async (query) => {
    expect(await subgraph.ask(query, null)).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: "UNAUTHENTICATED", reason: "NO_TOKEN" } }],
    });
    expect(called).toEqual([]);
  });

  test("a user's own token, another subgraph's and one of another key are refused; its own is taken", async () => {
    const issuer = await createTestIssuer({
      issuer: "urn:hr:gateway",
      audience: "urn:hr:subgraph:people",
    });
    const foreign = await createTestMint();
    const tokens = [
      await issuer.accessToken({
        sub: "usr_mira",
        clientId: "app",
        scope: "staff:read",
      }),
      await foreign.token({
        subgraph: "people",
        sub: "usr_mira",
        clientId: "app",
        scope: "staff:read",
      }),
      await foreign.token({
        subgraph: "payroll",
        sub: "usr_mira",
        clientId: "app",
        scope: "staff:read",
      }),
    ];
    for (const token of tokens) {
      const response = await fetch(`${subgraph.url}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({
          query: "{ people { id } }",
          extensions: { principal: { scopes: ["staff:read"] } },
        }),
      });
      expect(response.status).toBe(401);
    }
    expect(
      await subgraph.ask("{ people { id } }", mira("staff:read")),
    ).toMatchObject({ status: 200, errors: undefined });
  });

  test("the SDL is not handed out, not even to the gateway", async () => {
    const answer = await subgraph.ask(
      "{ _service { sdl } }",
      mira("staff:read"),
    );
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toMatchObject([
      { extensions: { code: "FORBIDDEN" } },
    ]);
  });
});

describe("scopes", () => {
  test("that are missing close a field before its resolver runs, in one error for all rows", async () => {
    const answer = await subgraph.ask(
      "{ people { name pay } }",
      mira("staff:read"),
    );
    expect(answer).toEqual({
      status: 200,
      data: { people: people.map(({ name }) => ({ name, pay: null })) },
      errors: [
        expect.objectContaining({
          message: "Person.pay needs pay:read:self",
          path: ["people", 0, "pay"],
          extensions: {
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate: "Person.pay",
            requiredScopes: [["pay:read:self"], ["pay:read"]],
            missingScopes: ["pay:read:self"],
            occurrences: 3,
          },
        }),
      ],
    });
    expect(called).toEqual([]);
  });

  test("without a reach open every row", async () => {
    const answer = await subgraph.ask(
      "{ people { pay } }",
      machine("staff:read", "pay:read"),
    );
    expect(answer).toMatchObject({
      data: { people: [{ pay: 9 }, { pay: 9 }, { pay: 9 }] },
      errors: undefined,
    });
  });

  test("that another subgraph asks for on a shared field count here too", async () => {
    expect(
      (await subgraph.ask("{ people { secret } }", mira("staff:read"))).errors,
    ).toMatchObject([
      {
        extensions: {
          coordinate: "Person.secret",
          missingScopes: ["audit:read"],
        },
      },
    ]);
    expect(
      (
        await subgraph.ask(
          "{ people { secret } }",
          mira("staff:read", "audit:read"),
        )
      ).errors,
    ).toBeUndefined();
  });
});

describe("reach, row by row", () => {
  test("own and reports are opened, a stranger is not, and the cost is one question", async () => {
    const answer = await subgraph.ask(
      "{ people { contract { title } } }",
      mira("staff:read", "job:read:self", "job:read:reports"),
    );
    expect(answer.data).toEqual({
      people: [
        { contract: { title: "Engineer" } },
        { contract: { title: "Engineer" } },
        { contract: null },
      ],
    });
    expect(answer.errors).toMatchObject([
      {
        path: ["people", 2, "contract"],
        extensions: {
          code: "FORBIDDEN",
          coordinate: "Person.contract",
          occurrences: 1,
        },
      },
    ]);
    expect(called).toEqual(["contract emp_mira", "contract emp_ben"]);
    expect(batches).toEqual([["emp_mira", "emp_ben", "emp_zoe"]]);
  });

  test("reports are not oneself", async () => {
    const answer = await subgraph.ask(
      "{ people { leave } }",
      mira("staff:read", "leave:read:reports"),
    );
    expect(answer.data).toEqual({
      people: [{ leave: null }, { leave: 5 }, { leave: null }],
    });
    expect(answer.errors).toMatchObject([
      { extensions: { code: "FORBIDDEN", occurrences: 2 } },
    ]);
  });

  test("a machine has no self and no reports", async () => {
    const answer = await subgraph.ask(
      "{ people { leave } }",
      machine("staff:read", "leave:read:self", "leave:read:reports"),
    );
    expect(answer.data).toEqual({
      people: [{ leave: null }, { leave: null }, { leave: null }],
    });
  });

  test("a row that comes back is judged before any of its fields", async () => {
    const query = '{ slip(id: "slip_zoe") { net } }';
    expect(await subgraph.ask(query, mira("slip:read:self"))).toMatchObject({
      data: { slip: null },
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
    expect(await subgraph.ask(query, zoe("slip:read:self"))).toMatchObject({
      data: { slip: { net: 7 } },
      errors: undefined,
    });
    expect(await subgraph.ask(query, mira("slip:read"))).toMatchObject({
      data: { slip: { net: 7 } },
      errors: undefined,
    });
  });
});

describe("_entities", () => {
  const query =
    "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Slip { net } ... on Person { contract { title } } } }";

  test("the subject is the loaded row's, whatever the representation says", async () => {
    const forged = {
      r: [{ __typename: "Slip", id: "slip_zoe", owner: "emp_mira", net: 1 }],
    };
    expect(
      await subgraph.ask(query, mira("slip:read:self"), forged),
    ).toMatchObject({
      data: { _entities: [null] },
      errors: [
        {
          path: ["_entities", 0],
          extensions: { code: "FORBIDDEN", coordinate: "Slip" },
        },
      ],
    });
    expect(
      await subgraph.ask(query, zoe("slip:read:self"), forged),
    ).toMatchObject({ data: { _entities: [{ net: 7 }] }, errors: undefined });
  });

  test("a type is not entered without its scopes", async () => {
    expect(
      await subgraph.ask(query, zoe(), {
        r: [{ __typename: "Slip", id: "slip_zoe" }],
      }),
    ).toMatchObject({
      data: { _entities: [null] },
      errors: [
        {
          extensions: {
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate: "Slip",
          },
        },
      ],
    });
  });

  test("more than 1,000 representations are refused", async () => {
    const r = Array.from({ length: 1_001 }, () => ({
      __typename: "Person",
      id: "emp_ben",
    }));
    expect(
      (await subgraph.ask(query, mira("job:read"), { r })).errors,
    ).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    expect(
      (await subgraph.ask(query, mira("job:read"), { r: r.slice(1) })).errors,
    ).toBeUndefined();
  });
});

test("an unexpected error is masked", async () => {
  const { errors } = await subgraph.ask(
    "{ people { failing } }",
    mira("staff:read"),
  );
  expect(errors).toHaveLength(3);
  expect(errors?.[0]).toMatchObject({
    message: "Something went wrong here. It has been logged.",
    extensions: { code: "INTERNAL_SERVER_ERROR" },
  });
  expect(JSON.stringify(errors)).not.toContain("passwords");
});

describe("a subgraph does not start", () => {
  const start = (change: Partial<SubgraphOptions<object>>) =>
    startSubgraph(
      { ...options, ...change },
      {
        host: "127.0.0.1",
        port: 0,
        gateway: {
          issuer: "urn:hr:gateway",
          jwksUri: "http://127.0.0.1:1/jwks",
        },
        logger: createLogger("people", { write: () => undefined }),
      },
    );

  test("with a field the composed policy does not know", async () => {
    const more = schema.replace("name: String", "name: String added: Int");
    await expect(start({ schema: more })).rejects.toThrow(
      "Person.added is not in the composed policy",
    );
  });

  test("with a field that only looks like one of federation's", async () => {
    const more = schema.replace("name: String", "name: String _entities: Int");
    await expect(start({ schema: more })).rejects.toThrow(
      "Person._entities is not in the composed policy",
    );
  });

  test("with a reach and nobody to say whose row it is", async () => {
    const { Slip: _slip, ...subjects } = options.subjects;
    await expect(start({ subjects })).rejects.toThrow(
      "Slip has a :self or :reports alternative",
    );
    const { "Query.slip": _root, ...roots } = options.subjects;
    await expect(start({ subjects: roots })).rejects.toThrow(
      "Query.slip has a :self or :reports alternative",
    );
  });

  test("with an entity whose representation would be believed", async () => {
    await expect(
      start({ resolvers: { ...options.resolvers, Slip: {} } }),
    ).rejects.toThrow("reference resolver in people: Slip");
  });
});

function slip(id: string) {
  return id === "slip_zoe" ? { id, owner: "emp_zoe", net: 7 } : null;
}
