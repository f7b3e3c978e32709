import { randomBytes } from "node:crypto";
import { openDatabase } from "@hr/database";
import type { TestDatabase } from "@hr/database/testing";
import { type Running, createLogger } from "@hr/service";
import { createAccessTokenVerifier, remoteKeys } from "@hr/tokens";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type JSONWebKeySet,
  createLocalJWKSet,
  decodeProtectedHeader,
  jwtVerify,
} from "jose";
import { sql } from "kysely";
import { readAuthConfig, secretNames } from "./config.ts";
import {
  type SigningKeys,
  createSigningKeys,
  listSigningKeys,
} from "./keys.ts";
import { migrations } from "./migrations.ts";
import { serveAuth } from "./serve-auth.ts";
import type { AuthTables } from "./tables.ts";
import {
  askToken,
  authorizationRequest,
  basic,
  exchangeOf,
  openBrowser,
  openTestDatabase,
  signIn,
  tokensOf,
} from "./testing.ts";

let database: TestDatabase<AuthTables>;
let secrets: Readonly<Record<string, string>>;
let keys: SigningKeys;
let running: Running[];
let log: string[];
let issuer: string;

beforeEach(async () => {
  database = await openTestDatabase();
  secrets = Object.fromEntries(
    secretNames.map((name) => [name, randomBytes(32).toString("base64url")]),
  );
  keys = createSigningKeys(database.query, secret("KEY_ENCRYPTION_KEY"));
  running = [];
  log = [];
  issuer = addressOf(await start());
});

afterEach(async () => {
  for (const one of running) await one.close();
  await database.drop();
});

const secret = (name: string) => secrets[name] ?? "";
const addressOf = ({ url }: Running) => `http://localhost:${new URL(url).port}`;

/** One more instance on the same database. */
async function start(env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const config = readAuthConfig({ PORT: "0", ...secrets, ...env });
  const own = await openDatabase<AuthTables>({
    url: database.url,
    migrations,
    applicationName: "instance",
  });
  const logger = createLogger("auth", { write: (line) => log.push(line) });
  const parts = { database: own, logger, keysEveryMs: 20 };
  const instance = await serveAuth(config, parts).catch(
    async (error: unknown) => {
      await own.close();
      throw error;
    },
  );
  running.push(instance);
  return instance;
}

async function machineToken(at = issuer): Promise<string> {
  const { status, body } = await askToken(
    at,
    { grant_type: "client_credentials" },
    basic("payroll-export", secret("PAYROLL_EXPORT_SECRET")),
  );
  expect(status).toBe(200);
  return body["access_token"] ?? "";
}

async function published(at = issuer): Promise<JSONWebKeySet> {
  const response = await fetch(`${at}/.well-known/jwks.json`);
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  return (await response.json()) as JSONWebKeySet;
}

const kidsAt = async (at = issuer) =>
  (await published(at)).keys.map(({ kid }) => kid);

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

/** Polls until the instance publishes what the table holds, in its order. */
async function settled(at = issuer): Promise<void> {
  const wanted = (await listSigningKeys(database.query)).map(({ kid }) => kid);
  while ((await kidsAt(at)).join() !== wanted.join())
    await new Promise((resolve) => setTimeout(resolve, 10));
}

async function introspect(token: string): Promise<unknown> {
  const response = await fetch(`${issuer}/connect/introspect`, {
    method: "POST",
    headers: basic("gateway", secret("GATEWAY_SECRET")),
    body: new URLSearchParams({ token }),
  });
  return ((await response.json()) as { readonly active: unknown }).active;
}

function forged(kid = ""): Promise<unknown> {
  return database.query
    .updateTable("signing_key")
    .set({ sealed_private_jwk: Buffer.alloc(200) })
    .where("kid", "=", kid)
    .execute();
}

describe("R8: a rotation", () => {
  test("changes who signs without a restart; tokens from before and after verify, and all keys are published", async () => {
    const before = await machineToken();
    const [first, second] = await kidsAt();
    await keys.rotate({ force: true });
    await settled();
    const after = await machineToken();
    const jwks = await published();
    expect([kidOf(before), kidOf(after)]).toEqual([first, second]);
    expect(jwks.keys).toHaveLength(3);
    for (const key of jwks.keys) expect(key).not.toHaveProperty("d");
    for (const token of [before, after]) {
      await jwtVerify(token, createLocalJWKSet(jwks), { issuer });
      expect(await introspect(token)).toBe(true);
    }
  });

  test("reaches every instance, each verifying what another signed", async () => {
    const other = addressOf(await start({ ISSUER: issuer }));
    expect(await kidsAt(other)).toEqual(await kidsAt());
    await keys.rotate({ force: true });
    await settled();
    await settled(other);
    const [kid] = await kidsAt();
    for (const at of [issuer, other]) {
      const token = await machineToken(at);
      expect(kidOf(token)).toBe(kid);
      expect(await introspect(token)).toBe(true);
    }
  });

  test("by the schedule needs nobody, and two instances make one step of it", async () => {
    await start({ ISSUER: issuer });
    const [first, second] = await kidsAt();
    await sql`update signing_key set since = since - interval '90 days'`.execute(
      database.query,
    );
    while ((await kidsAt()).length !== 3)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await settled();
    const kids = await kidsAt();
    expect([kids[0], kids[2]]).toEqual([second, first]);
    expect(kidOf(await machineToken())).toBe(second);
  });

  test("in the middle of a sign-in is not noticed", async () => {
    const browser = openBrowser(issuer);
    const { url, verifier } = authorizationRequest(issuer);
    const page = await browser.follow(url);
    expect(page.answer?.text).toContain('name="password"');
    await keys.rotate({ force: true });
    await settled();
    const redirect = await signIn(browser, page.url, {
      login: "ada.employee@demo",
    });
    await keys.rotate({ force: true });
    await settled();
    const { status, body } = await askToken(
      issuer,
      exchangeOf(redirect, verifier),
    );
    expect(status).toBe(200);
    expect(kidOf(body["access_token"] ?? "")).toBe((await kidsAt())[0]);
  });
});

test("P30: a retired key's ID token is a hint at logout; a dropped key's is not", async () => {
  const { body } = await tokensOf(issuer, "ada.employee@demo");
  const hint = body["id_token"] ?? "";
  const logout = () =>
    fetch(`${issuer}/connect/endsession?id_token_hint=${hint}`);
  await keys.rotate({ force: true });
  await settled();
  expect((await logout()).status).toBe(200);
  await keys.drop(kidOf(hint) ?? "");
  await settled();
  expect((await logout()).status).toBe(400);
});

test("R9, R76: a dropped key's tokens are refused from the next reload on, others stand", async () => {
  const source = remoteKeys({ issuer, development: true });
  const verifier = createAccessTokenVerifier({
    issuer,
    audience: "http://localhost:4000/graphql",
    keys: source,
    resourceMetadata: `${issuer}/none`,
    development: true,
  });
  const outcome = async (token: string) => {
    const authorization = `Bearer ${token}`;
    const verified = await verifier.verify({
      method: "POST",
      url: "/graphql",
      headersDistinct: { authorization: [authorization] },
    });
    return verified.kind === "refused" ? verified.reason : verified.kind;
  };
  const stolen = await machineToken();
  expect(await outcome(stolen)).toBe("verified");
  await keys.drop(kidOf(stolen) ?? "", { force: true });
  await settled();
  const good = await machineToken();
  expect(await outcome(good)).toBe("verified");
  expect(await outcome(stolen)).toBe("verified");
  await source.reload();
  expect(await outcome(stolen)).toBe("KEY_UNKNOWN");
  expect(await outcome(good)).toBe("verified");
  expect(await introspect(stolen)).toBe(false);
  verifier.close();
});

test("R5: keys that cannot be opened are an alarm while serving, and no start", async () => {
  const kids = await kidsAt();
  await forged(kids[0]);
  while (!log.some((line) => line.includes("signing keys not read")))
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(kidOf(await machineToken())).toBe(kids[0]);
  expect(await kidsAt()).toEqual(kids);
  await expect(start({ ISSUER: issuer })).rejects.toThrow(
    /^KEY_ENCRYPTION_KEY is not the one/,
  );
  await keys.drop(kids[0] ?? "", { force: true });
  await settled();
  expect(kidOf(await machineToken())).toBe(kids[1]);
});
