import { anonymous } from "@hr/access";
import { describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { createAccessTokenVerifier } from "./access-token.ts";
import { localKeys } from "./keys.ts";
import type { RefusalReason, TokenRefusal } from "./refusal.ts";
import { ask } from "./test-forge.ts";
import {
  audience,
  bearer,
  forge,
  issuer,
  keys,
  now,
  rules,
  tokenWith,
} from "./test-misuses.ts";

const resourceMetadata =
  "https://api.example/.well-known/oauth-protected-resource/graphql";
const verifier = createAccessTokenVerifier({
  issuer,
  audience,
  resourceMetadata,
  keys,
  clock: () => now * 1_000,
  isRevoked: ({ tokenId }) => tokenId === "revoked",
});

const refused = rules.flatMap(({ rule, refused }) =>
  Object.entries(refused).flatMap(([reason, cases]) =>
    Object.entries(cases).map(
      ([what, asking]) =>
        [rule, what, reason as RefusalReason, asking] as const,
    ),
  ),
);
const granted = rules.flatMap(({ rule, granted }) =>
  Object.entries(granted).map(
    ([what, asking]) => [rule, what, asking] as const,
  ),
);

test.each(refused)(
  "%s: refuses %s, %s",
  async (_rule, _what, reason, asking) => {
    const outcome = await verifier.verify(ask(asking));
    expect(outcome).toEqual(
      expected(reason, (outcome as TokenRefusal).message),
    );
  },
);

test.each(granted)("%s: accepts %s", async (_rule, _what, asking) => {
  const outcome = await verifier.verify(ask(asking));
  expect(outcome).toMatchObject({ kind: "verified" });
});

test("R69: says nothing of the credential in a refusal, and one sentence for each reason", async () => {
  const sentences = new Map<RefusalReason, Set<string>>();
  for (const [, , reason, asking] of refused) {
    const outcome = (await verifier.verify(ask(asking))) as TokenRefusal;
    const said = [outcome.message, ...outcome.challenges].join("\n");
    expect(said).toMatch(/^[\x20-\x7e\n]+$/);
    expect(piecesOf(asking).filter((piece) => said.includes(piece))).toEqual(
      [],
    );
    const others = sentences.get(reason) ?? new Set();
    sentences.set(reason, others.add(outcome.message));
  }
  expect([...sentences.values()].map(({ size }) => size)).toEqual(
    Array(sentences.size).fill(1),
  );
});

describe("the principal", () => {
  test("is a person with the claims of the token", async () => {
    const token = tokenWith({
      jti: "token-1",
      gid: "grant-1",
      employee_id: "emp_1",
      auth_time: now - 60,
      acr: "urn:example:password",
      granted_scope: "payroll:write",
      granted_exp: now + 3_000,
    });
    expect(await verifier.verify(ask(bearer(token)))).toEqual({
      kind: "verified",
      principal: {
        kind: "person",
        subject: "usr_ada",
        clientId: "hr-spa",
        employeeId: "emp_1",
        scopes: new Set(["employee:read:self", "leave:read:self"]),
        grantedScopes: new Set(["employee:read:self", "leave:read:self"]),
        grantedUntil: now + 290,
        authTime: now - 60,
        acr: "urn:example:password",
        grantId: "grant-1",
        tokenId: "token-1",
        expiresAt: now + 290,
        claims: decodeJwt(token),
      },
    });
  });

  test("is a machine, never an employee, when sub equals client_id", async () => {
    const token = tokenWith({
      sub: "payroll-export",
      client_id: "payroll-export",
      jti: "token-2",
      scope: undefined,
      employee_id: "emp_1",
      auth_time: now,
      acr: "urn:example:password",
    });
    expect(await verifier.verify(ask(bearer(token)))).toEqual({
      kind: "verified",
      principal: {
        kind: "machine",
        subject: "payroll-export",
        clientId: "payroll-export",
        employeeId: null,
        scopes: new Set(),
        grantedScopes: new Set(),
        grantedUntil: now + 290,
        authTime: null,
        acr: null,
        grantId: null,
        tokenId: "token-2",
        expiresAt: now + 290,
        claims: decodeJwt(token),
      },
    });
  });

  test("holds the claims as they came, frozen to the bottom, and no name but theirs", async () => {
    const token = tokenWith({
      department: "finance",
      groups: ["hr", { name: "payroll" }],
      ["__proto__"]: { admin: true },
    });
    const outcome = await verifier.verify(ask(bearer(token)));
    if (outcome.kind === "refused") throw new Error(outcome.reason);
    const { claims } = outcome.principal;
    expect(JSON.stringify(claims)).toBe(JSON.stringify(decodeJwt(token)));
    const [, group] = claims["groups"] as readonly unknown[];
    expect([claims, claims["groups"], group].every(Object.isFrozen)).toBe(true);
    for (const name of ["constructor", "toString", "admin"])
      expect([name in claims, name in Object(group)]).toEqual([false, false]);
  });

  test("holds no claims when it is anonymous", () => {
    expect(Object.isFrozen(anonymous.claims)).toBe(true);
    expect("constructor" in anonymous.claims).toBe(false);
    expect(Object.keys(anonymous.claims)).toEqual([]);
  });
});

describe("the options", () => {
  const options = {
    issuer,
    audience,
    resourceMetadata,
    keys: localKeys(forge.jwks),
  };
  const create =
    (changes: Partial<typeof options> & { development?: true }) => () =>
      createAccessTokenVerifier({ ...options, ...changes });

  test.each(["", "id.example", "http://id.example", "ftp://localhost"])(
    "refuse the issuer %p",
    (bad) => expect(create({ issuer: bad })).toThrow(TypeError),
  );

  test.each([
    "https://id.example",
    "http://localhost:4001",
    "http://127.0.0.1:4001",
    "http://[::1]:4001",
  ])("take the issuer %p", (fit) =>
    expect(create({ issuer: fit })).not.toThrow(),
  );

  test("take an http issuer on another host for development", () => {
    const changes = { issuer: "http://auth:4001", development: true } as const;
    expect(create(changes)).not.toThrow();
  });

  test("refuse a missing audience", () =>
    expect(create({ audience: "" })).toThrow(TypeError));
});

function piecesOf({
  authorization = [],
}: {
  authorization?: readonly string[] | string;
}) {
  return [authorization]
    .flat()
    .flatMap((field) => field.split(/[ .,]/))
    .filter((piece) => piece.length >= 8);
}

/** Status, code and challenges by reason, said again by hand. */
function expected(reason: RefusalReason, message: string): TokenRefusal {
  const realm = `realm="hr", resource_metadata="${resourceMetadata}"`;
  const fault = (error: string) =>
    `${realm}, error="${error}", error_description="${message}"`;
  const base = { kind: "refused", reason, message } as const;
  const unknown = { ...base, status: 401, code: "UNAUTHENTICATED" } as const;
  switch (reason) {
    case "TOKEN_IN_QUERY":
    case "TOKEN_IN_BODY":
    case "DUPLICATE_HEADER":
    case "MALFORMED_HEADER":
    case "TOKEN_TOO_LARGE":
      return {
        ...base,
        status: 400,
        code: "BAD_REQUEST",
        challenges: [`Bearer ${fault("invalid_request")}`],
      };
    case "NO_TOKEN":
    case "UNSUPPORTED_SCHEME":
      return {
        ...unknown,
        challenges: [`Bearer ${realm}`, `DPoP ${realm}, algs="ES256"`],
      };
    case "DPOP_REQUIRED":
    case "DPOP_NOT_BOUND":
      return {
        ...unknown,
        challenges: [`DPoP ${fault("invalid_token")}, algs="ES256"`],
      };
    case "DPOP_INVALID":
      return {
        ...unknown,
        challenges: [`DPoP ${fault("invalid_dpop_proof")}, algs="ES256"`],
      };
    default:
      return { ...unknown, challenges: [`Bearer ${fault("invalid_token")}`] };
  }
}
