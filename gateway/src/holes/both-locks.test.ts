import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type PolicyFile,
  anonymous,
  policyFor,
  readRules,
  readSubgraphs,
} from "@hr/access";
import {
  type SubgraphOptions,
  createLogger,
  sendJson,
  serve,
  startSubgraph,
} from "@hr/service";
import { createInternalMint, openInternalKeys } from "@hr/tokens";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { buildASTSchema, parse } from "graphql";
import { composeParts, startTestGateway } from "../test-graph.ts";

/** `shared` and `Mood` are closed by `staff`; `pay` serves them too and declares nothing. */
const staff = `
  type Query { me: Person }
  type Mutation { rename: Person @requiresScopes(scopes: [["rename"]]) }
  type Person @key(fields: "id") @requiresScopes(scopes: [["person"]]) {
    id: ID!
    name: String
    shared: String @shareable @requiresScopes(scopes: [["shared"]])
    mood: Mood @shareable
  }
  enum Mood @requiresScopes(scopes: [["mood"]]) { FINE }`;
const pay = `
  type Person @key(fields: "id") {
    id: ID!
    shared: String @shareable
    mood: Mood @shareable
    salary: Int @requiresScopes(scopes: [["salary"]])
  }
  enum Mood { FINE }`;
const sdl = composeParts({ staff: { sdl: staff }, pay: { sdl: pay } });

const estate = new AsyncDisposableStack();
const logger = createLogger("both", { write: () => undefined });
const called: string[] = [];
let env: NodeJS.ProcessEnv;
let askPay: (query: string, scope: string) => Promise<unknown>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "locks-"));
  estate.defer(() => rm(folder, { recursive: true }));
  const keysFile = join(folder, "keys.json");
  const keys = await openInternalKeys(keysFile, { create: true });
  const mint = createInternalMint({ issuer: "urn:hr:gateway", keys });
  const served = await serve({
    ...{ name: "keys", host: "127.0.0.1", port: 0, logger, dependencies: {} },
    routes: [
      {
        method: "GET",
        path: "/jwks",
        handle: (_request, response) => sendJson(response, 200, mint.jwks()),
      },
    ],
  });
  estate.defer(() => served.close());
  const start = async (options: SubgraphOptions<object>) => {
    const running = await startSubgraph(options, {
      ...{ host: "127.0.0.1", port: 0, logger },
      gateway: { issuer: "urn:hr:gateway", jwksUri: `${served.url}/jwks` },
    });
    estate.defer(() => running.close());
    return `${running.url}/graphql`;
  };
  const payUrl = await start(optionsOf("pay", pay, payResolvers));
  env = {
    GATEWAY_KEYS_FILE: keysFile,
    SUBGRAPH_URL_STAFF: await start(optionsOf("staff", staff, staffResolvers)),
    SUBGRAPH_URL_PAY: payUrl,
  };
  askPay = async (query, scope) => {
    const scopes = new Set(scope.split(" "));
    const token = await mint.mint(
      { ...anonymous, kind: "person", subject: "usr", clientId: "app", scopes },
      "pay",
      { scopes, claims: new Set() },
    );
    const response = await fetch(payUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
});

afterAll(() => estate.disposeAsync());

beforeEach(() => void (called.length = 0));

test("hole 16: while the gateway runs dry the subgraphs go on refusing", async () => {
  await using dry = await startTestGateway(sdl, undefined, {
    ...env,
    AUTHORIZATION_MODE: "dry-run",
  });
  const query = "{ me { name shared mood salary } }";
  const { data, errors, extensions } = await dry.ask(query, "person");
  expect(data).toEqual({
    me: { name: "Ada", shared: null, mood: null, salary: null },
  });
  expect(errors.map((error) => error.extensions?.["code"])).toEqual(
    Array(3).fill("UNAUTHORIZED_FIELD_OR_TYPE"),
  );
  expect(extensions).toMatchObject({ authorization: { mode: "dry-run" } });
  expect(
    (await dry.ask("mutation { rename { name } }", "person")).data,
  ).toEqual({ rename: null });
  expect(called).toEqual([]);
  const all = "person shared mood salary rename";
  expect(await dry.ask(query, all)).toMatchObject({
    data: { me: { name: "Ada", shared: "s", mood: "FINE", salary: 90 } },
    errors: [],
  });
  await dry.ask("mutation { rename { name } }", all);
  expect(called).toContain("Mutation.rename");
});

test.each([
  ["a field", "shared", "shared", "Person.shared"],
  ["an enum", "mood", "mood", "Person.mood"],
])(
  "hole 19: %s that another subgraph closes is closed where nothing says so",
  async (_what, field, scope, coordinate) => {
    const query = `{ _entities(representations: [{ __typename: "Person", id: "1" }]) { ... on Person { ${field} } } }`;
    expect(await askPay(query, "person salary")).toMatchObject({
      data: { _entities: [{ [field]: null }] },
      errors: [{ extensions: { coordinate } }],
    });
    expect(called).toEqual([]);
    expect(await askPay(query, `person ${scope}`)).toMatchObject({
      data: { _entities: [{ [field]: expect.anything() }] },
    });
    expect(called).toEqual([`pay ${coordinate}`]);
  },
);

test("hole 19: a type that another subgraph closes is closed where nothing says so", async () => {
  const query = `{ _entities(representations: [{ __typename: "Person", id: "1" }]) { ... on Person { salary } } }`;
  expect(await askPay(query, "salary")).toMatchObject({
    data: { _entities: [null] },
    errors: [{ extensions: { coordinate: "Person" } }],
  });
  expect(called).toEqual([]);
  expect(await askPay(query, "person salary")).toMatchObject({
    data: { _entities: [{ salary: 90 }] },
  });
});

test("hole 19: a gateway tells each subgraph the scopes that others declared for it", async () => {
  await using gateway = await startTestGateway(sdl, undefined, env);
  const query = "{ me { salary shared mood } }";
  expect(await gateway.ask(query, "person salary shared mood")).toMatchObject({
    data: { me: { salary: 90, shared: "s", mood: "FINE" } },
    errors: [],
  });
  called.length = 0;
  expect((await gateway.ask(query, "person salary")).data).toEqual({
    me: { salary: 90, shared: null, mood: null },
  });
  expect(called).toEqual(["pay Person.salary"]);
});

const ada = { id: "1", name: "Ada" };

const staffResolvers = {
  Query: { me: () => ada },
  Mutation: { rename: noting("Mutation.rename", ada) },
  Person: {
    __resolveReference: () => ada,
    shared: noting("staff Person.shared", "s"),
    mood: noting("staff Person.mood", "FINE"),
  },
};

const payResolvers = {
  Person: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    shared: noting("pay Person.shared", "s"),
    mood: noting("pay Person.mood", "FINE"),
    salary: noting("pay Person.salary", 90),
  },
};

function optionsOf(
  name: string,
  types: string,
  resolvers: SubgraphOptions<object>["resolvers"],
): SubgraphOptions<object> {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@requiresScopes"])`;
  return {
    ...{ name, schema: `${link} ${types}`, policy: policyOf(name), resolvers },
    ...{ subjects: {}, reports: () => Promise.resolve(new Set<string>()) },
    ...{ context: () => ({}), dependencies: {} },
  };
}

/** As `npm run compose` writes it. */
function policyOf(name: string): PolicyFile {
  const document = parse(sdl);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const subgraph = readSubgraphs(document).find((one) => one.name === name);
  if (!subgraph) throw new Error(`${name} is not composed`);
  const hash = createHash("sha256").update(sdl).digest("hex");
  const rules = readRules(document, schema);
  return policyFor(subgraph, { document, schema, rules, hash });
}

function noting<Value>(what: string, value: Value): () => Value {
  return () => {
    called.push(what);
    return value;
  };
}
