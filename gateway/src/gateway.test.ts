import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type Running, createLogger, sendJson, serve } from "@hr/service";
import { createTestIssuer } from "@hr/tokens/testing";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import { parse } from "graphql";
import { readGatewayConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";

/** Nothing here is about people: the gateway serves any supergraph. */
const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@authenticated"])';

const shopSdl = `${link}
  type Query {
    shop: Shop
    products(first: Int): [Product!]
    viewer: String @authenticated
  }
  type Mutation { order(id: ID!): Product @requiresScopes(scopes: [["order"]]) }
  type Shop { name: String! till: Int @requiresScopes(scopes: [["till", "read"]]) }
  type Product @key(fields: "id") { id: ID! name: String! cost: Int @requiresScopes(scopes: [["cost"]]) }`;

const stockSdl = `${link}
  type Product @key(fields: "id") { id: ID! stock: Int supplier: Supplier }
  type Supplier @requiresScopes(scopes: [["supplier"]]) { name: String }`;

type Asked = {
  readonly subgraph: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
};

let asked: Asked[] = [];
let orders = 0;
let folder: string;
let supergraph: string;
let issuer: Awaited<ReturnType<typeof createTestIssuer>>;
let gateway: Running;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-"));
  const shop = await startSubgraph("shop", shopSdl, {
    Query: {
      shop: () => ({ name: "Corner", till: 99 }),
      products: (_: unknown, { first }: { first?: number }) =>
        products.slice(0, first ?? 3),
      viewer: () => "somebody",
    },
    Mutation: { order: () => ((orders += 1), products[0]) },
    Product: {
      __resolveReference: ({ id }: { id: string }) =>
        products.find((one) => one.id === id),
    },
  });
  const stock = await startSubgraph("stock", stockSdl, {
    Product: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      stock: () => 7,
      supplier: () => ({ name: "Acme" }),
    },
  });
  const keys = await serve({
    name: "issuer",
    host: "127.0.0.1",
    port: 0,
    logger: silent(),
    dependencies: {},
    routes: [
      {
        method: "GET",
        path: "/jwks",
        handle: (_, response) => sendJson(response, 200, issuer.jwks),
      },
    ],
  });
  closers.push(() => keys.close());
  issuer = await createTestIssuer({
    issuer: "http://localhost:1/issuer",
    audience: "https://shop.example/graphql",
  });
  supergraph = join(folder, "supergraph.graphql");
  await writeFile(supergraph, compose(shopSdl, { shop, stock }));
  gateway = await startGateway(
    config({ TOKEN_JWKS_URI: `${keys.url}/jwks` }),
    silent(),
  );
  closers.push(() => gateway.close());
});

afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  asked = [];
  orders = 0;
});

describe("a request", () => {
  test("without a token is refused before anything is asked, and told where to get one", async () => {
    const { status, headers, body } = await ask("{ shop { name } }", null);
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toContain(
      'Bearer realm="hr", resource_metadata="https://shop.example/.well-known/oauth-protected-resource/graphql"',
    );
    expect(body).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED", reason: "NO_TOKEN" } }],
    });
    expect(asked).toEqual([]);
  });

  test("with a token of another audience is refused", async () => {
    const token = await issuer.accessToken({
      sub: "usr_a",
      clientId: "app",
      scope: "cost",
      aud: "https://other.example",
    });
    expect(await ask("{ shop { name } }", token)).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { reason: "AUDIENCE_MISMATCH" } }] },
    });
  });

  test("goes to each subgraph once, with a token made for it alone", async () => {
    const token = await tokenOf("cost supplier till");
    const { body } = await ask(
      "{ products { name cost stock supplier { name } } }",
      token,
    );
    expect(body).toEqual({
      data: {
        products: products.map(({ name, cost }) => ({
          name,
          cost,
          stock: 7,
          supplier: { name: "Acme" },
        })),
      },
    });
    expect(asked.map(({ subgraph }) => subgraph)).toEqual(["shop", "stock"]);
    const claims = asked.map(({ headers }) => claimsOf(headers.authorization));
    expect(claims[0]).toMatchObject({
      iss: "urn:hr:gateway",
      aud: "urn:hr:subgraph:shop",
      sub: "usr_a",
      scope: "cost till",
    });
    expect(claims[1]).toMatchObject({
      aud: "urn:hr:subgraph:stock",
      scope: "supplier",
    });
    expect(JSON.stringify(asked)).not.toContain(token);
  });

  test("sends a subgraph nothing of the client's headers but language and request id", async () => {
    await ask("{ shop { name } }", await tokenOf(""), {
      cookie: "a=b",
      "x-user": "root",
      "accept-language": "de",
      "x-request-id": "r-1",
    });
    expect(asked[0]?.headers).toMatchObject({
      "accept-language": "de",
      "x-request-id": "r-1",
    });
    expect(asked[0]?.headers).not.toHaveProperty("cookie");
    expect(asked[0]?.headers).not.toHaveProperty("x-user");
  });
});

describe("what a token does not reach", () => {
  test("is null with its reason, was never fetched, and the rest stands", async () => {
    const { status, body } = await ask(
      "{ shop { name money: till } products(first: 1) { name cost supplier { name } } }",
      await tokenOf("read"),
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        shop: { name: "Corner", money: null },
        products: [{ name: "Pen", cost: null, supplier: null }],
      },
      errors: [
        denied("Shop.till", ["shop", "money"], [["read", "till"]], ["till"]),
        denied("Product.cost", ["products", "cost"], [["cost"]], ["cost"]),
        denied(
          "Product.supplier",
          ["products", "supplier"],
          [["supplier"]],
          ["supplier"],
        ),
      ],
      extensions: {
        authorization: {
          suggestedScopes: ["cost", "read", "supplier", "till"],
          missingScopes: ["cost", "supplier", "till"],
        },
      },
    });
    expect(asked.map(({ subgraph }) => subgraph)).toEqual(["shop"]);
    expect(asked[0]?.query).not.toMatch(/till|cost|supplier/);
  });

  test("asks nobody when nothing is left", async () => {
    expect(await ask("{ a: __typename }", await tokenOf(""))).toMatchObject({
      body: { data: { a: "Query" } },
    });
    expect(asked).toEqual([]);
  });

  test("never runs a mutation, and a granted one runs once", async () => {
    const source = 'mutation { order(id: "1") { name } }';
    expect(await ask(source, await tokenOf("cost"))).toMatchObject({
      body: { data: { order: null } },
    });
    expect(orders).toBe(0);
    expect(await ask(source, await tokenOf("order"))).toMatchObject({
      body: { data: { order: { name: "Pen" } } },
    });
    expect(orders).toBe(1);
  });

  test.each([[["cost", ""]], [["", "cost"]]])(
    "does not depend on who asked before: %j",
    async (scopes) => {
      for (const scope of scopes) {
        const { body } = await ask(
          "query Q { products(first: 1) { cost } }",
          await tokenOf(scope),
        );
        expect(body.data).toEqual({
          products: [{ cost: scope === "cost" ? 3 : null }],
        });
      }
    },
  );

  test("cannot be read through an alias that names a key", async () => {
    const { body } = await ask(
      "{ products(first: 1) { id: name stock } }",
      await tokenOf(""),
    );
    expect(body).toEqual({ data: { products: [{ id: "Pen", stock: 7 }] } });
  });
});

test("introspection is answered by the gateway itself", async () => {
  const { body } = await ask(
    '{ __schema { queryType { name } } t: __type(name: "Product") { name } shop { name } }',
    await tokenOf(""),
  );
  expect(body).toEqual({
    data: {
      __schema: { queryType: { name: "Query" } },
      t: { name: "Product" },
      shop: { name: "Corner" },
    },
  });
});

describe("a browser page of another origin", () => {
  const preflight = async (origin: string) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    return {
      status: response.status,
      origin: response.headers.get("access-control-allow-origin"),
      headers: response.headers.get("access-control-allow-headers"),
    };
  };

  test("may ask when it is Apollo Sandbox, in development", async () => {
    expect(await preflight("https://studio.apollographql.com")).toMatchObject({
      status: 204,
      origin: "https://studio.apollographql.com",
      headers: expect.stringContaining("authorization"),
    });
  });

  test("may not when it is any other", async () => {
    expect(await preflight("https://evil.example")).toMatchObject({
      origin: null,
    });
  });
});

describe("bad input gets a clear error", () => {
  test.each([
    [
      "a variable of the wrong type",
      {
        query: "query ($n: Int) { products(first: $n) { name } }",
        variables: { n: "x" },
      },
      400,
      "BAD_USER_INPUT",
    ],
    [
      "a condition that is null",
      {
        query:
          "query ($on: Boolean = true) { shop { name @include(if: $on) } }",
        variables: { on: null },
      },
      400,
      "BAD_USER_INPUT",
    ],
    [
      "an unknown field",
      { query: "{ nothing }" },
      400,
      "GRAPHQL_VALIDATION_FAILED",
    ],
    ["no GraphQL", { query: "{" }, 400, "GRAPHQL_PARSE_FAILED"],
  ])("%s", async (_what, request, status, code) => {
    expect(
      await post(JSON.stringify(request), await tokenOf("")),
    ).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
    expect(asked).toEqual([]);
  });

  test.each([
    [
      "a name that is none of the document's",
      { query: "query A { shop { name } }", operationName: "B" },
    ],
    [
      "no name with two operations",
      { query: "query A { shop { name } } query B { viewer }" },
    ],
  ])("%s", async (_what, request) => {
    expect(
      await post(JSON.stringify(request), await tokenOf("")),
    ).toMatchObject({
      status: 400,
      body: {
        errors: [{ extensions: { code: "OPERATION_RESOLUTION_FAILURE" } }],
      },
    });
    expect(asked).toEqual([]);
  });

  test("of two operations the one that is named runs, and the other is not judged", async () => {
    const request = {
      query: "query A { shop { name } } query B { shop { till } }",
      operationName: "A",
    };
    expect(
      await post(JSON.stringify(request), await tokenOf("")),
    ).toMatchObject({
      status: 200,
      body: { data: { shop: { name: "Corner" } } },
    });
  });

  test("what another operation's conditions need is not asked of the one that runs", async () => {
    const request = {
      query:
        "query A($n: Int, $on: Boolean = true) { products(first: $n) { name @skip(if: $on) ...F } } query B($n: Boolean = true) { ...G @include(if: $n) } fragment F on Product { id @include(if: $on) } fragment G on Query { shop { name } }",
      operationName: "A",
      variables: { n: null },
    };
    expect(
      await post(JSON.stringify(request), await tokenOf("")),
    ).toMatchObject({
      status: 200,
      body: { data: { products: [{ id: "1" }, { id: "2" }] } },
    });
    expect(
      await post(
        JSON.stringify({ ...request, operationName: "B" }),
        await tokenOf(""),
      ),
    ).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: "BAD_USER_INPUT" } }] },
    });
  });

  test("fragments that grow exponentially are refused at once", async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Shop { ...F${n + 1} ...F${n + 1} }`,
    );
    const source = `{ shop { ...F0 } } ${fragments.join(" ")} fragment F30 on Shop { name }`;
    expect(await ask(source, await tokenOf(""))).toMatchObject({
      body: {
        errors: [
          { extensions: { code: "OPERATION_TOO_LARGE", limit: 10_000 } },
        ],
      },
    });
  });

  test("no JSON, and a body that is too large", async () => {
    expect(await post("{", await tokenOf(""))).toMatchObject({ status: 400 });
    expect(
      await post(`"${"x".repeat(1_100_000)}"`, await tokenOf("")),
    ).toMatchObject({ status: 413 });
  });
});

test("a change of scopes alone takes effect, and a broken file leaves the last good one in force", async () => {
  const before = await readFile(supergraph, "utf8");
  const source = "{ shop { name } products(first: 1) { cost } }";
  const read = async () => (await ask(source, await tokenOf("cost"))).body.data;
  expect(await read()).toMatchObject({ products: [{ cost: 3 }] });
  await writeFile(supergraph, before.replace('[["cost"]]', '[["audit"]]'));
  await eventually(async () =>
    expect(await read()).toMatchObject({ products: [{ cost: null }] }),
  );
  await writeFile(supergraph, before.replace('[["cost"]]', "[[]]"));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await read()).toMatchObject({ products: [{ cost: null }] });
  await writeFile(supergraph, before);
  await eventually(async () =>
    expect(await read()).toMatchObject({ products: [{ cost: 3 }] }),
  );
});

test("a subgraph that is down leaves its fields null with a clear error, and heals", async () => {
  const stop = closersOf.get("stock");
  const port = await stop?.();
  const { body } = await ask(
    "{ products(first: 1) { name stock } }",
    await tokenOf(""),
  );
  expect(body).toEqual({
    data: { products: [{ name: "Pen", stock: null }] },
    errors: [
      {
        message:
          "The service behind this field is not available right now. Try again shortly.",
        path: ["products", 0, "stock"],
        extensions: { code: "SUBGRAPH_UNAVAILABLE" },
      },
    ],
  });
  await startSubgraph(
    "stock",
    stockSdl,
    {
      Product: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        stock: () => 8,
      },
    },
    port,
  );
  expect(
    (await ask("{ products(first: 1) { name stock } }", await tokenOf("")))
      .body,
  ).toEqual({
    data: { products: [{ name: "Pen", stock: 8 }] },
  });
});

describe("a caller without a token, where the deployment allows it", () => {
  test("sees what is open and is denied the rest", async () => {
    const open = await startGateway(config({ ANONYMOUS: "allow" }), silent());
    const response = await fetch(`${open.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ shop { name } viewer }" }),
    });
    expect(await response.json()).toMatchObject({
      data: { shop: { name: "Corner" }, viewer: null },
      errors: [{ message: "Query.viewer needs a signed-in caller" }],
    });
    await open.close();
  });
});

describe("a wrong environment names each variable and its cure", () => {
  test("when everything is missing", () => {
    expect(() => readGatewayConfig({})).toThrow(
      /SUPERGRAPH is missing: give[^]*TOKEN_ISSUER is missing: give[^]*TOKEN_AUDIENCE is missing: give/,
    );
  });

  test.each([
    ["PORT", "eighty"],
    ["TOKEN_ISSUER", "auth"],
    ["TOKEN_JWKS_URI", "ftp://x"],
    ["AUTHORIZATION_MODE", "off"],
    ["ANONYMOUS", "yes"],
    ["SUBGRAPH_URL_STOCK", "localhost"],
    ["NODE_ENV", "live"],
  ])("when %s is %s", (name, value) => {
    expect(() => config({ [name]: value })).toThrow(
      `${name} is malformed: give`,
    );
  });

  test("when the supergraph cannot be read", async () => {
    await expect(
      startGateway(config({ SUPERGRAPH: join(folder, "none") }), silent()),
    ).rejects.toThrow("SUPERGRAPH names");
  });
});

const products = [
  { id: "1", name: "Pen", cost: 3 },
  { id: "2", name: "Ink", cost: 5 },
];

const closersOf = new Map<string, () => Promise<number>>();

async function startSubgraph(
  name: string,
  sdl: string,
  resolvers: object,
  port = 0,
): Promise<string> {
  const schema = buildSubgraphSchema([
    { typeDefs: parse(sdl), resolvers },
  ] as never);
  const server = new ApolloServer({
    schema,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: "127.0.0.1" },
    context: ({ req }) => {
      const { query } = (req as unknown as { body: { query: string } }).body;
      asked.push({ subgraph: name, query, headers: req.headers });
      return Promise.resolve({});
    },
  });
  const stop = async () => {
    await server.stop();
    return Number(new URL(url).port);
  };
  closersOf.set(name, stop);
  closers.push(
    async () =>
      void (await closersOf
        .get(name)?.()
        .catch(() => 0)),
  );
  return url;
}

function compose(shop: string, urls: { shop: string; stock: string }): string {
  const result = composeServices([
    { name: "shop", url: urls.shop, typeDefs: parse(shop) },
    { name: "stock", url: urls.stock, typeDefs: parse(stockSdl) },
  ]);
  if (!result.supergraphSdl) throw new Error(String(result.errors));
  return result.supergraphSdl;
}

function config(env: Readonly<Record<string, string>>) {
  return readGatewayConfig({
    PORT: "0",
    SUPERGRAPH: supergraph,
    TOKEN_ISSUER: "http://localhost:1/issuer",
    TOKEN_AUDIENCE: "https://shop.example/graphql",
    GATEWAY_KEYS_FILE: join(folder, "keys.json"),
    JWKS_SNAPSHOT_FILE: join(folder, "snapshot.json"),
    ...env,
  });
}

function silent() {
  return createLogger("gateway", { write: () => undefined });
}

function tokenOf(scope: string): Promise<string> {
  return issuer.accessToken({ sub: "usr_a", clientId: "app", scope });
}

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { data?: unknown; errors?: unknown };
};

function ask(
  query: string,
  token: string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return post(JSON.stringify({ query }), token, headers);
}

async function post(
  body: string,
  token: string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer["body"],
  };
}

function denied(
  coordinate: string,
  path: string[],
  requiredScopes: string[][],
  missingScopes: string[],
) {
  return {
    message: `${coordinate} needs ${missingScopes.join(" and ")}`,
    path,
    extensions: {
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      coordinate,
      requiredScopes,
      missingScopes,
      occurrences: 1,
    },
  };
}

function claimsOf(header: string | undefined): unknown {
  return JSON.parse(
    Buffer.from(header?.split(".")[1] ?? "", "base64url").toString(),
  );
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const passed = await check().then(
      () => true,
      () => false,
    );
    if (passed) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await check();
}
