import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { type ClientAdmin, clientAdmin } from "./client-admin.ts";
import type { NewClient } from "./client-registration.ts";
import {
  type TestAuth,
  askToken,
  authorizationRequest,
  basic,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
let clients: ClientAdmin;
beforeAll(async () => {
  auth = await startTestAuth();
  const query = auth.database;
  clients = clientAdmin({
    query,
    transaction: (work) => query.transaction().execute(work),
  });
});
afterAll(() => auth.close());

let made = 0;

function machine(more: Partial<NewClient> = {}): NewClient {
  return {
    id: `machine-${++made}`,
    name: "A machine",
    kind: "machine",
    scopes: ["employee:read", "leave:calendar:read"],
    ...more,
  };
}

const callback = "https://badges.example/callback";

function partner(more: Partial<NewClient> = {}): NewClient {
  const kind = "partner";
  return machine({ kind, redirectUris: [callback], ...more });
}

describe("an added machine", () => {
  test("gets tokens with its secret at once, and none with another", async () => {
    const client = machine();
    const { secret = "" } = await clients.add(client);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await grantFor(client.id, secret)).toMatchObject({
      status: 200,
      body: { scope: "employee:read leave:calendar:read" },
    });
    expect(await grantFor(client.id, `${secret}x`)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
  });

  test("gets no scope beyond those it was registered for", async () => {
    const client = machine();
    const { secret = "" } = await clients.add(client);
    const scope = { scope: "employee:read payroll:read" };
    const { status, body } = await grantFor(client.id, secret, scope);
    expect([status, body["error"]]).toEqual([400, "invalid_scope"]);
  });

  test("with keys proves itself by one of them, and by nothing else", async () => {
    const [its, foreign] = [await keyPair(), await keyPair()];
    const client = machine({ jwks: its.jwks });
    const { secret } = await clients.add(client);
    expect(secret).toBeUndefined();
    const right = await assert(client.id, its.privateKey);
    const wrong = await assert(client.id, foreign.privateKey);
    const bySecret = await grantFor(client.id, "secret");
    expect([right.status, wrong.status, bySecret.status]).toEqual([
      200, 401, 401,
    ]);
  });

  test("is warned of duties that should be apart, as a partner is and a first party not", async () => {
    const scopes = ["leave:request", "leave:approve"];
    const joined = ["leave:request with leave:approve"];
    expect(await clients.add(machine({ scopes }))).toMatchObject({ joined });
    expect(await clients.add(partner({ scopes }))).toMatchObject({ joined });
    expect(
      await clients.add(partner({ kind: "browser", scopes })),
    ).toMatchObject({ joined: [] });
    expect(await clients.add(machine())).toMatchObject({ joined: [] });
  });
});

describe("an added partner", () => {
  test("walks the code flow with consent, and its secret", async () => {
    const client = partner();
    const { secret = "" } = await clients.add(client);
    const { status, body } = await tokensOf(client.id, secret);
    expect([status, body["scope"]]).toEqual([200, "employee:read"]);
  });

  test("held to pushed requests comes by no other way", async () => {
    const client = partner({ pushedRequestsOnly: true });
    await clients.add(client);
    const { url } = requestOf(client.id);
    const { url: end } = await openBrowser(auth.issuer).follow(url);
    expect(end.searchParams.get("error")).toBe("invalid_request");
  });
});

test("a client is refused for all that is wrong at once", async () => {
  const wrong = machine({
    id: "payroll-export",
    scopes: ["leave:read:self"],
    redirectUris: [callback],
    jwks: {},
  });
  await expect(clients.add(wrong)).rejects.toThrow(
    `The client payroll-export is refused.
  a machine has no redirect URI: nobody signs in
  a machine has neither self nor reports: leave:read:self
  there is no key: give { keys: [...] }
  a client of the configuration has this id`,
  );
});

test("an id is given once", async () => {
  const client = machine();
  const { secret = "" } = await clients.add(client);
  await expect(clients.add(client)).rejects.toThrow(
    `There is a client ${client.id} already.`,
  );
  expect((await grantFor(client.id, secret)).status).toBe(200);
});

test("those of the configuration are listed too, and say so", async () => {
  const client = partner({ scopes: ["employee:read"] });
  await clients.add(client);
  const list = await clients.list();
  expect(list.filter(({ builtIn }) => builtIn).map(({ id }) => id)).toEqual([
    "hr-spa",
    "explorer",
    "hr-cli",
    "partner-portal",
    "payroll-export",
    "directory-sync",
    "calendar-sync",
    "gateway",
  ]);
  expect(list).toContainEqual({
    ...{ id: client.id, name: client.name, kind: "partner" },
    ...{ scopes: ["employee:read"], redirectUris: [callback] },
    ...{ proof: "secret", builtIn: false, disabled: false },
  });
});

describe("renewing", () => {
  test("a secret ends the old one at once", async () => {
    const client = machine();
    const { secret: old = "" } = await clients.add(client);
    const { secret = "" } = await clients.renew(client.id);
    expect((await grantFor(client.id, secret)).status).toBe(200);
    expect((await grantFor(client.id, old)).status).toBe(401);
  });

  test("with keys ends the secret, and the other way round", async () => {
    const client = machine();
    const { secret: old = "" } = await clients.add(client);
    const { jwks, privateKey } = await keyPair();
    expect(await clients.renew(client.id, jwks)).toEqual({ secret: undefined });
    expect((await assert(client.id, privateKey)).status).toBe(200);
    expect((await grantFor(client.id, old)).status).toBe(401);
    const { secret = "" } = await clients.renew(client.id);
    expect((await grantFor(client.id, secret)).status).toBe(200);
    expect((await assert(client.id, privateKey)).status).toBe(401);
  });

  test.each([
    ["nobody-knows", "There is no client nobody-knows."],
    ["payroll-export", /: change PAYROLL_EXPORT_SECRET and start auth again/],
    ["hr-cli", "hr-cli is a client of the configuration and has no secret."],
  ])("%s is refused", async (id, message) => {
    await expect(clients.renew(id)).rejects.toThrow(message);
  });

  test("a public client is refused, since it has no secret", async () => {
    const client = partner({ kind: "browser" });
    expect((await clients.add(client)).secret).toBeUndefined();
    await expect(clients.renew(client.id)).rejects.toThrow("has no secret");
  });
});

describe("a client that is disabled", () => {
  test("gets no token, its tokens are denied, and enabled it is back", async () => {
    const client = machine();
    const { secret = "" } = await clients.add(client);
    const { body } = await grantFor(client.id, secret);
    const token = body["access_token"] ?? "";
    expect(await isActive(token)).toBe(true);
    await clients.disable(client.id);
    expect((await grantFor(client.id, secret)).status).toBe(401);
    expect(await isActive(token)).toBe(false);
    await clients.enable(client.id);
    expect((await grantFor(client.id, secret)).status).toBe(200);
  });

  test("ends the grants people gave it, and no others", async () => {
    const [gone, other] = [partner(), partner()];
    const { secret = "" } = await clients.add(gone);
    const { secret: others = "" } = await clients.add(other);
    const mine = await tokensOf(gone.id, secret);
    const theirs = await tokensOf(other.id, others);
    await clients.disable(gone.id);
    expect(await isActive(mine.body["access_token"] ?? "")).toBe(false);
    expect(await isActive(theirs.body["access_token"] ?? "")).toBe(true);
    await clients.enable(gone.id);
    const form = (token = "") => ({
      grant_type: "refresh_token",
      refresh_token: token,
    });
    const dead = await askToken(
      auth.issuer,
      form(mine.body["refresh_token"]),
      basic(gone.id, secret),
    );
    const alive = await askToken(
      auth.issuer,
      form(theirs.body["refresh_token"]),
      basic(other.id, others),
    );
    expect([dead.body["error"], alive.status]).toEqual(["invalid_grant", 200]);
  });
});

function grantFor(id: string, secret: string, more = {}) {
  const form = { grant_type: "client_credentials", ...more };
  return askToken(auth.issuer, form, basic(id, secret));
}

async function keyPair() {
  const { privateKey, publicKey } = await generateKeyPair("ES256", {
    extractable: true,
  });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "1" }] };
  return { privateKey, jwks };
}

type PrivateKey = Awaited<ReturnType<typeof keyPair>>["privateKey"];

async function assert(id: string, key: PrivateKey) {
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(auth.issuer)
    .setIssuedAt()
    .setExpirationTime("1m")
    .sign(key);
  return askToken(auth.issuer, {
    grant_type: "client_credentials",
    client_id: id,
    client_assertion: assertion,
    client_assertion_type:
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });
}

function requestOf(client_id: string) {
  return authorizationRequest(auth.issuer, {
    client_id,
    redirect_uri: callback,
    scope: "employee:read",
  });
}

async function tokensOf(id: string, secret: string) {
  const { url, verifier } = requestOf(id);
  const visitor = { login: "ada.employee@demo" };
  const redirect = await signIn(openBrowser(auth.issuer), url, visitor);
  const form = {
    grant_type: "authorization_code",
    redirect_uri: callback,
    code: redirect.searchParams.get("code") ?? "",
    code_verifier: verifier,
  };
  return askToken(auth.issuer, form, basic(id, secret));
}

async function isActive(token: string): Promise<boolean> {
  const response = await fetch(`${auth.issuer}/connect/introspect`, {
    method: "POST",
    headers: basic("gateway", auth.config.secrets.GATEWAY_SECRET),
    body: new URLSearchParams({ token }),
  });
  const { active } = (await response.json()) as { readonly active: boolean };
  return active;
}
