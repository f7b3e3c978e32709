import type { Principal } from "@hr/access";
import { describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { generateInternalKeys } from "./internal-keys.ts";
import { createInternalTokenVerifier } from "./internal-token.ts";
import { localKeys } from "./keys.ts";
import { createInternalMint } from "./mint.ts";
import { ask } from "./test-forge.ts";

const now = 1_800_000_000;
const clock = () => now * 1_000;
const keys = await generateInternalKeys();
const verifier = createInternalTokenVerifier({
  issuer: "urn:hr:gateway",
  subgraph: "payroll",
  keys: localKeys(keys.jwks),
  clock,
});
const ada: Principal = {
  kind: "person",
  subject: "usr_ada",
  clientId: "hr-spa",
  employeeId: null,
  scopes: new Set(["payroll:read"]),
  grantedScopes: new Set(["payroll:read"]),
  grantedUntil: now + 290,
  authTime: null,
  acr: null,
  grantId: null,
  tokenId: "token-1",
  expiresAt: now + 290,
  claims: {},
};

/** The claims a subgraph reads of a caller whose token states `claims`, where the list names `listed`. */
async function read(
  claims: Principal["claims"],
  listed: readonly string[],
): Promise<Principal["claims"]> {
  const mint = createInternalMint({ issuer: "urn:hr:gateway", keys, clock });
  const token = await mint.mint({ ...ada, claims }, "payroll", {
    scopes: new Set(["payroll:read"]),
    claims: new Set(listed),
  });
  const outcome = await verifier.verify(
    ask({ authorization: `Bearer ${token}` }),
  );
  if (outcome.kind === "refused") throw new Error(outcome.reason);
  expect(outcome.principal.claims).toEqual(decodeJwt(token));
  return outcome.principal.claims;
}

const standard = await read({}, []);

/** Those of them that a caller without further claims does not have. */
async function told(
  claims: Principal["claims"],
  listed = Object.keys(claims),
): Promise<Principal["claims"]> {
  return Object.fromEntries(
    Object.entries(await read(claims, listed)).filter(
      ([name]) => !Object.hasOwn(standard, name),
    ),
  );
}

describe("R80: of the caller's further claims a subgraph", () => {
  test("is told those on its list", async () => {
    expect(
      await told({ department: "finance", site: "Wien" }, [
        "department",
        "country",
      ]),
    ).toEqual({ department: "finance" });
  });

  test("is told none where no list names one", async () => {
    expect(await told({ department: "finance" }, [])).toEqual({});
  });

  test.each([
    ["a string", "finance"],
    ["an empty string", ""],
    ["a string of 200 characters", "x".repeat(200)],
    ["a number", -1.5],
    ["a boolean", false],
    ["an empty list", []],
    ["50 strings", Array.from({ length: 50 }, () => "hr")],
  ])("is told %s as it is", async (_what, claim) => {
    expect(await told({ claim })).toEqual({ claim });
  });

  test.each([
    ["a string of 201 characters", "x".repeat(201)],
    ["a number JSON cannot write", Infinity],
    ["null", null],
    ["an object", { name: "finance" }],
    ["51 strings", Array.from({ length: 51 }, () => "hr")],
    ["a list with a number", ["hr", 1]],
    ["a list with a string of 201 characters", ["x".repeat(201)]],
    ["a list of lists", [["hr"]]],
  ])("is not told %s", async (_what, claim) => {
    expect(await told({ claim, beside: 1 })).toEqual({ beside: 1 });
  });

  test.each([
    ...["iss", "aud", "sub", "client_id", "actor", "gid", "typ", "cnf"],
    ...["exp", "iat", "nbf", "jti", "granted_exp"],
    ...["employee_id", "auth_time", "acr", "granted_scope"],
    ...["scope", "scp", "scopes", "permissions", "roles"],
    ...["nonce", "at_hash", "c_hash", "s_hash", "events"],
  ])("is not told the caller's %s by way of the list", async (name) => {
    const listed = [name, "site"];
    const without = await read({ site: "Wien" }, listed);
    expect(without).toMatchObject({ site: "Wien" });
    // Of each form that a claim of a token for a subgraph can have.
    for (const value of ["payroll:write", now + 50, ["payroll:write"]]) {
      const heard = await read({ [name]: value, site: "Wien" }, listed);
      expect({ ...heard, jti: "" }).toEqual({ ...without, jti: "" });
      expect(heard["jti"]).not.toEqual(value);
    }
  });

  test.each(["__proto__", "constructor", "toString"])(
    "is told nothing an object merely inherits as %s",
    async (name) => {
      expect(await told({}, [name])).toEqual({});
    },
  );

  test("is told no claim named __proto__", async () => {
    const claims = JSON.parse('{"__proto__":"x","department":"hr"}') as Record<
      string,
      unknown
    >;
    expect(Object.entries(await told(claims))).toEqual([["department", "hr"]]);
  });
});
