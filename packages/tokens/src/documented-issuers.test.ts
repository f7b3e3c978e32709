import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import type { IssuerTerms } from "./issuer-terms.ts";
import { localKeys } from "./keys.ts";
import { type Part, ask, createForge } from "./test-forge.ts";
import {
  auth0,
  entraMachine,
  entraPerson,
  keycloak,
  keycloakMachine,
  okta,
} from "./test-foreign-claims.ts";
import { audience, bearer, forge, issuer, keys, now } from "./test-misuses.ts";

/** The entries of docs/issuers.md, by name. */
const text = readFileSync(
  join(import.meta.dirname, "../../../docs/issuers.md"),
  "utf8",
);
const entries = [...text.matchAll(/^```json\n(.*?)^```/gms)].map(
  ([, block = ""]) => JSON.parse(block) as Omit<IssuerTerms, "keys">,
);
const theirs = createForge("RS256", "key-1");
const verifier = createAccessTokenVerifier({
  issuer,
  audience,
  keys,
  resourceMetadata: "https://api.example/metadata",
  clock: () => now * 1_000,
  furtherIssuers: entries.map((entry) => ({
    ...entry,
    keys: localKeys(theirs.jwks),
  })),
});

type Sample = {
  readonly of: string;
  readonly typ?: string;
  readonly claims: Part;
};

async function outcomeOf({ of, typ, claims }: Sample, changes: Part = {}) {
  const entry = entries.find(({ name }) => name === of);
  const token = theirs.token(
    { typ },
    {
      iss: entry?.issuer,
      aud: entry?.audience,
      sub: "their-sub",
      iat: now - 10,
      exp: now + 290,
      ...claims,
      ...changes,
    },
  );
  const outcome = await verifier.verify(ask(bearer(token)));
  return outcome.kind === "refused" ? outcome.reason : outcome.principal;
}

const samples: readonly (readonly [string, Sample, Part])[] = [
  [
    "Keycloak's people",
    {
      of: "keycloak",
      typ: "JWT",
      claims: {
        ...keycloak,
        aud: ["hr-api", "account"],
        jti: "onrtac:1",
        employee_id: "emp_ada",
      },
    },
    {
      kind: "person",
      subject: "keycloak:their-sub",
      clientId: "keycloak:hr-spa",
      employeeId: "emp_ada",
      scopes: new Set(["payroll:read", "leave:read"]),
    },
  ],
  [
    "Keycloak's machines",
    {
      of: "keycloak",
      typ: "JWT",
      claims: { ...keycloakMachine, jti: "trrtcc:1" },
    },
    { kind: "machine", subject: "keycloak:hr-export", employeeId: null },
  ],
  [
    "Entra's people",
    {
      of: "entra",
      typ: "JWT",
      claims: {
        ...entraPerson,
        exp: now + 5_400,
        "extn.employee_id": "emp_ada",
      },
    },
    {
      kind: "person",
      subject: "entra:their-sub",
      employeeId: "emp_ada",
      tokenId: "kQ2mZ0x3aEmVb1c9",
      scopes: new Set(["Employee.Read", "Payroll.Read"]),
    },
  ],
  [
    "Entra's machines",
    { of: "entra", typ: "JWT", claims: entraMachine },
    {
      kind: "machine",
      subject: "entra:9a2f4c1e-5b7d-4e21-8a63-2f0d9c8b7a65",
      scopes: new Set(["Payroll.Read.All"]),
    },
  ],
  [
    "Okta's people",
    { of: "okta", claims: { ...okta, jti: "AT.1", employee_id: "emp_ada" } },
    {
      kind: "person",
      clientId: "okta:0oa4f1c2d3E4f5g6h7",
      employeeId: "emp_ada",
      authTime: 1_799_999_940,
    },
  ],
  [
    "Okta's machines",
    { of: "okta", claims: { ...okta, jti: "AT.1", sub: okta.cid } },
    { kind: "machine", subject: "okta:0oa4f1c2d3E4f5g6h7" },
  ],
  [
    "Auth0's people",
    {
      of: "auth0",
      typ: "at+jwt",
      claims: {
        ...auth0,
        aud: [
          "https://api.hr.example/graphql",
          "https://hr.eu.auth0.com/userinfo",
        ],
        jti: "1",
        "https://hr.example/employee_id": "emp_ada",
      },
    },
    {
      kind: "person",
      subject: "auth0:their-sub",
      employeeId: "emp_ada",
      scopes: new Set(["openid", "profile", "employee:read"]),
    },
  ],
  [
    "Auth0's machines",
    {
      of: "auth0",
      typ: "at+jwt",
      claims: { ...auth0, jti: "1", "https://hr.example/machine": "yes" },
    },
    { kind: "machine", subject: "auth0:Yq3mTfVbNJBaAmhQtEeDv" },
  ],
];

test.each(samples)(
  "%s are who the documented entry says",
  async (_who, sample, principal) => {
    expect(await outcomeOf(sample)).toMatchObject(principal);
  },
);

test.each(samples)(
  "%s are refused with an ID token, another audience or the first issuer's key",
  async (_who, sample) => {
    expect(await outcomeOf(sample, { nonce: "n" })).toBe("WRONG_TOKEN_KIND");
    expect(await outcomeOf(sample, { aud: audience + "/x" })).toBe(
      "AUDIENCE_MISMATCH",
    );
    const { of, typ, claims } = sample;
    const entry = entries.find(({ name }) => name === of);
    const forged = forge.token({ typ }, { iss: entry?.issuer, ...claims });
    expect(await verifier.verify(ask(bearer(forged)))).toMatchObject({
      reason: "ALG_NOT_ALLOWED",
    });
  },
);

test("Keycloak's ID tokens are refused without a nonce, too", async () => {
  const sample = samples[0]?.[1];
  if (!sample) throw new Error("There is one.");
  const idToken = { typ: "ID", aud: "hr-api", azp: "hr-api" };
  expect(await outcomeOf(sample, idToken)).toBe("WRONG_TOKEN_KIND");
});
