import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openInternalKeys } from "@hr/tokens";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

let raised = 0;
const parts: Readonly<Record<string, GraphPart>> = {
  staff: {
    sdl: `
      type Query {
        me: Person
        ping: String
        badge: String @authenticated
        vault: String @policy(policies: [["recent-sign-in"], ["department:safety"]])
        safe: String @requiresScopes(scopes: [["safe"]]) @policy(policies: [["person"]])
      }
      type Mutation {
        raise: Person @requiresScopes(scopes: [["raise"]])
        greet: String
      }
      "Somebody who works here."
      type Person @key(fields: "id") @requiresScopes(scopes: [["person:read"], ["person:read:self"]]) {
        id: ID!
        name: String
        "What they earn."
        pay: Int @requiresScopes(scopes: [["pay:read"], ["pay:read:self"]])
      }`,
    resolvers: {
      Query: {
        me: () => ada,
        ping: () => "pong",
        badge: () => "b-1",
        vault: () => "gold",
        safe: () => "shut",
      },
      Mutation: {
        raise: () => ((raised += 1), ada),
        greet: () => ((raised += 1), "hello"),
      },
    },
  },
};
const ada = { id: "1", name: "Ada", pay: 90 };
const policies = join(import.meta.dirname, "../../examples/policies.ts");

let subgraphs: Subgraphs;
let sdl: string;
const gateways: TestGateway[] = [];

beforeAll(async () => {
  subgraphs = await startSubgraphs(parts);
  sdl = composeParts(parts, subgraphs.urls);
});

afterAll(async () => {
  for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
  await subgraphs[Symbol.asyncDispose]();
});

describe("filter, the default", () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await start()));

  test("names for the operation as a whole what to ask for, and a token with exactly that gets all of it", async () => {
    const source = "{ me { name pay } }";
    const denied = await gateway.ask(source, "person:read");
    expect(denied).toMatchObject({
      status: 200,
      data: { me: { name: "Ada", pay: null } },
      extensions: {
        authorization: {
          suggestedScopes: ["pay:read:self", "person:read"],
          missingScopes: ["pay:read:self"],
        },
      },
    });
    expect(denied.headers.get("www-authenticate")).toBeNull();
    const granted = await gateway.ask(source, suggestedBy(denied.extensions));
    expect(granted).toMatchObject({ data: { me: { name: "Ada", pay: 90 } } });
    expect(granted.errors).toEqual([]);
    expect(granted.extensions).toBeUndefined();
  });

  test("suggests to a machine only what a machine can hold", async () => {
    const { extensions, errors } = await gateway.ask("{ me { pay } }", {
      sub: "export",
      clientId: "export",
      scope: "person:read",
    });
    expect(extensions).toMatchObject({
      authorization: { suggestedScopes: ["pay:read", "person:read"] },
    });
    expect(errors).toMatchObject([
      {
        message: "Person.pay needs pay:read",
        extensions: {
          requiredScopes: [["pay:read:self"], ["pay:read"]],
          missingScopes: ["pay:read"],
        },
      },
    ]);
  });

  test("runs the mutations of a request that are allowed", async () => {
    const before = raised;
    expect(
      await gateway.ask("mutation { greet raise { name } }", "person:read"),
    ).toMatchObject({ status: 200, data: { greet: "hello", raise: null } });
    expect(raised).toBe(before + 1);
  });

  test("refuses a subscription and a document without any operation clearly", async () => {
    expect(await gateway.ask("subscription { me { name } }", "")).toMatchObject(
      {
        status: 400,
        errors: [
          {
            message: "This graph serves no subscription.",
            extensions: { code: "OPERATION_RESOLUTION_FAILURE" },
          },
        ],
      },
    );
    expect(await gateway.ask("fragment F on Query { ping }", "")).toMatchObject(
      { status: 400 },
    );
  });
});

describe("reject", () => {
  let gateway: TestGateway;
  beforeAll(
    async () => (gateway = await start({ AUTHORIZATION_MODE: "reject" })),
  );

  test("refuses the request as a whole, fetches nothing, lists every denial and challenges for the whole set", async () => {
    const answer = await gateway.ask(
      "{ ping person: me { name money: pay } }",
      "person:read",
    );
    expect(answer).toMatchObject({
      status: 403,
      data: null,
      errors: [
        {
          message: "Person.pay needs pay:read:self",
          path: ["person", "money"],
          extensions: {
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate: "Person.pay",
            reason: "MISSING_SCOPE",
          },
        },
      ],
      asked: [],
    });
    expect(answer.headers.get("www-authenticate")).toBe(
      'Bearer realm="hr", resource_metadata="https://graph.example/.well-known/oauth-protected-resource/graphql", error="insufficient_scope", scope="pay:read:self person:read"',
    );
    const scope = /scope="([^"]*)"$/.exec(
      answer.headers.get("www-authenticate") ?? "",
    )?.[1];
    expect(
      await gateway.ask("{ ping person: me { name money: pay } }", scope ?? ""),
    ).toMatchObject({
      status: 200,
      data: { ping: "pong", person: { name: "Ada", money: 90 } },
    });
  });

  test("runs no mutation of a request with one that is denied", async () => {
    const before = raised;
    expect(
      await gateway.ask("mutation { greet raise { name } }", "person:read"),
    ).toMatchObject({ status: 403, data: null, asked: [] });
    expect(raised).toBe(before);
  });
});

test("reject answers a caller without a token 401 with the scopes and without an error", async () => {
  const gateway = await start({
    AUTHORIZATION_MODE: "reject",
    ANONYMOUS: "allow",
  });
  const answer = await gateway.ask("{ me { name } }", null);
  expect(answer).toMatchObject({ status: 401, data: null, asked: [] });
  expect(answer.headers.get("www-authenticate")).toBe(
    'Bearer realm="hr", resource_metadata="https://graph.example/.well-known/oauth-protected-resource/graphql", scope="person:read:self"',
  );
  expect(await gateway.ask("{ ping }", null)).toMatchObject({
    status: 200,
    data: { ping: "pong" },
  });
});

test("mutations: reject refuses a mutation as a whole and filters a query", async () => {
  const gateway = await start({ AUTHORIZATION_MUTATIONS: "reject" });
  const before = raised;
  expect(
    await gateway.ask("mutation { greet raise { name } }", ""),
  ).toMatchObject({ status: 403, data: null });
  expect(raised).toBe(before);
  expect(await gateway.ask("mutation { greet }", "")).toMatchObject({
    status: 200,
    data: { greet: "hello" },
  });
  expect(await gateway.ask("{ ping me { name } }", "")).toMatchObject({
    status: 200,
    data: { ping: "pong", me: null },
  });
});

test("a dry run answers everything, reports what it would deny, and says so at start and in each answer", async () => {
  const gateway = await start({ AUTHORIZATION_MODE: "dry-run" });
  expect(gateway.log).toContainEqual(
    expect.objectContaining({ level: "warn", event: "dry run" }),
  );
  const { data, errors, extensions } = await gateway.ask(
    "{ me { name money: pay } }",
    "person:read",
  );
  expect({ data, errors }).toEqual({
    data: { me: { name: "Ada", money: 90 } },
    errors: [],
  });
  expect(extensions).toMatchObject({
    authorization: {
      mode: "dry-run",
      suggestedScopes: ["pay:read:self", "person:read"],
      denials: [
        {
          path: ["me", "money"],
          coordinate: "Person.pay",
          missingScopes: ["pay:read:self"],
        },
      ],
    },
  });
  expect((await gateway.ask("{ ping }", "")).extensions).toEqual({
    authorization: { mode: "dry-run" },
  });
  expect(gateway.log.at(-2)?.decision).toMatchObject({
    mode: "dry-run",
    denied: [{ coordinate: "Person.pay", reason: "scope", count: 1 }],
  });
});

test("with minimal detail a denial leaves code and path, in the body and in the challenge", async () => {
  const gateway = await start({ ERRORS_DETAIL: "minimal" });
  const { errors, extensions } = await gateway.ask("{ me { name } }", "");
  expect({ errors, extensions }).toEqual({
    errors: [
      {
        message: "Not allowed.",
        path: ["me"],
        extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" },
      },
    ],
    extensions: undefined,
  });
  const strict = await start({
    ERRORS_DETAIL: "minimal",
    AUTHORIZATION_MODE: "reject",
  });
  const answer = await strict.ask("{ me { name } }", "");
  expect(answer.status).toBe(403);
  expect(answer.headers.get("www-authenticate")).not.toContain("person");
  expect(answer.text).not.toContain("person");
});

describe("@policy", () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await start()));
  const now = Math.floor(Date.now() / 1_000);

  test("is decided for each request from the caller's claims", async () => {
    const denied = await gateway.ask("{ vault }", "");
    expect(denied).toMatchObject({
      data: { vault: null },
      errors: [
        {
          message: "Query.vault needs the policy department:safety",
          extensions: {
            requiredPolicies: [["department:safety"], ["recent-sign-in"]],
            missingScopes: [],
          },
        },
      ],
      asked: [],
    });
    for (const claims of [{ auth_time: now - 5 }, { department: "safety" }])
      expect(await gateway.ask("{ vault }", claims)).toMatchObject({
        data: { vault: "gold" },
      });
    for (const claims of [{ auth_time: now - 900 }, { department: "sales" }])
      expect(await gateway.ask("{ vault }", claims)).toMatchObject({
        data: { vault: null },
      });
  });

  test("stands beside scopes: both must hold", async () => {
    const machine = { sub: "m", clientId: "m" };
    expect(
      await gateway.ask("{ safe }", { ...machine, scope: "safe" }),
    ).toMatchObject({ data: { safe: null } });
    expect(await gateway.ask("{ safe }", "")).toMatchObject({
      data: { safe: null },
    });
    expect(await gateway.ask("{ safe }", "safe")).toMatchObject({
      data: { safe: "shut" },
    });
  });

  test("holds for nobody when its evaluator fails", async () => {
    const failing = await start({
      POLICY_MODULE: join(import.meta.dirname, "test-failing-policies.ts"),
    });
    expect(await failing.ask("{ ping vault }", "")).toMatchObject({
      data: { ping: "pong", vault: null },
    });
    expect(failing.log).toContainEqual(
      expect.objectContaining({ level: "error", event: "policies" }),
    );
    expect(JSON.stringify(failing.log)).not.toContain("usr_test is");
  });

  test.each([
    ["no evaluator is given", undefined, /Query\.vault: @policy is used/],
    ["it is not there", "/nowhere.ts", /POLICY_MODULE names \/nowhere\.ts/],
    ["it exports no function", "config", /whose default export is no function/],
  ])("keeps the gateway from starting when %s", async (_why, path, message) => {
    const module =
      path === "config" ? join(import.meta.dirname, "config.ts") : path;
    await expect(start({ POLICY_MODULE: module })).rejects.toThrow(message);
  });
});

describe("another issuer's tokens", () => {
  test("allow what its own claims say, strings and lists alike", async () => {
    const gateway = await start({
      TOKEN_SCOPE_CLAIM: "scp /realm_access/roles",
    });
    const source = "{ me { name pay } }";
    for (const claims of [
      { scp: "person:read pay:read" },
      { scp: ["person:read", "pay:read"] },
      { scp: "person:read", realm_access: { roles: ["pay:read"] } },
    ])
      expect(await gateway.ask(source, claims)).toMatchObject({
        data: { me: { name: "Ada", pay: 90 } },
        errors: [],
      });
    expect(
      await gateway.ask(source, { scope: "person:read pay:read" }),
    ).toMatchObject({ data: { me: null } });
    expect(await gateway.ask(source, { scp: [["person:read"]] })).toMatchObject(
      {
        status: 401,
        errors: [{ extensions: { reason: "SCOPE_INVALID" } }],
      },
    );
  });

  test("are not asked for at a place that is malformed", async () => {
    await expect(
      start({ TOKEN_SCOPE_CLAIM: "realm_access.roles" }),
    ).rejects.toThrow(/TOKEN_SCOPE_CLAIM is malformed.*\/realm_access\/roles/);
  });
});

describe("introspection", () => {
  const names = "{ __schema { types { name } } }";

  test("shows a caller what its scopes reach", async () => {
    const gateway = await start();
    const fields = '{ __type(name: "Person") { fields { name } } }';
    expect((await gateway.ask(fields, "person:read")).data).toEqual({
      __type: { fields: [{ name: "id" }, { name: "name" }] },
    });
    expect((await gateway.ask(fields, "person:read pay:read")).data).toEqual({
      __type: { fields: [{ name: "id" }, { name: "name" }, { name: "pay" }] },
    });
    expect((await gateway.ask(fields, "")).data).toEqual({ __type: null });
    expect(
      (
        await gateway.ask(
          "query ($n: String!) { ...F } fragment F on Query { t: __type(name: $n) { name fields { name } } ping }",
          "",
          { n: "Mutation" },
        )
      ).data,
    ).toEqual({
      t: { name: "Mutation", fields: [{ name: "greet" }] },
      ping: "pong",
    });
  });

  test("shows everything with what it asks for, where that is switched on", async () => {
    const gateway = await start({ INTROSPECTION: "all" });
    const source =
      '{ __type(name: "Person") { description fields { name description } } }';
    expect((await gateway.ask(source, "")).data).toEqual({
      __type: {
        description:
          "Somebody who works here.\n\nRequires: person:read:self, or person:read.",
        fields: [
          { name: "id", description: null },
          { name: "name", description: null },
          {
            name: "pay",
            description:
              "What they earn.\n\nRequires: pay:read:self, or pay:read.",
          },
        ],
      },
    });
  });

  test("is refused where it is switched off", async () => {
    const gateway = await start({ INTROSPECTION: "off" });
    expect(await gateway.ask(names, "")).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
    });
  });

  test("is closed in production to callers without a token, who may ask the rest", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keys-"));
    const keysFile = join(folder, "keys.json");
    await openInternalKeys(keysFile, { create: true });
    const gateway = await start({
      NODE_ENV: "production",
      ANONYMOUS: "allow",
      TOKEN_ISSUER: "https://issuer.example",
      TOKEN_JWKS_URI: "https://127.0.0.1:1/jwks",
      GATEWAY_KEYS_FILE: keysFile,
    });
    const answer = await gateway.ask(names, null);
    expect(answer).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    expect(answer.headers.get("www-authenticate")).toContain("Bearer realm");
    expect(
      await gateway.post(
        { query: `query A { ping } query B ${names}`, operationName: "A" },
        null,
      ),
    ).toMatchObject({ data: { ping: "pong" } });
    const development = await start({ ANONYMOUS: "allow" });
    expect(await development.ask(names, null)).toMatchObject({ status: 200 });
    await rm(folder, { recursive: true });
  });
});

test("the bounds are told by name, with the limit and what was measured", async () => {
  const gateway = await start();
  const many = (count: number, of: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => of(n)).join(" ");
  for (const [source, message] of [
    [
      `{ ${many(31, (n) => `p${n}: ping`)} }`,
      "The operation's rootFields come to 31; the limit is 30.",
    ],
    [
      `{ me { ${many(101, (n) => `n${n}: name`)} } }`,
      "The operation's aliases come to 101; the limit is 100.",
    ],
  ] as const)
    expect(await gateway.ask(source, "person:read")).toMatchObject({
      errors: [{ message, extensions: { code: "OPERATION_TOO_LARGE" } }],
      asked: [],
    });
  expect(
    await gateway.ask(`{ ${many(30, (n) => `p${n}: ping`)} }`, ""),
  ).toMatchObject({ errors: [] });
});

test("every request leaves one decision in the record, in names alone", async () => {
  const gateway = await start();
  const source =
    'query Mine { a: me { name pay } b: me { pay } t: __type(name: "secret-literal") { name } }';
  await gateway.ask(source, { sub: "usr_ada", scope: "person:read" });
  const { level, decision } = gateway.log.at(-1) ?? {};
  expect({ level, decision }).toEqual({
    level: "info",
    decision: {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      requestId: expect.stringMatching(/^ask-/),
      enforcer: "gateway",
      policy: expect.stringMatching(/^[\da-f]{64}$/),
      mode: "filter",
      subject: "usr_ada",
      clientId: "test-client",
      operationName: "Mine",
      operationHash: expect.stringMatching(/^[\da-f]{64}$/),
      granted: ["Query.me"],
      denied: [{ coordinate: "Person.pay", reason: "scope", count: 2 }],
    },
  });
  await gateway.ask(source.replace("secret-literal", "other"), "person:read");
  expect(gateway.log.at(-1)?.decision?.operationHash).toBe(
    decision?.operationHash,
  );
  expect(JSON.stringify(gateway.log)).not.toMatch(/secret-literal|Ada"/);
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(sdl, subgraphs, {
    POLICY_MODULE: policies,
    ...env,
  });
  gateways.push(gateway);
  return gateway;
}

function suggestedBy(extensions: unknown): string {
  const { authorization } = extensions as {
    authorization: { suggestedScopes: readonly string[] };
  };
  return authorization.suggestedScopes.join(" ");
}
