import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readGatewayConfig } from "./config.ts";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

const parts: Readonly<Record<string, GraphPart>> = {
  shop: {
    sdl: `type Query { item(like: Like): Item @authenticated }
      type Item { name: String @authenticated inner: Item @authenticated }
      input Like { name: String like: Like likes: [Like!] }`,
    resolvers: { Query: { item: () => ({ name: "Pen" }) } },
  },
};

/** Each operation stands at the limit, and is beyond it with one more. */
const limits = {
  LIMIT_SELECTIONS: "6",
  LIMIT_DEPTH: "3",
  LIMIT_ROOT_FIELDS: "2",
  LIMIT_ALIASES: "2",
  LIMIT_DIRECTIVES: "2",
  LIMIT_VARIABLE_DEPTH: "4",
  LIMIT_TOKENS: "60",
  LIMIT_BODY_BYTES: "600",
};

let subgraphs: Subgraphs;
let gateway: TestGateway;
beforeAll(async () => {
  subgraphs = await startSubgraphs(parts);
  const sdl = composeParts(parts, subgraphs.urls);
  gateway = await startTestGateway(sdl, subgraphs, limits);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await subgraphs?.[Symbol.asyncDispose]();
});

describe("an operation", () => {
  const f = "... @skip(if: false)";
  const cases = [
    [
      "selections",
      6,
      "{ item { name name name inner { name } } }",
      "{ item { name name name inner { name name } } }",
    ],
    [
      "depth",
      3,
      "{ item { inner { name } } }",
      "{ item { inner { inner { name } } } }",
    ],
    [
      "rootFields",
      2,
      "{ item { name } a: item { name } }",
      "{ item { name } a: item { name } b: item { name } }",
    ],
    [
      "aliases",
      2,
      "{ item { a: name b: name } }",
      "{ item { a: name b: name c: name } }",
    ],
    [
      "directives",
      2,
      `{ ${f} { item { ${f} { name } } } }`,
      `{ ${f} { item { ${f} { name @skip(if: false) } } } }`,
    ],
  ] as const;

  test.each(cases)(
    "may have %s up to the limit, and not one more",
    async (what, limit, within, beyond) => {
      const granted = await gateway.ask(within, "");
      expect(granted.errors).toEqual([]);
      expect(granted.asked).toHaveLength(1);
      const refused = await gateway.ask(beyond, "");
      expect(refused.asked).toEqual([]);
      expect(refused.data ?? null).toBeNull();
      expect(refused.errors).toMatchObject([
        {
          message: `The operation's ${what} come to ${limit + 1}; the limit is ${limit}.`,
          extensions: {
            code: "OPERATION_TOO_LARGE",
            limit,
            measured: limit + 1,
          },
        },
      ]);
    },
  );

  test("may have so many tokens, and not one more", async () => {
    const names = (count: number) => `{ item { ${"name ".repeat(count)}} }`;
    expect((await gateway.ask(names(4), "")).errors).toEqual([]);
    const refused = await gateway.ask(names(60), "");
    expect(refused.status).toBe(400);
    expect(refused.errors[0]?.extensions?.["code"]).toBe(
      "GRAPHQL_PARSE_FAILED",
    );
  });

  test("may come in a body of so many bytes, and not in a larger one", async () => {
    const padded = (bytes: number) => ({
      query: "{ item { name } }",
      extensions: { padding: "x".repeat(bytes) },
    });
    expect((await gateway.post(padded(400), "")).errors).toEqual([]);
    const refused = await gateway.post(padded(600), "");
    expect(refused.status).toBe(413);
    expect(refused.errors[0]?.extensions?.["code"]).toBe("REQUEST_TOO_LARGE");
  });
});

describe("variables", () => {
  const query = "query Q($like: Like) { item(like: $like) { name } }";
  const nested = (depth: number): object =>
    depth === 1 ? { name: "x" } : { like: nested(depth - 1) };

  test("may be nested up to the limit, and not deeper", async () => {
    const within = await gateway.ask(query, "", { like: nested(3) });
    expect(within.errors).toEqual([]);
    const beyond = await gateway.ask(query, "", { like: nested(4) });
    expect(beyond.asked).toEqual([]);
    expect(beyond.errors).toMatchObject([
      {
        message: "The variables are nested 5 deep or deeper; the limit is 4.",
        extensions: { code: "OPERATION_TOO_LARGE", limit: 4, measured: 5 },
      },
    ]);
  });

  test("are not walked deeper than that, however deep they are", async () => {
    const list = "[".repeat(200) + "]".repeat(200);
    const like = JSON.parse(list) as unknown;
    const { errors } = await gateway.ask(query, "", { like });
    expect(errors).toMatchObject([{ extensions: { measured: 5 } }]);
  });
});

test.each(["0", "-1", "1.5", "many"])("a limit of %s is refused", (text) => {
  const env = {
    SUPERGRAPH: "supergraph.graphql",
    TOKEN_ISSUER: "http://localhost:4001",
    TOKEN_AUDIENCE: "http://localhost:4000/graphql",
  };
  expect(readGatewayConfig(env).limits.aliases).toBe(100);
  expect(() => readGatewayConfig({ ...env, LIMIT_ALIASES: text })).toThrow(
    "LIMIT_ALIASES is malformed: give a whole number above 0",
  );
});
