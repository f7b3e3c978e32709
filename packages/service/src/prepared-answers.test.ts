import { ApolloServer } from "@apollo/server";
import type { DecisionEvent } from "@hr/access";
import { createTestMint } from "@hr/tokens/testing";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from "@jest/globals";
import { GraphQLError } from "graphql";
import { BadInput } from "./errors.ts";
import { createLogger } from "./log.ts";
import { type Running, sendJson, serve } from "./serve.ts";
import { startSubgraph } from "./start-subgraph.ts";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { openPolicy } from "./test-policy.ts";

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query {
    people: [Person]
    strict: Person! @requiresScopes(scopes: [["strict"]])
    fails(how: String): Int
    twice(number: Int! = 4): Int
  }
  type Mutation { hire(name: String!): Person }
  type Person @key(fields: "id") {
    id: ID!
    name: String
    pay: Int @requiresScopes(scopes: [["pay"], ["pay:self"]])
    code: Int @requiresScopes(scopes: [["code"]])
  }`;

const people = ["emp_mira", "emp_ben", "emp_zoe"].map((id) => ({ id }));
const events: DecisionEvent[] = [];
let ran = 0;
let isWithoutContext = false;

const options: SubgraphOptions<object> = {
  ...{ name: "people", schema, policy: openPolicy("people", schema) },
  resolvers: {
    Query: {
      people: () => people,
      fails(_: unknown, { how }: { readonly how: string }) {
        if (how === "input") throw new BadInput("how", "is no way");
        if (how === "code")
          throw new GraphQLError("gone", {
            extensions: { code: "FORBIDDEN", http: { status: 200 } },
          });
        throw new Error("the password is 4711");
      },
      twice: (_: unknown, { number }: { readonly number: number }) =>
        2 * number,
    },
    Mutation: {
      hire(_: unknown, { name }: { readonly name: string }) {
        ran += 1;
        return { id: name };
      },
    },
    Person: {
      __resolveReference: ({ id }: { readonly id: string }) =>
        people.find((one) => one.id === id) ?? null,
      name: ({ id }: { readonly id: string }) => `${id}, "née" \u2028`,
      pay: () => 9,
    },
  },
  subjects: {
    Person: { kind: "of", id: ({ id }: { readonly id: string }) => id },
  },
  reports: () => Promise.resolve(new Set<string>()),
  context() {
    if (isWithoutContext) throw new Error("the password is 4711");
    return {};
  },
  dependencies: {},
};

const mint = await createTestMint();
const server = jest.spyOn(ApolloServer.prototype, "executeHTTPGraphQLRequest");
let keys: Running;
let subgraph: Running;

beforeAll(async () => {
  const logger = createLogger("people", { write: () => undefined });
  const place = { host: "127.0.0.1", port: 0, logger };
  keys = await serve({
    ...{ ...place, name: "keys", dependencies: {} },
    routes: [
      {
        ...{ method: "GET", path: "/jwks" },
        handle: (_request, response) => sendJson(response, 200, mint.jwks),
      },
    ],
  });
  subgraph = await startSubgraph(options, {
    ...place,
    decisions: (event) => void events.push(event),
    gateway: { issuer: "urn:hr:gateway", jwksUri: `${keys.url}/jwks` },
  });
  await ask({ query: "{ __typename }" });
});

afterAll(async () => {
  server.mockRestore();
  await subgraph.close();
  await keys.close();
});

beforeEach(() => {
  events.length = 0;
  server.mockClear();
});

async function ask(body: unknown, scope = "pay:self") {
  const token = await mint.token({
    ...{ subgraph: "people", sub: "usr_mira", clientId: "app", scope },
    employeeId: "emp_mira",
  });
  const response = await fetch(`${subgraph.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      "x-request-id": "one",
    },
    body: JSON.stringify(body),
  });
  const { date: _date, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
}

type Asked = {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: object | null;
};

const entities =
  "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Person { pay name } } }";
const r = people.map(({ id }) => ({ __typename: "Person", id }));
const two = "query One { twice } query Two($n: Int!) { twice(number: $n) }";

describe("a document seen before is answered without Apollo Server, with the same bytes", () => {
  test.each<[string, Asked]>([
    ["what is granted", { query: "{ people { id name } }" }],
    ["aliases of any name", { query: "{ __proto__: people { name: id } }" }],
    ["rows out of reach", { query: "{ a: people { pay } b: people { pay } }" }],
    ["a closed field", { query: "{ people { code id pay } }" }],
    ["a closed field that may not be null", { query: "{ strict { id } }" }],
    ["what breaks", { query: "{ people { id } fails }" }],
    ["a fault of the caller", { query: '{ fails(how: "input") }' }],
    ["an error with a code", { query: '{ fails(how: "code") }' }],
    ["entities", { query: entities, variables: { r } }],
    ["strange entities", { query: entities, variables: { r: [{}] } }],
    ["no variables at all", { query: "{ twice }", variables: null }],
    ["one operation of two", { query: two, operationName: "One" }],
    [
      "another of two",
      { query: two, operationName: "Two", variables: { n: 3 } },
    ],
    ["a mutation", { query: 'mutation { hire(name: "Ada") { id pay } }' }],
    ["the schema", { query: "{ __schema { queryType { name } } }" }],
    [
      "nothing of ours",
      { query: "{ ...F } fragment F on Query { __typename }" },
    ],
  ])("%s", async (title, asked) => {
    // A text of its own, which nobody has seen.
    const body = { ...asked, query: `# ${title}\n${asked.query}` };
    const first = await ask(body);
    expect(server).toHaveBeenCalledTimes(1);
    expect(await ask(body)).toEqual(first);
    expect(server).toHaveBeenCalledTimes(1);
    const [before, after] = events.slice(-2);
    expect({ ...after, at: before?.at }).toEqual(before);
  });

  test("and for each caller by its own scopes", async () => {
    const query = "{ people { pay } }";
    const all = people.map(() => ({ pay: 9 }));
    const own = [{ pay: 9 }, { pay: null }, { pay: null }];
    const none = people.map(() => ({ pay: null }));
    const expected = { pay: all, "pay:self": own, code: none };
    await ask({ query });
    server.mockClear();
    for (const scope of ["pay", "code", "pay:self", "pay"] as const) {
      const { text } = await ask({ query }, scope);
      expect(JSON.parse(text)).toMatchObject({
        data: { people: expected[scope] },
      });
    }
    expect(server).not.toHaveBeenCalled();
  });
});

describe("Apollo Server says what is wrong with a request that never ran", () => {
  const hire = "mutation ($name: String!) { hire(name: $name) { id } }";
  test.each<[string, object, number]>([
    [
      "a variable of another type",
      { query: hire, variables: { name: 1 } },
      400,
    ],
    ["a variable that is missing", { query: hire }, 400],
    ["an operation that is not there", { query: two, operationName: "T" }, 400],
    ["no choice of two operations", { query: two }, 400],
    ["an empty name", { query: hire, operationName: "" }, 400],
    ["variables that are a list", { query: hire, variables: [] }, 400],
    ["variables that are a text", { query: hire, variables: "{}" }, 400],
    ["a name that is a number", { query: two, operationName: 1 }, 400],
    ["several requests at once", [{ query: hire }], 400],
  ])("%s", async (_, body, status) => {
    await ask({ query: hire, variables: { name: "Ada" } });
    await ask({ query: two, operationName: "One" });
    server.mockClear();
    events.length = 0;
    ran = 0;
    const first = await ask(body);
    expect(await ask(body)).toEqual(first);
    expect(first.status).toBe(status);
    expect(server).toHaveBeenCalledTimes(2);
    expect(ran).toBe(0);
  });

  test("and when there is no context to run it in", async () => {
    const body = { query: "{ twice(number: 1) }" };
    await ask(body);
    server.mockClear();
    isWithoutContext = true;
    const answer = await ask(body);
    isWithoutContext = false;
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    });
    expect(answer.text).not.toContain("4711");
    expect(server).toHaveBeenCalledTimes(1);
  });

  test("and answers what brings extensions of its own", async () => {
    const body = { query: "{ twice }", extensions: { other: true } };
    await ask(body);
    server.mockClear();
    expect(await ask(body)).toMatchObject({ text: '{"data":{"twice":8}}\n' });
    expect(server).toHaveBeenCalledTimes(1);
  });
});
