import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Running, createLogger } from "@hr/service";
import {
  type TestClaims,
  type TestIssuer,
  createTestIssuer,
} from "@hr/tokens/testing";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  test,
} from "@jest/globals";
import { readGatewayConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";
import { type Subgraphs, composeParts, startSubgraphs } from "./test-graph.ts";

/*
 * Two issuers before one gateway, as unlike each other as they can be, each with keys
 * and a denylist of its own over HTTP. One long file, for each case needs them all.
 */

const audience = "https://graph.example/graphql";
const parts = {
  shop: {
    sdl: `
      type Query {
        shop: String
        till: Int @requiresScopes(scopes: [["till:read"]])
        stock: Int @requiresScopes(scopes: [["stock:read"]])
      }`,
    resolvers: {
      Query: { shop: () => "Corner", till: () => 99, stock: () => 7 },
    },
  },
};

let ours: Issuer;
let theirs: Issuer;
let subgraphs: Subgraphs;
let folder: string;
let running: Running[] = [];

beforeAll(async () => {
  subgraphs = await startSubgraphs(parts);
  ours = await startIssuer("/", audience);
  theirs = await startIssuer("/realms/shop", "shop-api", {
    algorithm: "RS256",
    type: "JWT",
  });
});

afterAll(async () => {
  await subgraphs[Symbol.asyncDispose]();
  await ours.close();
  await theirs.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuers-"));
  for (const issuer of [ours, theirs]) issuer.reset();
  await writeFile(
    join(folder, "supergraph.graphql"),
    composeParts(parts, subgraphs.urls),
  );
});

afterEach(async () => {
  for (const gateway of running) await gateway.close();
  running = [];
  await rm(folder, { recursive: true });
});

describe("tokens of two issuers, side by side", () => {
  test("are each accepted for what their own issuer says in its own words", async () => {
    const gateway = await start();
    const asked = "{ shop till stock }";
    expect(await gateway.ask(asked, await ourToken())).toMatchObject({
      status: 200,
      data: { shop: "Corner", till: 99, stock: null },
    });
    expect(await gateway.ask(asked, await theirToken())).toMatchObject({
      status: 200,
      data: { shop: "Corner", till: null, stock: 7 },
    });
    expect(
      await gateway.ask(
        asked,
        await theirToken({ scp: undefined, roles: ["till:read"] }),
      ),
    ).toMatchObject({ data: { till: 99, stock: null } });
  });

  test("are refused when the other signed them", async () => {
    const gateway = await start();
    const { issuer: us } = ours;
    const { issuer: them } = theirs;
    const asTheirs = await us.accessToken({ ...theirClaims, iss: theirs.url });
    const asOurs = await them.accessToken({ iss: ours.url, aud: audience });
    expect(await gateway.reasonFor(asTheirs)).toBe("ALG_NOT_ALLOWED");
    expect(await gateway.reasonFor(asOurs)).toBe("ALG_NOT_ALLOWED");
  });

  test("are refused with the other's algorithm and type, but not its key", async () => {
    const twin = { algorithms: ["ES256"], types: ["at+jwt"] };
    const gateway = await start({}, [{ ...entry(), ...twin }]);
    const asTheirs = { ...theirClaims, iss: theirs.url, aud: "shop-api" };
    expect(
      await gateway.reasonFor(await ours.issuer.accessToken(asTheirs)),
    ).toBe("KEY_UNKNOWN");
  });

  test("are refused with the other's audience", async () => {
    const gateway = await start();
    expect(await gateway.reasonFor(await theirToken({ aud: audience }))).toBe(
      "AUDIENCE_MISMATCH",
    );
    expect(await gateway.reasonFor(await ourToken({ aud: "shop-api" }))).toBe(
      "AUDIENCE_MISMATCH",
    );
  });

  test("are refused when they are ID tokens, or of an issuer nobody named", async () => {
    const gateway = await start();
    for (const idToken of [{ nonce: "n" }, { aud: "spa", azp: "spa" }])
      expect(
        await gateway.ask("{ shop }", await theirToken(idToken)),
      ).toMatchObject({ status: 401 });
    expect(
      await gateway.ask(
        "{ shop }",
        await theirToken({ iss: `${theirs.url}/` }),
      ),
    ).toMatchObject({ status: 401 });
  });

  test("name their issuers to those who look for one", async () => {
    const gateway = await start();
    const metadata = await fetch(
      `${gateway.url}/.well-known/oauth-protected-resource/graphql`,
    );
    expect(await metadata.json()).toMatchObject({
      resource: audience,
      authorization_servers: [ours.url, theirs.url],
    });
  });
});

describe("P29: what an issuer revoked", () => {
  test.each([
    ["a token", { kind: "jti", value: "token-1" }],
    ["a grant", { kind: "gid", value: "grant-1" }],
    ["a person", { kind: "sub", value: "usr_1", before: 9_999_999_999 }],
  ])("is refused a moment later: %s", async (_what, entry) => {
    const gateway = await start();
    const token = await ourToken(named);
    const other = await ourToken({ sub: "usr_2" });
    expect(await gateway.reasonFor(token)).toBeNull();
    ours.deny(entry);
    await eventually(async () =>
      expect(await gateway.reasonFor(token)).toBe("TOKEN_REVOKED"),
    );
    expect(await gateway.reasonFor(other)).toBeNull();
  });

  test("concerns its own tokens alone", async () => {
    const gateway = await start();
    const [us, them] = [await ourToken(named), await theirToken(named)];
    for (const kind of ["jti", "gid", "sub"])
      theirs.deny({ kind, value: named[kind as keyof typeof named] });
    await eventually(async () =>
      expect(await gateway.reasonFor(them)).toBe("TOKEN_REVOKED"),
    );
    expect(await gateway.reasonFor(us)).toBeNull();
  });

  test("before the gateway started is refused from its first request", async () => {
    ours.deny({ kind: "gid", value: "grant-1" });
    ours.delay = 300;
    const gateway = await start();
    expect(await gateway.reasonFor(await ourToken(named))).toBe(
      "TOKEN_REVOKED",
    );
    expect(await gateway.reasonFor(await ourToken())).toBeNull();
  });

  test("stays refused over a restart while the feeds are down", async () => {
    for (const issuer of [ours, theirs])
      issuer.deny({ kind: "jti", value: "token-1" });
    await (await start()).close();
    expect((await readdir(folder)).filter((f) => f.includes("deny"))).toEqual([
      "denylist.json",
      "denylist.realm.json",
    ]);
    for (const issuer of [ours, theirs]) issuer.status = 500;
    const gateway = await start();
    for (const token of [await ourToken(named), await theirToken(named)])
      expect(await gateway.reasonFor(token)).toBe("TOKEN_REVOKED");
    for (const token of [await ourToken(), await theirToken()])
      expect(await gateway.reasonFor(token)).toBeNull();
  });

  test("is asked for in the gateway's name where there is a secret", async () => {
    await start({ DENYLIST_CLIENT_SECRET: "ours", REALM_SECRET: "theirs" }, [
      entry({
        denylist: {
          url: `${theirs.url}/denylist`,
          clientSecretVariable: "REALM_SECRET",
        },
      }),
    ]);
    const basic = (pair: string) => `Basic ${btoa(pair)}`;
    expect(ours.credentials).toContain(basic("gateway:ours"));
    expect(theirs.credentials).toContain(basic("gateway:theirs"));
  });

  test("is asked of nobody where the setting says so", async () => {
    const gateway = await start({ DENYLIST_URL: "none" }, [
      entry({ denylist: undefined }),
    ]);
    expect([ours.credentials, theirs.credentials]).toEqual([[], []]);
    const { dependencies } = await gateway.readiness();
    expect(Object.keys(dependencies)).not.toContain("denylist");
    ours.deny({ kind: "jti", value: "token-1" });
    expect(await gateway.reasonFor(await ourToken(named))).toBeNull();
  });

  test("is asked for elsewhere where the setting says so", async () => {
    theirs.deny({ kind: "jti", value: "token-1" });
    const gateway = await start({ DENYLIST_URL: `${theirs.url}/denylist` });
    expect(await gateway.reasonFor(await ourToken(named))).toBe(
      "TOKEN_REVOKED",
    );
  });

  test("is not guessed at where staleness is bounded: 503, not 401", async () => {
    ours.status = 500;
    const bounded = { DENYLIST_MAX_STALE_SECONDS: "60" };
    const gateway = await start(bounded);
    const token = await ourToken();
    const { status, headers, errors } = await gateway.ask("{ shop }", token);
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(headers.get("www-authenticate")).toBeNull();
    expect(errors).toMatchObject([
      {
        extensions: {
          code: "SERVICE_UNAVAILABLE",
          reason: "DENYLIST_UNAVAILABLE",
        },
      },
    ]);
    expect(await gateway.reasonFor(await theirToken())).toBeNull();
    ours.status = 200;
    await eventually(async () =>
      expect(await gateway.reasonFor(token)).toBeNull(),
    );
  });
});

describe("readiness", () => {
  test("tells how all issuers stand", async () => {
    const gateway = await start();
    expect(await gateway.readiness()).toEqual({
      status: "ready",
      dependencies: {
        issuerKeys: { status: "up" },
        denylist: { status: "up" },
        "issuerKeys:realm": { status: "up" },
        "denylist:realm": { status: "up" },
      },
    });
  });

  test("outlasts an outage of feeds, and of keys that are not the first's", async () => {
    const logged: string[] = [];
    ours.status = 404;
    theirs.status = 500;
    const gateway = await start(
      {},
      [entry({ jwksUri: "http://127.0.0.1:1/jwks" })],
      logged,
    );
    expect(await gateway.readiness()).toEqual({
      status: "ready",
      dependencies: {
        issuerKeys: { status: "up" },
        denylist: { status: "outdated" },
        "issuerKeys:realm": { status: "down" },
        "denylist:realm": { status: "outdated" },
      },
    });
    expect(await gateway.reasonFor(await ourToken())).toBeNull();
    expect(await gateway.reasonFor(await theirToken())).toBe(
      "KEYS_UNAVAILABLE",
    );
    const kinds = logged.join("\n").match(/denylist-[a-z]+/g) ?? [];
    expect(kinds.sort()).toEqual(["denylist-absent", "denylist-unreachable"]);
  });
});

test("the issuers of a file need none beside it", async () => {
  const gateway = await start({ TOKEN_ISSUER: "" });
  expect(await gateway.reasonFor(await theirToken())).toBeNull();
  expect(await gateway.reasonFor(await ourToken())).toBe("ALG_NOT_ALLOWED");
  expect(await gateway.readiness()).toMatchObject({
    status: "ready",
    dependencies: { issuerKeys: { status: "up" } },
  });
});

const named = { jti: "token-1", gid: "grant-1", sub: "usr_1" };

const theirClaims = {
  sub: "3f1c9e52",
  client_id: undefined,
  azp: "shop-spa",
  scope: "openid",
  scp: ["stock:read"],
  roles: ["clerk"],
};

function ourToken(claims: TestClaims = {}): Promise<string> {
  return ours.issuer.accessToken({ scope: "till:read", ...claims });
}

function theirToken(claims: TestClaims = {}): Promise<string> {
  return theirs.issuer.accessToken({ ...theirClaims, ...claims });
}

function entry(changes: object = {}): object {
  return {
    name: "realm",
    issuer: theirs.url,
    audience: "shop-api",
    algorithms: ["RS256"],
    types: ["JWT"],
    scopeClaim: "scp roles",
    clientClaim: "azp",
    denylist: { url: `${theirs.url}/denylist` },
    ...changes,
  };
}

type Issuer = {
  readonly url: string;
  readonly issuer: TestIssuer;
  /** `Authorization` of all who asked for the denylist. */
  readonly credentials: (string | undefined)[];
  /** Of the denylist. */
  status: number;
  delay: number;
  deny(entry: object): void;
  reset(): void;
  close(): Promise<void>;
};

/** An issuer as the network sees it: metadata, keys and denylist. */
async function startIssuer(
  path: string,
  audience: string,
  shape: { readonly algorithm?: "RS256"; readonly type?: string } = {},
): Promise<Issuer> {
  const denied: object[] = [];
  const server = createServer((request, response) => {
    const { status, body } = answerTo(request);
    const wait = request.url?.includes("/denylist") ? started.delay : 0;
    setTimeout(
      () => response.writeHead(status).end(JSON.stringify(body)),
      wait,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path.replace(/\/$/, "")}`;
  const issuer = await createTestIssuer({ issuer: url, audience, ...shape });
  function answerTo({ url: asked = "", headers }: IncomingMessage) {
    if (asked.endsWith("/.well-known/openid-configuration"))
      return { status: 200, body: { issuer: url, jwks_uri: `${url}/keys` } };
    if (asked.endsWith("/keys")) return { status: 200, body: issuer.jwks };
    started.credentials.push(headers.authorization);
    const after = Number(new URL(asked, url).searchParams.get("after"));
    const entries = denied.slice(after);
    return { status: started.status, body: { last: denied.length, entries } };
  }
  const started: Issuer = {
    url,
    issuer,
    credentials: [],
    status: 200,
    delay: 0,
    deny(entry) {
      const until = Math.floor(Date.now() / 1_000) + 360;
      denied.push({ seq: denied.length + 1, until, ...entry });
    },
    reset() {
      denied.length = 0;
      started.credentials.length = 0;
      started.status = 200;
      started.delay = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly extensions: { readonly reason?: string };
  }[];
};

/** A gateway that trusts both issuers, unless told otherwise. */
async function start(
  env: NodeJS.ProcessEnv = {},
  entries: readonly object[] = [entry()],
  logged: string[] = [],
) {
  const file = join(folder, "issuers.json");
  await writeFile(file, JSON.stringify(entries));
  const config = readGatewayConfig({
    PORT: "0",
    SUPERGRAPH: join(folder, "supergraph.graphql"),
    TOKEN_ISSUER: ours.url,
    TOKEN_AUDIENCE: audience,
    TOKEN_ISSUERS: file,
    GATEWAY_KEYS_FILE: join(folder, "keys.json"),
    JWKS_SNAPSHOT_FILE: join(folder, "jwks.json"),
    DENYLIST_SNAPSHOT_FILE: join(folder, "denylist.json"),
    ...env,
  });
  const logger = createLogger("gateway", {
    write: (line) => void logged.push(line),
  });
  const gateway = await startGateway(config, logger);
  running.push(gateway);
  const ask = async (query: string, token: string): Promise<Answer> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query }),
    });
    const { status, headers } = response;
    return { status, headers, ...((await response.json()) as object) };
  };
  return {
    url: gateway.url,
    close: () => gateway.close(),
    ask,
    /** Null when the token is accepted. */
    async reasonFor(token: string) {
      const { status, errors } = await ask("{ shop }", token);
      return status === 200 ? null : (errors?.[0]?.extensions.reason ?? status);
    },
    async readiness() {
      const response = await fetch(`${gateway.url}/readyz`);
      return (await response.json()) as {
        readonly status: string;
        readonly dependencies: object;
      };
    },
  };
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const passed = await check().then(
      () => true,
      () => false,
    );
    if (passed) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await check();
}
