import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "./test-graph.ts";

/** Answers a subgraph may give that are none; `body` is what it would have said. */
type Fault = (
  response: ServerResponse,
  body: string,
  request: IncomingMessage,
) => unknown;

const parts: Readonly<Record<string, GraphPart>> = {
  people: {
    sdl: `type Query { people: [Person!]! @authenticated }
      type Person @key(fields: "id") { id: ID! @authenticated name: String! @authenticated }`,
    resolvers: {
      Query: {
        people: () => [
          { id: "1", name: "Ada" },
          { id: "2", name: "Mia" },
        ],
      },
    },
  },
  pay: {
    sdl: `type Person @key(fields: "id") { id: ID! salary: Int! @authenticated }`,
    resolvers: {
      Person: {
        __resolveReference: ({ id }: { readonly id: string }) => ({ id }),
        salary: ({ id }: { readonly id: string }) => Number(id) * 100,
      },
    },
  },
};

const faults: Readonly<Record<string, Fault>> = {
  "is down": (response) => response.destroy(),
  "does not answer in time": () => undefined,
  "answers 500 with a page": (response) =>
    response.writeHead(500).end("<h1>stack at /srv/app</h1>"),
  "answers no JSON": (response) => response.end('{"data":{'),
  "answers JSON that is no GraphQL": (response) => response.end('["ok"]'),
  "is a proxy that redirects": (response) =>
    response.writeHead(302, { location: "http://10.0.0.1/" }).end(),
  "refuses the gateway's token": (response) =>
    response
      .writeHead(401, { "content-type": "application/json" })
      .end('{"errors":[{"message":"no"}]}'),
  "closes in the middle": (response, body) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.slice(0, 10), () => response.destroy());
  },
  "answers without end": (response) => {
    const megabyte = "x".repeat(1_048_576);
    const more = () => {
      while (!response.destroyed && response.write(megabyte));
    };
    response.on("drain", more);
    more();
  },
};

let subgraphs: Subgraphs;
let gateway: TestGateway;
const proxies: Server[] = [];
const broken = new Map<string, Fault>();
const ports: number[] = [];

beforeAll(async () => {
  subgraphs = await startSubgraphs(parts);
  const urls = new Map<string, string>();
  for (const [name, url] of subgraphs.urls)
    urls.set(name, await openProxy(name, url));
  gateway = await startTestGateway(composeParts(parts, urls), subgraphs, {
    SUBGRAPH_TIMEOUT_MS: "1000",
  });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const proxy of proxies) {
    proxy.closeAllConnections();
    proxy.close();
  }
  await subgraphs?.[Symbol.asyncDispose]();
});

const query = "{ people { name salary } }";
const whole = {
  people: [
    { name: "Ada", salary: 100 },
    { name: "Mia", salary: 200 },
  ],
};
const unavailable = {
  message:
    "The service behind this field is not available right now. Try again shortly.",
  extensions: { code: "SUBGRAPH_UNAVAILABLE" },
};

describe.each(Object.entries(faults))("a subgraph that %s", (_what, fault) => {
  test("at the root takes its field, with a code and a path, and heals", async () => {
    const { data, errors } = await askWhileBroken("people", fault);
    expect(data).toBeNull();
    expect(errors).toEqual([{ ...unavailable, path: ["people"] }]);
  });

  test("behind entities takes the rows it was to complete, and heals", async () => {
    const { data, errors } = await askWhileBroken("pay", fault);
    expect(data).toBeNull();
    expect(errors).toEqual([{ ...unavailable, path: ["people", 0, "salary"] }]);
  });
});

describe("a subgraph that answers", () => {
  const withEntities =
    (change: (entities: unknown[]) => unknown): Fault =>
    (response, body) => {
      const answer = JSON.parse(body) as { data: { _entities: unknown[] } };
      const _entities = change(answer.data._entities);
      response.end(JSON.stringify({ data: { ...answer.data, _entities } }));
    };

  test.each<readonly [string, (entities: unknown[]) => unknown]>([
    ["with fewer entities than asked for", (all) => all.slice(1)],
    ["with more entities than asked for", (all) => [...all, all[0]]],
    ["with something else for entities", () => "none"],
  ])("%s is believed in nothing", async (_what, change) => {
    const { data, errors } = await askWhileBroken("pay", withEntities(change));
    expect(data).toBeNull();
    expect(errors[0]).toMatchObject({
      extensions: { code: "SUBGRAPH_UNAVAILABLE" },
      path: ["people", 0, "salary"],
    });
  });

  test.each<readonly [string, (entities: unknown[]) => unknown]>([
    ["null for an entity", ([first]) => [first, null]],
    [
      "null where the schema forbids it",
      ([first]) => [first, { salary: null }],
    ],
  ])("%s says which field is incomplete", async (_what, change) => {
    const { data, errors } = await askWhileBroken("pay", withEntities(change));
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        path: ["people", 1, "salary"],
        extensions: { code: "INCOMPLETE_ANSWER" },
      }),
    ]);
  });
});

/** Asks while one of them is broken, sees that nothing of the inside shows, then that it heals. */
async function askWhileBroken(name: string, fault: Fault) {
  expect((await gateway.ask(query, "")).data).toEqual(whole);
  broken.set(name, fault);
  const answer = await gateway.ask(query, "");
  broken.delete(name);
  expect(answer.status).toBe(200);
  expect(answer.text).not.toMatch(/127\.0\.0\.1|10\.0\.0\.1|ECONN|socket|srv/);
  for (const port of ports) expect(answer.text).not.toContain(String(port));
  expect((await gateway.ask(query, "")).data).toEqual(whole);
  return answer;
}

async function openProxy(name: string, to: string): Promise<string> {
  const proxy = createServer((request, response) => {
    void pass(request, response, { name, to });
  });
  proxies.push(proxy);
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  ports.push(port);
  return `http://127.0.0.1:${port}/graphql`;
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { name, to }: { readonly name: string; readonly to: string },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>)
    chunks.push(chunk);
  const { "x-request-id": id, "content-type": type } = request.headers;
  const answer = await fetch(to, {
    method: "POST",
    headers: { "x-request-id": String(id), "content-type": String(type) },
    body: Buffer.concat(chunks),
  });
  const body = await answer.text();
  const fault = broken.get(name);
  if (fault) fault(response, body, request);
  else response.setHeader("content-type", "application/json").end(body);
}
