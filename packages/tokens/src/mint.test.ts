import { type Principal, anonymous } from "@hr/access";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from "jose";
import { generateInternalKeys, type InternalKeys } from "./internal-keys.ts";
import { createInternalTokenVerifier } from "./internal-token.ts";
import { localKeys } from "./keys.ts";
import { type InternalMint, createInternalMint } from "./mint.ts";
import { ask } from "./test-forge.ts";

const now = 1_800_000_000;
const shape = {
  scopes: new Set(["payroll:read", "payroll:write"]),
  claims: new Set(["employee_id", "granted_scope", "granted_exp"]),
};
const pam: Principal = {
  kind: "person",
  subject: "usr_pam",
  clientId: "hr-spa",
  employeeId: "emp_pam",
  scopes: new Set(["payroll:read", "employee:read"]),
  grantedScopes: new Set(["payroll:read", "employee:read"]),
  grantedUntil: now + 290,
  authTime: now - 60,
  acr: "urn:example:password",
  grantId: "grant-1",
  tokenId: "token-1",
  expiresAt: now + 290,
  claims: {},
};

let keys: InternalKeys;
let mint: InternalMint;
let seconds = now;

beforeAll(async () => {
  keys = await generateInternalKeys();
});

beforeEach(() => {
  seconds = now;
  const clock = () => seconds * 1_000;
  mint = createInternalMint({ issuer: "urn:hr:gateway", keys, clock });
});

const payroll = (principal: Principal) =>
  mint.mint(principal, "payroll", shape);

async function read(token: string, subgraph = "payroll") {
  return createInternalTokenVerifier({
    issuer: "urn:hr:gateway",
    subgraph,
    keys: localKeys(mint.jwks()),
    clock: () => seconds * 1_000,
  }).verify(ask({ authorization: `Bearer ${token}` }));
}

describe("R80: a token for one subgraph", () => {
  test("holds the scopes of its policy and the claims of its list, no other", async () => {
    const token = await payroll(pam);
    const [publicHalf = {}] = mint.jwks().keys;
    expect(decodeProtectedHeader(token)).toEqual({
      typ: "hr-internal+jwt",
      alg: "EdDSA",
      kid: await calculateJwkThumbprint(publicHalf),
    });
    expect(decodeJwt(token)).toEqual({
      iss: "urn:hr:gateway",
      aud: "urn:hr:subgraph:payroll",
      sub: "usr_pam",
      client_id: "hr-spa",
      gid: "grant-1",
      iat: now,
      exp: now + 60,
      jti: expect.stringMatching(/^[\w-]{36}$/),
      scope: "payroll:read",
      actor: "user",
      employee_id: "emp_pam",
      granted_scope: "payroll:read employee:read",
      granted_exp: now + 290,
    });
  });

  test("verifies into the caller with the scopes left", async () => {
    const token = await mint.mint(pam, "payroll", {
      ...shape,
      claims: new Set([...shape.claims, "auth_time", "acr"]),
    });
    expect(await read(token)).toEqual({
      kind: "verified",
      principal: {
        ...pam,
        scopes: new Set(["payroll:read"]),
        tokenId: decodeJwt(token).jti,
        expiresAt: now + 60,
        claims: decodeJwt(token),
      },
    });
  });

  test("grants what its scopes say where granted_scope and granted_exp are not on the list", async () => {
    const claims = new Set(["role", "sub"]);
    const token = await mint.mint(pam, "payroll", { ...shape, claims });
    expect(await read(token)).toMatchObject({
      principal: {
        employeeId: null,
        scopes: new Set(["payroll:read"]),
        grantedScopes: new Set(["payroll:read"]),
        grantedUntil: now + 60,
      },
    });
  });

  test("speaks for a machine", async () => {
    const machine: Principal = {
      ...pam,
      kind: "machine",
      subject: "payroll-export",
      clientId: "payroll-export",
      employeeId: null,
      grantId: null,
    };
    const token = await payroll(machine);
    expect(decodeJwt(token)).toMatchObject({ actor: "service" });
    expect(await read(token)).toMatchObject({
      principal: {
        kind: "machine",
        subject: "payroll-export",
        employeeId: null,
      },
    });
  });

  test("R66: speaks for an anonymous caller, without a scope, as no machine", async () => {
    const token = await payroll(anonymous);
    expect(decodeJwt(token)).toEqual({
      iss: "urn:hr:gateway",
      aud: "urn:hr:subgraph:payroll",
      sub: "anonymous",
      client_id: "anonymous",
      iat: now,
      exp: now + 60,
      jti: expect.any(String),
    });
    expect(await read(token)).toEqual({
      kind: "verified",
      principal: anonymous,
    });
  });

  test("leaves the scope out when none is left", async () => {
    const token = await mint.mint(pam, "leave", {
      ...shape,
      scopes: new Set(),
    });
    expect(decodeJwt(token)).not.toHaveProperty("scope");
    expect(await read(token, "leave")).toMatchObject({
      principal: { scopes: new Set() },
    });
  });
});

describe("R79: a minted token", () => {
  test("is used for 45 s by the same caller and subgraph, then minted anew", async () => {
    const first = await payroll(pam);
    seconds += 44;
    expect(await payroll(pam)).toBe(first);
    seconds += 1;
    const second = await payroll(pam);
    expect(second).not.toBe(first);
    expect(decodeJwt(second)).toMatchObject({ iat: now + 45, exp: now + 105 });
  });

  test("is minted anew where the clock was set back: it would be one of the future", async () => {
    const first = await payroll(pam);
    seconds -= 10;
    expect(decodeJwt(await payroll(pam)).iat).toBe(now - 10);
    expect(decodeJwt(first).iat).toBe(now);
  });

  test("is one for calls at the same time", async () => {
    const tokens = await Promise.all([
      payroll(pam),
      payroll(pam),
      payroll(pam),
    ]);
    expect(new Set(tokens).size).toBe(1);
  });

  test("is never shared between two callers, however alike", async () => {
    expect(await payroll({ ...pam })).not.toBe(await payroll({ ...pam }));
  });

  test("is never shared between two subgraphs, nor between two shapes", async () => {
    const first = await payroll(pam);
    expect(await mint.mint(pam, "leave", shape)).not.toBe(first);
    const scopes = new Set<string>();
    expect(await mint.mint(pam, "payroll", { ...shape, scopes })).not.toBe(
      first,
    );
  });

  test("R81: is minted anew once another key signs", async () => {
    const live = { ...keys };
    const clock = () => seconds * 1_000;
    const options = { issuer: "urn:hr:gateway", keys: live, clock };
    const following = createInternalMint(options);
    const first = await following.mint(pam, "payroll", shape);
    Object.assign(live, await generateInternalKeys());
    const second = await following.mint(pam, "payroll", shape);
    expect(decodeProtectedHeader(first).kid).toBe(keys.kid);
    expect(decodeProtectedHeader(second).kid).toBe(live.kid);
    expect(following.jwks()).toBe(live.jwks);
  });

  test("does not outlive the caller's own", async () => {
    const token = await payroll({ ...pam, expiresAt: now + 20 });
    expect(decodeJwt(token)).toMatchObject({ iat: now, exp: now + 20 });
    const late = await payroll({ ...pam, expiresAt: now - 3 });
    expect(decodeJwt(late)).toMatchObject({ exp: now - 3 });
    expect(await read(late)).toMatchObject({ kind: "verified" });
  });
});
