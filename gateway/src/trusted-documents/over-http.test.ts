import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type GraphAnswer,
  type GraphPart,
  type GraphRequest,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";
import { sha256 } from "./manifest.ts";
import { type Entry, manifestText } from "./test-manifest.ts";

const parts: Readonly<Record<string, GraphPart>> = {
  shop: {
    sdl: `type Query { item(id: ID): Item @authenticated hello(to: String): String }
      type Mutation { wave: String }
      type Item { name: String @authenticated cost: Int @requiresScopes(scopes: [["cost"]]) }`,
    resolvers: {
      Query: {
        item: (_: unknown, { id }: { readonly id?: string }) => ({
          name: id ?? "Pen",
          cost: 7,
        }),
        hello: (_: unknown, { to }: { readonly to: string }) => to,
      },
      Mutation: { wave: () => "waved" },
    },
  },
};

const item = {
  name: "Item",
  body: "query Item($id: ID) {\n  item(id: $id) {\n    name\n  }\n}",
};
const cost = {
  name: "Cost",
  body: "query Cost { item { cost } }",
  id: "cost-1",
};
const hello = {
  name: "Hello",
  body: "query Hello($to: String) { hello(to: $to) }",
};
const wave = {
  name: "Wave",
  body: "mutation Wave { wave }",
  type: "mutation",
};
const gone = { name: "Gone", body: "query Gone { gone }" };
const other = "{ item { name } }";

/** What Apollo Client's persisted query link sends first, and then with the text. */
const hashed = (sha256Hash: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

type Request = GraphRequest & { readonly documentId?: string };

let folder: string;
let file: string;
let subgraphs: Subgraphs;
let required: TestGateway;
let preferred: TestGateway;
/** Required too, where what is open needs no token. */
let anybody: TestGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trusted-"));
  file = join(folder, "manifest.json");
  await deploy(item, cost, hello, wave, gone);
  subgraphs = await startSubgraphs(parts);
  const sdl = composeParts(parts, subgraphs.urls);
  const start = (TRUSTED_DOCUMENTS: string, env = {}) =>
    startTestGateway(sdl, subgraphs, {
      TRUSTED_DOCUMENTS,
      TRUSTED_DOCUMENTS_FILE: file,
      ...env,
    });
  anybody = await start("required", { ANONYMOUS: "allow" });
  required = await start("required");
  preferred = await start("preferred");
});
afterAll(async () => {
  for (const one of [anybody, required, preferred, subgraphs])
    await one?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("a trusted document", () => {
  test.each<[string, Request]>([
    ["its id", { documentId: sha256(item.body) }],
    ["its prefixed SHA-256", { documentId: `sha256:${sha256(item.body)}` }],
    ["the hash of a persisted query", hashed(sha256(item.body))],
    ["its text", { query: item.body }],
    ["its text and hash", { query: item.body, ...hashed(sha256(item.body)) }],
  ])("is run by %s, cold and again", async (_what, request) => {
    for (const gateway of [required, preferred])
      for (const id of ["Ink", "Cap"]) {
        const answer = await post(gateway, { ...request, variables: { id } });
        expect(answer).toMatchObject({
          status: 200,
          ...{ data: { item: { name: id } }, errors: [] },
        });
        expect(answer.asked).toHaveLength(1);
      }
  });

  test("is filtered for the caller as any other", async () => {
    const denied = await post(required, { documentId: "cost-1" });
    expect(denied.data).toEqual({ item: { cost: null } });
    expect(denied.errors).toMatchObject([
      { extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" } },
    ]);
    const granted = await post(required, { documentId: "cost-1" }, "cost");
    expect(granted.data).toEqual({ item: { cost: 7 } });
  });

  test("needs a token as any other", async () => {
    const answer = await required.post({ query: item.body }, null);
    expect(answer).toMatchObject({ status: 401, asked: [] });
  });

  test("that does not fit the schema is refused by itself, and warned of", async () => {
    const answer = await post(required, { documentId: sha256(gone.body) });
    expect(answer).toMatchObject({ status: 400, asked: [] });
    expect(codes(answer)).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(JSON.stringify(required.log)).toContain('"unfit":[{"name":"Gone"');
  });

  test.each([
    ["its id", { documentId: sha256(hello.body) }],
    [
      "its hash",
      { extensions: JSON.stringify(hashed(sha256(hello.body)).extensions) },
    ],
    ["its text", { query: hello.body }],
  ])(
    "is run by GET for %s, if no other site can have sent it",
    async (_what, said) => {
      const search = { ...said, variables: '{"to":"Ada"}' };
      const granted = await get(search, { "apollo-require-preflight": "1" });
      expect(granted).toEqual({
        status: 200,
        body: { data: { hello: "Ada" } },
      });
      const refused = await get(search, {});
      expect(refused).toMatchObject({
        status: 400,
        body: { errors: [{ extensions: { code: "BAD_REQUEST" } }] },
      });
    },
  );

  test("that is a mutation is run by POST and not by GET", async () => {
    const documentId = sha256(wave.body);
    const posted = await anybody.post({ documentId } as Request, null);
    expect(posted.data).toEqual({ wave: "waved" });
    const got = await get({ documentId }, { "apollo-require-preflight": "1" });
    expect(got.status).toBe(405);
  });
});

describe("any other document", () => {
  test("is run where trusted ones are preferred and not where they are required", async () => {
    const granted = await post(preferred, { query: other });
    expect(granted).toMatchObject({
      status: 200,
      data: { item: { name: "Pen" } },
    });
    const refused = await post(required, { query: other });
    expect(refused).toMatchObject({ status: 400, data: undefined, asked: [] });
    expect(codes(refused)).toEqual(["DOCUMENT_NOT_TRUSTED"]);
  });

  test("is refused by GET as well", async () => {
    const search = { query: "{ hello }" };
    expect(
      await get(search, { "apollo-require-preflight": "1" }),
    ).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: "DOCUMENT_NOT_TRUSTED" } }] },
    });
  });

  test("is not even parsed where they are required", async () => {
    expect(codes(await post(preferred, { query: "{" }))).toEqual([
      "GRAPHQL_PARSE_FAILED",
    ]);
    expect(codes(await post(required, { query: "{" }))).toEqual([
      "DOCUMENT_NOT_TRUSTED",
    ]);
  });

  test("is registered by its hash, and asked for by it, only where they are preferred", async () => {
    const first = hashed(sha256(other));
    const whole = { query: other, ...first };
    for (const gateway of [preferred, required]) {
      const unknown = await post(gateway, first);
      expect(unknown).toMatchObject({
        status: 200,
        data: undefined,
        asked: [],
      });
      expect(unknown.errors).toMatchObject([
        {
          message: "PersistedQueryNotFound",
          extensions: { code: "PERSISTED_QUERY_NOT_FOUND" },
        },
      ]);
    }
    expect((await post(preferred, whole)).errors).toEqual([]);
    expect((await post(preferred, first)).data).toEqual({
      item: { name: "Pen" },
    });
    expect(codes(await post(required, whole))).toEqual([
      "DOCUMENT_NOT_TRUSTED",
    ]);
    expect(codes(await post(required, first))).toEqual([
      "PERSISTED_QUERY_NOT_FOUND",
    ]);
  });

  test("does not pass for the one whose id it is sent with", async () => {
    for (const gateway of [preferred, required]) {
      const answer = await post(gateway, {
        query: item.body,
        documentId: "cost-1",
      });
      expect(answer).toMatchObject({ status: 400, asked: [] });
      expect(codes(answer)).toEqual(["BAD_REQUEST"]);
    }
  });
});

test("an id that nobody knows is refused with one error", async () => {
  const answer = await post(required, { documentId: "cost-2" });
  expect(answer).toMatchObject({ status: 400, data: undefined, asked: [] });
  expect(codes(answer)).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
});

test("a document is taken out and put in while the gateway runs", async () => {
  const warm = async () =>
    codes(await post(required, { documentId: "cost-1" }, "cost"));
  expect(await warm()).toEqual([]);
  await deploy(item, gone);
  await until(async () => (await warm())[0] === "PERSISTED_QUERY_NOT_FOUND");
  expect(codes(await post(required, { query: cost.body }, "cost"))).toEqual([
    "DOCUMENT_NOT_TRUSTED",
  ]);
  await deploy(item, cost, gone);
  await until(async () => (await warm()).length === 0);
});

test("a gateway without a manifest that can be used does not start", async () => {
  const sdl = composeParts(parts, subgraphs.urls);
  const start = async (TRUSTED_DOCUMENTS_FILE: string) => {
    const running = await startTestGateway(sdl, subgraphs, {
      TRUSTED_DOCUMENTS: "required",
      TRUSTED_DOCUMENTS_FILE,
    });
    await running[Symbol.asyncDispose]();
  };
  await expect(start(join(folder, "nowhere.json"))).rejects.toThrow(
    "which cannot be read (ENOENT)",
  );
  const broken = join(folder, "broken.json");
  await writeFile(broken, manifestText({ ...item, name: "Other" }));
  await expect(start(broken)).rejects.toThrow("operation 1 (Other), body");
});

async function deploy(...entries: readonly Entry[]): Promise<void> {
  await writeFile(file, manifestText(...entries));
}

function post(
  gateway: TestGateway,
  request: Request,
  scopes = "",
): Promise<GraphAnswer> {
  return gateway.post(request, scopes);
}

/** Without a token, where none is needed. */
async function get(
  search: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const line = anybody.log.find(({ msg }) => msg === "listening");
  const { url } = line as unknown as { readonly url: string };
  const query = new URLSearchParams(search).toString();
  const response = await fetch(`${url}/graphql?${query}`, { headers });
  return { status: response.status, body: await response.json() };
}

function codes({ errors }: GraphAnswer): readonly unknown[] {
  return errors.map(({ extensions }) => extensions?.["code"]);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}
