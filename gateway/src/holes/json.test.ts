import { sendJson, serve, createLogger } from "@hr/service";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type GraphRequest,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const people: GraphPart = {
  sdl: `
    type Query { me: Person find(by: By, any: Json): Json }
    input By { name: String }
    scalar Json
    type Person @key(fields: "id") { id: ID! name: String secret: String @requiresScopes(scopes: [["secret"]]) }`,
  resolvers: {
    Query: {
      me: () => ({ id: "1", name: "Ada", secret: "s" }),
      find: (_: unknown, { any }: { any?: unknown }) => any,
    },
  },
};

/** Served by somebody who means ill: each answer is what stands in `answers`. */
const hostile = {
  sdl: `
    type Query { odd: Odd }
    type Odd { name: String inner: Odd bag: Bag }
    scalar Bag
    type Person @key(fields: "id") { id: ID! leave: Int bag: Bag }`,
};
let answer = "{}";

const estate = new AsyncDisposableStack();
let gateway: TestGateway;

beforeAll(async () => {
  const subgraphs = estate.use(await startSubgraphs({ people }));
  const server = await serve({
    name: "hostile",
    host: "127.0.0.1",
    port: 0,
    logger: createLogger("hostile", { write: () => undefined }),
    dependencies: {},
    routes: [
      {
        method: "POST",
        path: "/graphql",
        handle: (_request, response) =>
          sendJson(response, 200, JSON.parse(answer)),
      },
    ],
  });
  estate.defer(() => server.close());
  const urls = new Map([
    ...subgraphs.urls,
    ["hostile", `${server.url}/graphql`] as const,
  ]);
  const sdl = composeParts({ people, hostile }, urls);
  gateway = estate.use(await startTestGateway(sdl, subgraphs));
});

afterAll(() => estate.disposeAsync());

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const pure = prototypes.map((one) => Reflect.ownKeys(one));

afterEach(() =>
  expect(prototypes.map((one) => Reflect.ownKeys(one))).toEqual(pure),
);

const poison =
  '{"polluted":true,"isAdmin":true,"scopes":["secret"],"name":"Eve"}';

test.each([
  [
    "beside what was asked",
    `{"name":"Odd","__proto__":${poison}}`,
    '{"name":"Odd","inner":null}',
  ],
  [
    "in the place of what was asked",
    `{"__proto__":${poison}}`,
    '{"name":null,"inner":null}',
  ],
  [
    "below what was asked",
    `{"name":"Odd","inner":{"__proto__":${poison}}}`,
    '{"name":"Odd","inner":{"name":null}}',
  ],
  [
    "as a constructor",
    `{"name":"Odd","constructor":{"prototype":${poison}}}`,
    '{"name":"Odd","inner":null}',
  ],
])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a prototype in a subgraph's answer, %s, is not read and poisons nothing",
  async (_where, odd, expected) => {
    answer = `{"data":{"odd":${odd},"__proto__":${poison}},"__proto__":${poison}}`;
    const { text } = await gateway.ask("{ odd { name inner { name } } }", "");
    expect(text).toBe(`{"data":{"odd":${expected}}}`);
  },
);

test.each([
  ["of an entity", `{"leave":7,"__proto__":${poison}}`],
  [
    "as a constructor of an entity",
    `{"leave":7,"constructor":{"prototype":${poison}}}`,
  ],
])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a prototype in a subgraph's answer, %s, is not merged into what others said",
  async (_where, entity) => {
    answer = `{"data":{"_entities":[${entity}]}}`;
    const { text } = await gateway.ask("{ me { leave name } }", "");
    expect(text).toBe('{"data":{"me":{"leave":7,"name":"Ada"}}}');
  },
);

test("hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a value that is anything may hold any key, and stays a value", async () => {
  const bag = `{"__proto__":${poison},"constructor":{"prototype":${poison}},"toString":1}`;
  answer = `{"data":{"odd":{"bag":${bag}}}}`;
  expect((await gateway.ask("{ odd { bag } }", "")).text).toBe(
    `{"data":{"odd":{"bag":${bag}}}}`,
  );
  answer = `{"data":{"_entities":[{"bag":${bag},"leave":7}]}}`;
  expect((await gateway.ask("{ me { bag leave } }", "")).text).toBe(
    `{"data":{"me":{"bag":${bag},"leave":7}}}`,
  );
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s in a subgraph's error is not read",
  async (key) => {
    answer = `{"data":{"odd":null},"errors":[{"message":"no","path":["odd","${key}"],"extensions":{"code":"FORBIDDEN","${key}":${poison}}}]}`;
    const { data, errors } = await gateway.ask("{ odd { name } }", "");
    expect(data).toEqual({ odd: null });
    expect(errors).toMatchObject([{ path: ["odd"] }]);
  },
);

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as a JSON key, variable, operation or fragment of a request opens nothing",
  async (key) => {
    const source = "{ me { name secret } }";
    const requests: readonly (readonly [GraphRequest, unknown])[] = [
      [withKey({ query: source }, key, { scopes: ["secret"] }), 200],
      [
        { query: source, variables: withKey({}, key, { scopes: ["secret"] }) },
        200,
      ],
      [
        { query: source, extensions: withKey({}, key, { scopes: ["secret"] }) },
        200,
      ],
      [{ query: `query ${key} ${source}`, operationName: key }, 200],
      [{ query: source, operationName: key }, 400],
      [
        {
          query: `{ me { ...${key} } } fragment ${key} on Person { name secret }`,
        },
        200,
      ],
    ];
    for (const [request, status] of requests) {
      const denied = await gateway.post(request, "");
      expect(denied.status).toBe(status);
      expect(denied.asked.map(({ query }) => query).join()).not.toContain(
        "secret",
      );
      if (status !== 200) continue;
      expect(denied.data).toEqual({ me: { name: "Ada", secret: null } });
      expect((await gateway.post(request, "secret")).data).toEqual({
        me: { name: "Ada", secret: "s" },
      });
    }
  },
);

test.each(["__proto__", "constructor", "toString"])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a variable named %s is a variable like any other",
  async (key) => {
    const query = `query ($${key}: Json, $no: Boolean = false) { find(any: $${key}) me @include(if: $no) { name } }`;
    const variables = withKey({}, key, 7);
    expect((await gateway.ask(query, "", variables)).data).toEqual({ find: 7 });
    expect((await gateway.ask(query, "")).data).toEqual({ find: null });
    const condition = `query ($${key}: Boolean!) { me { name secret @include(if: $${key}) } }`;
    expect(
      (await gateway.ask(condition, "secret", withKey({}, key, false))).data,
    ).toEqual({ me: { name: "Ada" } });
    expect(
      (await gateway.ask(condition, "", withKey({}, key, true))).data,
    ).toEqual({ me: { name: "Ada", secret: null } });
  },
);

test.each(["__proto__", "constructor", "toString"])(
  "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s is no field of an input",
  async (key) => {
    const query = "query ($by: By) { find(by: $by) }";
    const by = withKey({ name: "Ada" }, key, { name: "Eve" });
    expect(await gateway.ask(query, "", { by })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
      asked: [],
    });
    expect(await gateway.ask(query, "", { by: { name: "Ada" } })).toMatchObject(
      { status: 200, errors: [] },
    );
  },
);

/** As JSON has it: a key of its own, whatever its name. */
function withKey<Of extends object>(of: Of, key: string, value: unknown): Of {
  return Object.defineProperty({ ...of }, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
