import { type Principal, anonymous } from "@hr/access";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import { subgraphVariables, placeOf } from "./subgraph-config.ts";
import { readConfig } from "./config.ts";
import { meetsStepUp } from "./step-up.ts";
import { openPolicy } from "./test-policy.ts";
import { type TestCaller, type TestSubgraph, testSubgraph } from "./testing.ts";

const now = 1_800_000_000;
const fiveMinutes = { maxAge: 300, acr: undefined };
const passkey = { maxAge: 300, acr: new Set(["passkey", "smartcard"]) };
const signedIn = (ago: number | null, acr: string | null = null) => ({
  ...person,
  authTime: ago === null ? null : now - ago,
  acr,
});
const person: Principal = { ...anonymous, kind: "person", subject: "usr_pam" };

describe("a sign-in", () => {
  test.each([
    ["just now", signedIn(0), fiveMinutes],
    ["as old as is allowed", signedIn(300), fiveMinutes],
    ["older by what clocks may differ", signedIn(305), fiveMinutes],
    ["by a clock ahead of ours", signedIn(-5), fiveMinutes],
    ["strong enough", signedIn(10, "passkey"), passkey],
    ["strong enough in another way", signedIn(10, "smartcard"), passkey],
    ["of a machine", { ...anonymous, kind: "machine" } as const, passkey],
  ])("%s will do", (_when, principal, stepUp) => {
    expect(meetsStepUp(principal, stepUp, now)).toBe(true);
  });

  test.each([
    ["too old by a second", signedIn(306), fiveMinutes],
    ["in the future", signedIn(-6), fiveMinutes],
    ["at a time nobody tells", signedIn(null), fiveMinutes],
    ["of nobody", anonymous, fiveMinutes],
    ["fresh but too weak", signedIn(10, "password"), passkey],
    ["fresh and of unknown strength", signedIn(10), passkey],
    ["strong but too old", signedIn(306, "passkey"), passkey],
  ])("%s will not do", (_when, principal, stepUp) => {
    expect(meetsStepUp(principal, stepUp, now)).toBe(false);
  });
});

describe("a subgraph that demands a fresh sign-in", () => {
  const schema = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes"])
    schema { query: Query mutation: Changes }
    type Query { ping: String }
    type Changes {
      pay(amount: Int!): Int @requiresScopes(scopes: [["payroll:write"]])
      greet: String
    }
  `;
  const called: string[] = [];
  const resolve = (name: string) => () => (called.push(name), 1);
  const options = {
    name: "payroll",
    schema,
    policy: openPolicy("payroll", schema),
    resolvers: {
      Query: { ping: resolve("ping") },
      Changes: { pay: resolve("pay"), greet: resolve("greet") },
    },
    subjects: {},
    reports: () => Promise.resolve(new Set<string>()),
    context: () => ({}),
    dependencies: {},
  };
  const source = "mutation { pay(amount: 1) hello: greet }";
  const refused = (extensions: object, path: string) => ({
    message: "This needs a sign-in no older than 300 seconds: sign in again.",
    path: [path],
    locations: [expect.anything()],
    extensions: {
      code: "UNAUTHENTICATED",
      reason: "LOGIN_TOO_OLD",
      maxAge: 300,
      ...extensions,
    },
  });
  const pam = (ago?: number, acr?: string): TestCaller => ({
    scopes: ["payroll:write"],
    ...(ago !== undefined && {
      authTime: Math.floor(Date.now() / 1_000) - ago,
    }),
    ...(acr !== undefined && { acr }),
  });
  let fresh: TestSubgraph;
  let strong: TestSubgraph;
  let plain: TestSubgraph;

  beforeAll(async () => {
    fresh = await testSubgraph(options, { stepUp: fiveMinutes });
    strong = await testSubgraph(options, { stepUp: passkey });
    plain = await testSubgraph(options);
  });
  beforeEach(() => void called.splice(0));
  afterAll(() => Promise.all([fresh, strong, plain].map((one) => one.close())));

  test("changes nothing for a person who signed in too long ago, and says what would help", async () => {
    for (const caller of [pam(400), pam()])
      expect(await fresh.ask(source, caller)).toEqual({
        status: 200,
        data: { pay: null, hello: null },
        errors: [refused({}, "pay"), refused({}, "hello")],
      });
    expect(called).toEqual([]);
  });

  test("changes what a person asks who signed in just now", async () => {
    expect(await fresh.ask(source, pam(60))).toEqual({
      status: 200,
      data: { pay: 1, hello: "1" },
    });
    expect(called).toEqual(["pay", "greet"]);
  });

  test("names the ways to sign in that are strong enough, and takes one of them", async () => {
    const { errors } = await strong.ask("mutation { greet }", pam(60, "pwd"));
    expect(errors).toEqual([
      {
        ...refused({ acrValues: ["passkey", "smartcard"] }, "greet"),
        message:
          "This needs a sign-in by passkey or smartcard no older than 300 seconds: sign in again.",
      },
    ]);
    expect(called).toEqual([]);
    const { data } = await strong.ask("mutation { greet }", pam(60, "passkey"));
    expect(data).toEqual({ greet: "1" });
  });

  test("tells a person without the scope that it is missing, however old the sign-in", async () => {
    const { errors } = await fresh.ask("mutation { pay(amount: 1) }", {
      ...pam(400),
      scopes: [],
    });
    expect(errors).toMatchObject([
      { extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" } },
    ]);
  });

  test("lets a machine change and a person query without a fresh sign-in, and nobody change", async () => {
    const job = { ...pam(), subject: "job", clientId: "job" };
    expect((await fresh.ask(source, job)).data).toEqual({ pay: 1, hello: "1" });
    expect((await fresh.ask("{ ping }", pam(400))).data).toEqual({ ping: "1" });
    const nobody = {
      ...{ subject: "anonymous", clientId: "anonymous" },
      scopes: [],
    };
    const { errors } = await fresh.ask("mutation { greet }", nobody);
    expect(errors).toEqual([refused({}, "greet")]);
  });

  test("is one that was told to: another asks for no sign-in", async () => {
    expect((await plain.ask(source, pam(400))).errors).toBeUndefined();
  });
});

describe("the environment of a subgraph", () => {
  const variables = subgraphVariables({ port: 4102, dataFolder: "/tmp/x" });
  const stepUpIn = (env: NodeJS.ProcessEnv) => {
    const gateway = { GATEWAY_JWKS_URI: "http://127.0.0.1:1/jwks" };
    return placeOf(readConfig(variables, { ...gateway, ...env })).stepUp;
  };

  test("may demand a fresh sign-in, and a strong one", () => {
    expect(stepUpIn({})).toBeUndefined();
    expect(stepUpIn({ STEP_UP_MAX_AGE: "300" })).toEqual(fiveMinutes);
    expect(
      stepUpIn({ STEP_UP_MAX_AGE: "300", STEP_UP_ACR: "passkey smartcard" }),
    ).toEqual(passkey);
  });

  test.each([
    [{ STEP_UP_MAX_AGE: "0" }, /STEP_UP_MAX_AGE is malformed: give whole sec/],
    [{ STEP_UP_MAX_AGE: "1.5" }, /STEP_UP_MAX_AGE is malformed/],
    [{ STEP_UP_MAX_AGE: "5m" }, /STEP_UP_MAX_AGE is malformed/],
    [
      { STEP_UP_MAX_AGE: "300", STEP_UP_ACR: 'a"b' },
      /STEP_UP_ACR is malformed: give acceptable acr values/,
    ],
    [{ STEP_UP_ACR: "passkey" }, /STEP_UP_ACR is set without STEP_UP_MAX_AGE/],
  ])("is refused with %j", (env, message) => {
    expect(() => stepUpIn(env)).toThrow(message);
  });
});
