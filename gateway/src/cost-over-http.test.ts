import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

const pens = [{ name: "Red" }, { name: "Blue" }];
const parts: Readonly<Record<string, GraphPart>> = {
  shop: {
    sdl: `type Query {
        pens(first: Int = 5): [Pen] @authenticated
          @federation__listSize(slicingArguments: ["first"])
      }
      type Pen { name: String @authenticated friends: [Pen] @authenticated }`,
    resolvers: {
      Query: { pens: () => pens },
      Pen: { friends: () => [pens[0], null] },
    },
  },
};
const named = "query Pens($first: Int) { pens(first: $first) { name } }";
const report = { "x-cost": "report" };

const stack = new AsyncDisposableStack();
let start: (env: NodeJS.ProcessEnv) => Promise<TestGateway>;
let gateway: TestGateway;

beforeAll(async () => {
  const subgraphs = stack.use(await startSubgraphs(parts));
  const sdl = composeParts(parts, subgraphs.urls);
  start = async (env) => stack.use(await startTestGateway(sdl, subgraphs, env));
  gateway = await start({ LIMIT_COST: "20", LIST_SIZE: "3" });
});

afterAll(() => stack.disposeAsync());

test.each([
  ["by a variable", named, { first: 20 }, named, { first: 21 }],
  [
    "by a literal",
    "{ pens(first: 20) { name } }",
    {},
    "{ pens(first: 21) { name } }",
    {},
  ],
  [
    "by lists within lists, of the size assumed",
    "{ pens { friends { name } } }",
    {},
    "{ pens { friends { friends { name } } } }",
    {},
  ],
])(
  "may come to the limit, and not above, %s",
  async (_how, within, few, above, many) => {
    // Twice, so that it holds on the prepared path as well.
    for (let n = 0; n < 2; n += 1) {
      const granted = await gateway.ask(within, "", few);
      expect(granted.errors).toEqual([]);
      expect(granted.asked).toHaveLength(1);
      const refused = await gateway.ask(above, "", many);
      expect(refused.asked).toEqual([]);
      expect(refused.status).toBe(400);
      expect(refused.errors).toMatchObject([
        {
          message: expect.stringMatching(
            /^The operation's cost comes to \d+; the limit is 20\.$/,
          ),
          extensions: {
            code: "QUERY_TOO_COMPLEX",
            limit: 20,
            measured: expect.any(Number),
          },
        },
      ]);
    }
  },
);

test("is told with what it did cost, to a developer who asks for it", async () => {
  const variables = { first: 4 };
  await gateway.ask(named, "", variables);
  expect((await gateway.ask(named, "", variables)).extensions).toBeUndefined();
  const told = await gateway.post({ query: named, variables }, "", report);
  expect(told.extensions).toEqual({
    cost: { estimated: 4, actual: 2, limit: 20 },
  });
});

test("is told to everybody where every answer tells it", async () => {
  const open = await start({ COST_REPORT: "on" });
  for (let n = 0; n < 2; n += 1)
    expect((await open.ask(named, "")).extensions).toMatchObject({
      cost: { actual: 2 },
    });
});
