import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createAccessTokenVerifier } from "./access-token.ts";
import { parseScopeClaims, readScopes } from "./scope-claims.ts";
import { type Part, ask } from "./test-forge.ts";
import {
  entraMachine,
  entraPerson,
  keycloak,
  okta,
} from "./test-foreign-claims.ts";
import {
  audience,
  bearer,
  claims,
  issuer,
  keys,
  now,
  rules,
  tokenWith,
} from "./test-misuses.ts";

const verifierOf = (scopeClaim?: string) =>
  createAccessTokenVerifier({
    issuer,
    audience,
    keys,
    resourceMetadata: "https://api.example/metadata",
    clock: () => now * 1_000,
    isRevoked: ({ tokenId }) => tokenId === "revoked",
    ...(scopeClaim !== undefined && { scopeClaim }),
  });

/** The scopes of a caller whose token states these claims, or why it is refused. */
async function scopesBy(scopeClaim: string | undefined, stated: Part) {
  const token = tokenWith({ scope: undefined, ...stated });
  const outcome = await verifierOf(scopeClaim).verify(ask(bearer(token)));
  if (outcome.kind === "refused") return outcome.reason;
  return [...outcome.principal.scopes];
}

describe("the scopes of a foreign token", () => {
  test.each<readonly [string, string, Part, readonly string[]]>([
    ["Entra, a person", "scp", entraPerson, ["Employee.Read", "Payroll.Read"]],
    ["Entra, a machine", "roles", entraMachine, ["Payroll.Read.All"]],
    ["Entra, a machine asked for scp alone", "scp", entraMachine, []],
    [
      "Entra, either: a person",
      "scp roles",
      entraPerson,
      ["Employee.Read", "Payroll.Read"],
    ],
    [
      "Entra, either: a person with roles",
      "scp roles",
      { ...entraPerson, scp: "access", roles: ["HR.Admin", "access"] },
      ["access", "HR.Admin"],
    ],
    [
      "Entra, either: a machine",
      "scp roles",
      entraMachine,
      ["Payroll.Read.All"],
    ],
    ["Okta", "scp", okta, ["openid", "profile", "employee:read"]],
    [
      "Keycloak, the realm",
      "/realm_access/roles",
      keycloak,
      ["default-roles-hr", "offline_access", "employee:read:self"],
    ],
    [
      "Keycloak, a client",
      "/resource_access/hr-api/roles",
      keycloak,
      ["payroll:read", "leave:read"],
    ],
    [
      "Keycloak, a client with dots",
      "/resource_access/hr.example.com/roles",
      keycloak,
      ["leave:approve"],
    ],
    [
      "Keycloak, a client with slashes",
      "/resource_access/https:~1~1hr.example~1api/roles",
      keycloak,
      ["leave:request"],
    ],
    [
      "Keycloak, roles mapped to the top",
      "roles",
      { ...keycloak, roles: ["payroll:read"] },
      ["payroll:read"],
    ],
    [
      "a claim with a URL for a name",
      "https://hr.example/roles",
      { "https://hr.example/roles": ["payroll:read"] },
      ["payroll:read"],
    ],
    [
      "scope and another",
      "scope permissions",
      { scope: "a", permissions: ["b"] },
      ["a", "b"],
    ],
  ])("are read: %s", async (_what, scopeClaim, stated, scopes) => {
    expect(await scopesBy(scopeClaim, stated)).toEqual(scopes);
  });

  test.each(["scp", "roles", "/realm_access/roles", "/a/b/c"])(
    "are none where %s is absent, whatever other claims state",
    async (scopeClaim) => {
      const scope = "payroll:read";
      const others = { scope, scopes: [scope], permissions: [scope] };
      expect(await scopesBy(scopeClaim, others)).toEqual([]);
    },
  );

  test.each([
    ["words", "a:b c:d", ["a:b", "c:d"]],
    ["a list", ["a:b", "c:d"], ["a:b", "c:d"]],
    ["a word twice", "a:b a:b", ["a:b"]],
    ["a list with a word twice", ["a:b", "a:b"], ["a:b"]],
    ["an empty list", [], []],
  ])("may be %s", async (_what, value, scopes) => {
    expect(await scopesBy("scp", { scp: value })).toEqual(scopes);
    expect(await scopesBy("/x/y", { x: { y: value } })).toEqual(scopes);
  });

  test.each([
    ["an empty string", ""],
    ["two spaces", "a:b  c:d"],
    ["a tab", "a:b\tc:d"],
    ["a space at the end", "a:b "],
    ["a quote", 'a"b'],
    ["null", null],
    ["a number", 1],
    ["a boolean", true],
    ["an object", { "a:b": true }],
    ["a list with an empty word", ["a:b", ""]],
    ["a list with two words in one", ["a:b c:d"]],
    ["a list with a quote", ['a"b']],
    ["a list with an umlaut", ["gehälter"]],
    ["a list with a number", ["a:b", 1]],
    ["a list with null", [null]],
    ["a list of lists", [["a:b"]]],
  ])("may not be %s", async (_what, value) => {
    expect(await scopesBy("scp", { scp: value })).toBe("SCOPE_INVALID");
    expect(await scopesBy("/x/y", { x: { y: value } })).toBe("SCOPE_INVALID");
    expect(await scopesBy("scp roles", { scp: "a:b", roles: value })).toBe(
      "SCOPE_INVALID",
    );
  });

  test.each([null, "roles", 1, ["roles"], [{ roles: ["a:b"] }]])(
    "are refused where a path meets %j",
    async (realm_access) => {
      const stated = { realm_access };
      expect(await scopesBy("/realm_access/roles", stated)).toBe(
        "SCOPE_INVALID",
      );
      expect(await scopesBy("/realm_access/0/roles", stated)).toBe(
        "SCOPE_INVALID",
      );
    },
  );

  test("are at most 1,000 in each place", () => {
    const paths = parseScopeClaims("scp roles");
    const words = Array.from({ length: 1_001 }, (_, n) => `s${n}`);
    const most = words.slice(0, 1_000);
    for (const fit of [most, most.join(" ")])
      expect(readScopes({ scp: fit, roles: ["r"] }, paths)).toEqual(
        new Set([...most, "r"]),
      );
    for (const roles of [words, words.join(" ")])
      expect(readScopes({ scp: "a", roles }, paths)).toBe("SCOPE_INVALID");
  });

  test.each([
    "__proto__",
    "constructor",
    "toString",
    "/__proto__/constructor",
    "/x/__proto__/y",
  ])("are never inherited: %s", async (scopeClaim) => {
    expect(await scopesBy(scopeClaim, { x: {} })).toEqual([]);
  });

  test("are read from a claim that is itself named __proto__", async () => {
    const stated = { ["__proto__"]: { roles: ["a:b"] } };
    expect(await scopesBy("/__proto__/roles", stated)).toEqual(["a:b"]);
  });
});

describe("the setting", () => {
  test.each([
    ["scope", null],
    ["/scope", null],
    ["scp", [["scp"]]],
    ["scp roles", [["scp"], ["roles"]]],
    ["/realm_access/roles", [["realm_access", "roles"]]],
    ["/realm_access.roles", [["realm_access.roles"]]],
    ["/a~1b/c~0d/~01", [["a/b", "c~d", "~1"]]],
    ["https://hr.example/roles", [["https://hr.example/roles"]]],
  ])("takes %p", (setting, paths) => {
    expect(parseScopeClaims(setting)).toEqual(paths);
  });

  test.each([
    ...["", " ", "scp  roles", " scp", "scp ", "scp\troles", "scp\nroles"],
    ...["/", "//", "/a//b", "/a/", "/a~2", "/a~", "a/b", "realm_access.roles"],
  ])("refuses %p at the start", (setting) => {
    expect(() => verifierOf(setting)).toThrow(TypeError);
  });
});

describe("R58: without the setting", () => {
  const value = fc.oneof(
    fc.constantFrom(
      "a:b",
      "a:b c:d",
      "a:b  c:d",
      " a:b",
      "",
      'a"b',
      "ä",
      null,
      1,
    ),
    fc.array(fc.constantFrom("a:b", "c:d"), { maxLength: 2 }),
    fc.string({ maxLength: 4 }),
    fc.constant({ roles: ["a:b"] }),
  );
  const stated = fc.record(
    {
      scope: value,
      scp: value,
      scopes: value,
      permissions: value,
      roles: value,
      realm_access: value,
    },
    { requiredKeys: [] },
  );

  test("scope alone states scopes, as one string of words", () => {
    fc.assert(
      fc.property(stated, (claims) => {
        expect(readScopes(claims, parseScopeClaims("scope"))).toEqual(
          oldRule(claims),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("every token meets the same answer as with the setting scope", async () => {
    const [without, withScope] = [verifierOf(), verifierOf("scope")];
    const all = rules.flatMap(({ refused, granted }) =>
      [...Object.values(refused), granted].flatMap((some) =>
        Object.values(some),
      ),
    );
    const manyWords = { scope: Array(1_001).fill("a").join(" ") };
    for (const asking of [...all, bearer(tokenWith(manyWords))])
      expect(await withScope.verify(ask(asking))).toEqual(
        await without.verify(ask(asking)),
      );
    expect(await scopesBy(undefined, manyWords)).toEqual(["a"]);
  });

  test("foreign tokens are refused or have the scopes of scope alone", async () => {
    expect(await scopesBy(undefined, entraPerson)).toBe("SCOPE_AMBIGUOUS");
    expect(await scopesBy(undefined, okta)).toBe("SCOPE_AMBIGUOUS");
    expect(await scopesBy(undefined, entraMachine)).toEqual([]);
    expect(await scopesBy(undefined, keycloak)).toEqual([
      "openid",
      "profile",
      "email",
    ]);
  });
});

test("a broken scope is named before a binding, a wrong time before both", async () => {
  const both = claims({ scp: [1], cnf: {} });
  expect(await scopesBy("scp", both)).toBe("SCOPE_INVALID");
  expect(await scopesBy("scp", { ...both, scp: [] })).toBe("CNF_UNSUPPORTED");
  expect(await scopesBy("scp", { ...both, exp: now - 60 })).toBe(
    "TOKEN_EXPIRED",
  );
});

/** The rule in its first and slowest words. */
function oldRule(claims: Part): ReadonlySet<string> | string {
  if ("scp" in claims || "scopes" in claims || "permissions" in claims)
    return "SCOPE_AMBIGUOUS";
  const { scope } = claims;
  if (scope === undefined) return new Set();
  if (typeof scope !== "string") return "SCOPE_INVALID";
  const words = scope.split(" ");
  const isWord = (word: string) =>
    word !== "" &&
    [...word].every((c) => c > " " && c <= "~" && c !== '"' && c !== "\\");
  return words.every(isWord) ? new Set(words) : "SCOPE_INVALID";
}
