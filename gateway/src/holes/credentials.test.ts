import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { readGatewayConfig } from "../config.ts";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const shop: GraphPart = {
  sdl: `
    type Query { item: Item mine: String @authenticated }
    type Mutation { greet: String }
    type Item { name: String cost: Int @requiresScopes(scopes: [["cost"]]) }`,
  resolvers: {
    Query: { item: () => ({ name: "Pen" }), mine: () => note("mine", "m") },
    Mutation: { greet: () => note("greet", "hello") },
    Item: { cost: () => note("cost", 3) },
  },
};
const cost = { query: "{ item { name cost } }" };

const called: string[] = [];
const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let sdl: string;
/** Callers without a token are let in, so that nothing but what is tested keeps them out. */
let gateway: TestGateway;
let strict: TestGateway;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ shop }));
  sdl = composeParts({ shop }, subgraphs.urls);
  gateway = estate.use(
    await startTestGateway(sdl, subgraphs, { ANONYMOUS: "allow" }),
  );
  strict = estate.use(await startTestGateway(sdl, subgraphs));
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

test.each([
  ["POST", "text/plain", 415],
  ["POST", "application/x-www-form-urlencoded", 400],
  ["POST", "multipart/form-data; boundary=x", 400],
  ["POST", "text/plain; application/json", 415],
  ["POST", "application/jsonp", 415],
  ["POST", undefined, 415],
  ["GET", undefined, 400],
  ["GET", "text/plain", 400],
])(
  "hole 15, GHSA-hff2-gcpx-8f4p: what any page can make a browser send runs nothing: %s as %s",
  async (method, type, status) => {
    const text = "mutation { greet }";
    const response = await fetch(
      `${urlOf(gateway)}/graphql${method === "GET" ? `?query=${encodeURIComponent(text)}` : ""}`,
      {
        method,
        headers: { cookie: "session=1", ...(type && { "content-type": type }) },
        ...(method === "POST" && {
          body: new TextEncoder().encode(JSON.stringify({ query: text })),
        }),
      },
    );
    expect(response.status).toBe(status);
    expect(called).toEqual([]);
    expect((await gateway.ask(text, null)).data).toEqual({ greet: "hello" });
  },
);

test("hole 15, GHSA-hff2-gcpx-8f4p: GET runs queries alone, and only where a page of another origin cannot send it", async () => {
  const get = async (text: string) => {
    const url = `${urlOf(gateway)}/graphql?query=${encodeURIComponent(text)}`;
    const headers = { "apollo-require-preflight": "1" };
    const response = await fetch(url, { headers });
    return { status: response.status, body: await response.json() };
  };
  expect(await get("mutation { greet }")).toMatchObject({ status: 405 });
  expect(called).toEqual([]);
  expect(await get("{ item { name cost } }")).toMatchObject({
    status: 200,
    body: { data: { item: { name: "Pen", cost: null } } },
  });
});

test("hole 15, GHSA-hff2-gcpx-8f4p: a cookie is no credential", async () => {
  const ask = (headers: Readonly<Record<string, string>>) =>
    fetch(`${urlOf(strict)}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query: "mutation { greet }" }),
    });
  for (const cookie of [
    "session=1",
    "authorization=Bearer x",
    "access_token=x",
  ])
    expect((await ask({ cookie })).status).toBe(401);
  expect(called).toEqual([]);
  expect((await strict.ask("mutation { greet }", "")).status).toBe(200);
});

test("hole 17: what a caller says about itself beside its token is not heard", async () => {
  const claims = {
    sub: "root",
    scope: "cost order",
    scopes: ["cost"],
    employee_id: "1",
  };
  const headers = {
    "x-scope": "cost",
    "x-scopes": "cost",
    "x-user": "root",
    "x-jwt-claims": JSON.stringify(claims),
    "x-forwarded-user": "root",
    "apollo-require-preflight": "1",
  };
  const forged = await fetch(`${urlOf(gateway)}/graphql?scope=cost`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({
      ...cost,
      scope: "cost",
      principal: claims,
      extensions: { claims, jwt: claims, scopes: ["cost"] },
    }),
  });
  expect(await forged.json()).toMatchObject({ data: { item: { cost: null } } });
  expect(
    await gateway.post(
      {
        ...cost,
        extensions: { claims, principal: claims },
        variables: { claims },
      },
      "",
    ),
  ).toMatchObject({ data: { item: { cost: null } } });
  expect(called).toEqual([]);
  expect(await gateway.post(cost, "cost")).toMatchObject({
    data: { item: { cost: 3 } },
  });
});

test.each(["TOKEN_ISSUER", "TOKEN_AUDIENCE"])(
  "hole 16: without %s there is no gateway, rather than one that asks nobody",
  (name) => {
    const env: NodeJS.ProcessEnv = {
      SUPERGRAPH: "supergraph.graphql",
      TOKEN_ISSUER: "http://localhost:1/issuer",
      TOKEN_AUDIENCE: "https://graph.example/graphql",
    };
    expect(readGatewayConfig(env)).toMatchObject({
      anonymous: "refuse",
      mode: "filter",
      mutations: "filter",
    });
    delete env[name];
    expect(() => readGatewayConfig(env)).toThrow(`${name} is missing`);
  },
);

test("hole 16: a token that cannot be proved opens nothing, not even what a caller without one may see", async () => {
  await using cut = await startTestGateway(sdl, subgraphs, {
    ANONYMOUS: "allow",
    TOKEN_JWKS_URI: "http://127.0.0.1:1/jwks",
  });
  expect(await cut.ask("{ item { name cost } mine }", "cost")).toMatchObject({
    status: 503,
    errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
    asked: [],
  });
  expect((await cut.ask("{ item { name cost } mine }", null)).data).toEqual({
    item: { name: "Pen", cost: null },
    mine: null,
  });
  expect(called).toEqual([]);
  expect(
    (await strict.ask("{ item { name cost } mine }", "cost")).data,
  ).toEqual({ item: { name: "Pen", cost: 3 }, mine: "m" });
});

test("hole 16: a caller without a token is nobody, and kept out unless that is asked for", async () => {
  expect(await strict.ask("{ item { name } }", null)).toMatchObject({
    status: 401,
    asked: [],
  });
  expect((await gateway.ask("{ item { name } mine }", null)).data).toEqual({
    item: { name: "Pen" },
    mine: null,
  });
  expect(called).toEqual([]);
});

function urlOf({ log }: TestGateway): string {
  const line = log.find(({ msg }) => msg === "listening");
  return (line as unknown as { readonly url: string }).url;
}

function note<Value>(name: string, value: Value): Value {
  called.push(name);
  return value;
}
