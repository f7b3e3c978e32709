import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readGatewayConfig } from "./config.ts";
import {
  type GraphPart,
  type Subgraphs,
  type TestCaller,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

/** What was changed, by the names of the mutations. */
const changed: string[] = [];
const changes = (name: string) => () => (changed.push(name), name);

const parts: Readonly<Record<string, GraphPart>> = {
  "pay-roll": {
    sdl: `
      type Query { slips: Int remind: String }
      interface Reminding { remind: String }
      type Mutation implements Reminding {
        pay: String @requiresScopes(scopes: [["payroll:write"]])
        remind: String
      }`,
    resolvers: {
      Query: { slips: () => 12, remind: () => "soon" },
      Mutation: { pay: changes("pay"), remind: changes("remind") },
    },
  },
  leave: {
    sdl: `
      type Query { days: Int }
      type Mutation { request: String }`,
    resolvers: {
      Query: { days: () => 25 },
      Mutation: { request: changes("request") },
    },
  },
  audit: {
    sdl: `type Mutation { sign: String }`,
    resolvers: { Mutation: { sign: changes("sign") } },
  },
};

const onPayroll = { SUBGRAPH_STEP_UP_PAY_ROLL: "300" };
const metadata =
  'resource_metadata="https://graph.example/.well-known/oauth-protected-resource/graphql"';
const message =
  "This needs a sign-in no older than 300 seconds: sign in again.";
const challenge = `Bearer realm="hr", ${metadata}, error="insufficient_user_authentication", error_description="${message}", max_age="300"`;

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

async function start(env: NodeJS.ProcessEnv): Promise<TestGateway> {
  const gateway = await startTestGateway(sdl, subgraphs, env);
  gateways.push(gateway);
  return gateway;
}

/** A person with the scope to pay who signed in so many seconds ago; undefined: nobody says when. */
function pam(ago?: number, claims: object = {}): TestCaller {
  const auth_time = Math.floor(Date.now() / 1_000) - (ago ?? 0);
  return {
    scope: "payroll:write",
    ...(ago !== undefined && { auth_time }),
    ...claims,
  };
}

describe("a mutation of a subgraph that demands a fresh sign-in", () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await start(onPayroll)));

  const refuses = async (
    query: string,
    caller: TestCaller,
    variables: Readonly<Record<string, unknown>> = {},
  ) => {
    const before = [...changed];
    const answer = await gateway.ask(query, caller, variables);
    expect(JSON.parse(answer.text)).toEqual({
      errors: [
        {
          message,
          extensions: {
            code: "UNAUTHENTICATED",
            reason: "LOGIN_TOO_OLD",
            maxAge: 300,
          },
        },
      ],
    });
    expect({ ...answer, changed }).toMatchObject({
      status: 401,
      asked: [],
      changed: before,
    });
    return answer.headers.get("www-authenticate");
  };
  const grants = async (
    query: string,
    caller: TestCaller,
    variables: Readonly<Record<string, unknown>> = {},
  ) => {
    const { status, data, errors } = await gateway.ask(
      query,
      caller,
      variables,
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    return data;
  };

  test("is refused to a person who signed in too long ago, with the age to sign in for", async () => {
    expect(await refuses("mutation { pay }", pam(306))).toBe(challenge);
    expect(await refuses("mutation { pay }", pam())).toBe(challenge);
  });

  test("runs for a person who signed in since, and for a machine, which cannot", async () => {
    const machine = { sub: "export", clientId: "export" };
    for (const caller of [pam(0), pam(295), pam(undefined, machine)])
      expect(await grants("mutation { pay }", caller)).toEqual({ pay: "pay" });
  });

  test.each([
    ["under an alias", "mutation { greet: pay }"],
    ["in a fragment", "mutation { ...F } fragment F on Mutation { pay }"],
    ["on an interface", "mutation { request ... on Reminding { remind } }"],
    ["beside another subgraph's", "mutation { request pay }"],
    ["included", "mutation ($yes: Boolean = true) { pay @include(if: $yes) }"],
  ])(
    "is found %s, and nothing of the operation runs",
    async (_where, query) => {
      await refuses(query, pam(400));
      const before = changed.length;
      await grants(query, pam(10));
      expect(changed.length).toBeGreaterThan(before);
    },
  );

  test("demands nothing when a variable leaves it out, whoever asked before", async () => {
    const query =
      "mutation ($no: Boolean!) { request pay @skip(if: $no) ... @skip(if: $no) { remind } }";
    expect(await grants(query, pam(10), { no: false })).toEqual({
      request: "request",
      pay: "pay",
      remind: "remind",
    });
    await refuses(query, pam(400), { no: false });
    expect(await grants(query, pam(400), { no: true })).toEqual({
      request: "request",
    });
    expect(await grants(query, pam(10), { no: false })).toHaveProperty("pay");
  });

  test("demands nothing when it is denied for its scopes: what is left runs", async () => {
    const query = "mutation { request pay }";
    expect(await gateway.ask(query, pam(400, { scope: "" }))).toMatchObject({
      status: 200,
      data: { request: "request", pay: null },
      errors: [{ extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" } }],
    });
    await refuses(query, pam(400));
  });

  test("demands nothing where another operation of the document runs", async () => {
    const query = "mutation Pay { pay } query Slips { slips }";
    const run = (operationName: string) =>
      gateway.post({ query, operationName }, pam(400));
    expect(await run("Slips")).toMatchObject({ data: { slips: 12 } });
    expect(await run("Pay")).toMatchObject({ status: 401, asked: [] });
  });

  test("leaves queries and the other subgraphs as they were", async () => {
    expect(await grants("{ slips remind days }", pam(400))).toEqual({
      slips: 12,
      remind: "soon",
      days: 25,
    });
    expect(await grants("mutation { request sign }", pam(400))).toEqual({
      request: "request",
      sign: "sign",
    });
  });
});

test("where an operation with denials is refused, the scopes come first", async () => {
  const gateway = await start({ ...onPayroll, AUTHORIZATION_MODE: "reject" });
  const query = "mutation { remind pay }";
  expect(await gateway.ask(query, pam(400, { scope: "" }))).toMatchObject({
    status: 403,
    errors: [{ extensions: { reason: "MISSING_SCOPE" } }],
  });
  expect(await gateway.ask(query, pam(400))).toMatchObject({
    status: 401,
    errors: [{ extensions: { reason: "LOGIN_TOO_OLD" } }],
  });
  expect(await gateway.ask(query, pam(10))).toMatchObject({
    status: 200,
    data: { remind: "remind", pay: "pay" },
  });
});

test("a dry run of the scopes is none of the sign-in", async () => {
  const gateway = await start({ ...onPayroll, AUTHORIZATION_MODE: "dry-run" });
  const query = "mutation { pay }";
  const old = await gateway.ask(query, pam(400, { scope: "" }));
  expect(old).toMatchObject({ status: 401, asked: [] });
  expect(await gateway.ask(query, pam(10, { scope: "" }))).toMatchObject({
    data: { pay: "pay" },
  });
});

test("a caller without a token is told how to sign in, and not that anything is wrong with it", async () => {
  const gateway = await start({ ...onPayroll, ANONYMOUS: "allow" });
  const answer = await gateway.ask("mutation { remind }", null);
  expect(answer).toMatchObject({
    status: 401,
    errors: [{ extensions: { reason: "LOGIN_TOO_OLD" } }],
    asked: [],
  });
  expect(answer.headers.get("www-authenticate")).toBe(
    `Bearer realm="hr", ${metadata}, max_age="300"`,
  );
  expect(await gateway.ask("mutation { request }", null)).toMatchObject({
    data: { request: "request" },
  });
});

test("a strong sign-in is asked for by name, and one that suits every subgraph of the operation", async () => {
  const gateway = await start({
    ...onPayroll,
    SUBGRAPH_STEP_UP_ACR_PAY_ROLL: "urn:passkey urn:card",
    SUBGRAPH_STEP_UP_LEAVE: "60",
    SUBGRAPH_STEP_UP_ACR_LEAVE: "urn:card urn:password",
    SUBGRAPH_STEP_UP_AUDIT: "30",
  });
  const challenged = async (query: string, caller: TestCaller) => {
    const { status, errors, headers } = await gateway.ask(query, caller);
    expect({ status, errors }).toMatchObject({
      status: 401,
      errors: [{ extensions: { reason: "LOGIN_TOO_OLD" } }],
    });
    return headers.get("www-authenticate")?.split(", ").slice(3);
  };
  const passkey = pam(10, { acr: "urn:passkey" });
  const card = pam(10, { acr: "urn:card" });
  expect(await challenged("mutation { pay }", pam(10))).toEqual([
    'error_description="This needs a sign-in by urn:passkey or urn:card no older than 300 seconds: sign in again."',
    'max_age="300"',
    'acr_values="urn:passkey urn:card"',
  ]);
  expect(await challenged("mutation { pay request }", passkey)).toEqual([
    expect.any(String),
    'max_age="60"',
    'acr_values="urn:card"',
  ]);
  expect(
    await challenged("mutation { sign pay }", pam(40, { acr: "urn:card" })),
  ).toEqual([
    expect.any(String),
    'max_age="30"',
    'acr_values="urn:passkey urn:card"',
  ]);
  expect(await gateway.ask("mutation { pay }", passkey)).toMatchObject({
    data: { pay: "pay" },
  });
  expect(
    await gateway.ask("mutation { pay request sign }", card),
  ).toMatchObject({ data: { pay: "pay", request: "request", sign: "sign" } });
});

describe("the gateway does not start with", () => {
  test.each([
    [
      "an age that is none",
      { SUBGRAPH_STEP_UP_LEAVE: "5m" },
      /SUBGRAPH_STEP_UP_LEAVE is malformed: give whole seconds/,
    ],
    [
      "a strength without an age",
      { SUBGRAPH_STEP_UP_ACR_LEAVE: "passkey" },
      /SUBGRAPH_STEP_UP_LEAVE is missing: give whole seconds/,
    ],
    [
      "a strength that cannot be told",
      { SUBGRAPH_STEP_UP_LEAVE: "300", SUBGRAPH_STEP_UP_ACR_LEAVE: "a  b" },
      /SUBGRAPH_STEP_UP_ACR_LEAVE is malformed: give acceptable acr values/,
    ],
    [
      "a demand that the subgraph could not check again",
      { ...onPayroll, SUBGRAPH_CLAIMS_PAY_ROLL: "employee_id auth_time" },
      /SUBGRAPH_CLAIMS_PAY_ROLL lacks auth_time or acr.*add both/,
    ],
  ])("%s", (_what, env, problem) => {
    expect(() => read(env)).toThrow(problem);
  });

  test("a demand on a subgraph that is not there", async () => {
    await expect(start({ SUBGRAPH_STEP_UP_PAYROLL: "300" })).rejects.toThrow(
      /SUBGRAPH_STEP_UP_PAYROLL names no subgraph of the supergraph: it has /,
    );
  });
});

test("the claims a demand needs may be listed, or left as they are", () => {
  const demand = new Map([["PAY_ROLL", { maxAge: 300, acr: undefined }]]);
  for (const env of [
    {},
    { SUBGRAPH_CLAIMS_PAY_ROLL: "acr auth_time" },
    { SUBGRAPH_CLAIMS_LEAVE: "employee_id" },
  ])
    expect(read({ ...onPayroll, ...env })).toEqual(demand);
});

function read(env: NodeJS.ProcessEnv) {
  return readGatewayConfig({
    SUPERGRAPH: "supergraph.graphql",
    TOKEN_ISSUER: "http://localhost:1/issuer",
    TOKEN_AUDIENCE: "https://graph.example/graphql",
    ...env,
  }).subgraphs.stepUps;
}
