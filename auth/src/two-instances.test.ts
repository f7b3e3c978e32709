import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { type Running, createLogger } from "@hr/service";
import { decodeJwt } from "jose";
import { readAuthConfig, secretNames } from "./config.ts";
import { serveAuth } from "./serve-auth.ts";
import type { AuthTables } from "./tables.ts";
import {
  askToken,
  authorizationRequest,
  basic,
  exchangeOf,
  openBrowser,
  openTestDatabase,
  postForm,
  signIn,
} from "./testing.ts";

/** Two servers of one issuer on one database, as behind a load balancer. */
const secrets = Object.fromEntries(
  secretNames.map((name) => [name, randomBytes(32).toString("base64url")]),
);
const ada = { login: "ada.employee@demo" };
let database: TestDatabase<AuthTables>;
let one: Running;
let other: Running;
let issuer: string;
let [here, there] = ["", ""];
beforeAll(async () => {
  database = await openTestDatabase();
  one = await start({ PORT: "0" });
  issuer = at(one);
  other = await start({ PORT: "0", ISSUER: issuer });
  [here, there] = [issuer, at(other)];
});
afterAll(async () => {
  await Promise.all([one, other].map((server) => server?.close()));
  await database?.drop();
});

test("publish the same key, and take each other's codes and refresh tokens", async () => {
  const keys = await Promise.all(
    [here, there].map(async (server) =>
      (await fetch(`${server}/.well-known/jwks.json`)).json(),
    ),
  );
  expect(keys[1]).toEqual(keys[0]);
  const { url, verifier } = authorizationRequest(here);
  const redirect = await signIn(openBrowser(here), url, ada);
  const tokens = await askToken(there, exchangeOf(redirect, verifier));
  expect(decodeJwt(tokens.body["access_token"] ?? "").iss).toBe(issuer);
  const next = await refresh(here, tokens.body["refresh_token"]);
  expect(next.status).toBe(200);
});

test("let one code through once, wherever its six exchanges arrive", async () => {
  for (let round = 0; round < 4; round++) {
    const { url, verifier } = authorizationRequest(here);
    const redirect = await signIn(openBrowser(here), url, ada);
    const form = exchangeOf(redirect, verifier);
    const servers = [here, there, here, there, here, there];
    const answers = await Promise.all(
      servers.map((server) => askToken(server, form)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  }
});

test("end a grant for each other, and tell the gateway of it alike", async () => {
  const { url, verifier } = authorizationRequest(here);
  const redirect = await signIn(openBrowser(here), url, ada);
  const { body } = await askToken(here, exchangeOf(redirect, verifier));
  const token = body["refresh_token"] ?? "";
  const form = { token, client_id: "explorer" };
  await postForm(`${there}/connect/revocation`, form);
  expect((await refresh(here, token)).body["error"]).toBe("invalid_grant");
  const gateway = basic("gateway", secrets["GATEWAY_SECRET"] ?? "");
  const feeds = await Promise.all(
    [here, there].map(async (server) =>
      (await fetch(`${server}/connect/denylist`, { headers: gateway })).json(),
    ),
  );
  const { gid } = decodeJwt(body["access_token"] ?? "");
  expect(feeds[0]).toMatchObject({
    entries: expect.arrayContaining([
      expect.objectContaining({ kind: "gid", value: gid }),
    ]),
  });
  expect(feeds[1]).toEqual(feeds[0]);
});

test("count wrong passwords together, and a restart forgives none", async () => {
  const guess = async (server: string) => {
    const browser = openBrowser(server);
    const { url } = await browser.follow(authorizationRequest(server).url);
    const wrong = { sign_in: "mia.manager@demo", password: "wrong" };
    return (await browser.post(`${url.href}/login`, wrong)).status;
  };
  const statuses: number[] = [];
  for (const server of [here, there, here, there, here, there])
    statuses.push(await guess(server));
  expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
  expect(await guess(here)).toBe(429);
  await other.close();
  other = await start({ PORT: new URL(there).port, ISSUER: issuer });
  expect(await guess(there)).toBe(429);
});

function refresh(server: string, token = "") {
  return askToken(server, {
    grant_type: "refresh_token",
    client_id: "explorer",
    refresh_token: token,
  });
}

function start(env: NodeJS.ProcessEnv): Promise<Running> {
  const logger = createLogger("auth", { write: () => undefined });
  const shared = { query: database.query, close: () => Promise.resolve() };
  return serveAuth(readAuthConfig({ ...secrets, ...env }), {
    logger,
    database: { ...database, ...shared },
  });
}

function at({ url }: Running): string {
  return `http://localhost:${new URL(url).port}`;
}
