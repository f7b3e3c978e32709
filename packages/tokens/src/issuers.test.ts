import { describe, expect, test } from "@jest/globals";
import {
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from "./access-token.ts";
import { generateInternalKeys } from "./internal-keys.ts";
import { createInternalTokenVerifier } from "./internal-token.ts";
import type { IssuerTerms } from "./issuer-terms.ts";
import { localKeys } from "./keys.ts";
import { createInternalMint } from "./mint.ts";
import {
  type Asking,
  type Forge,
  type Part,
  ask,
  createForge,
  proofOf,
  thumbprint,
} from "./test-forge.ts";
import {
  audience,
  bearer,
  claims,
  forge,
  issuer,
  now,
  tokenWith,
} from "./test-misuses.ts";
import type { TokenNames } from "./verifier.ts";

const elsewhere = "https://login.example/realms/hr";
const theirs = createForge("RS256", "key-1");
const proofKey = createForge("ES256", "proof");
const jkt = thumbprint(proofKey.jwk);

/** An issuer as unlike ours as Keycloak is. */
const realm: IssuerTerms = {
  name: "realm",
  issuer: elsewhere,
  audience: "hr-api",
  keys: localKeys(theirs.jwks),
  algorithms: ["RS256"],
  types: ["JWT"],
  demandedClaims: { typ: "Bearer" },
  otherAudiences: ["account"],
  scopeClaim: "scp /resource_access/hr-api/roles",
  clientClaim: "azp",
  employeeClaim: "/hr/employee",
  machine: { claim: "client_id" },
  maximumLifetime: 5_400,
};

function verifierOf(
  changes: Partial<AccessTokenVerifierOptions> = {},
  further: readonly IssuerTerms[] = [realm],
) {
  return createAccessTokenVerifier({
    issuer,
    audience,
    keys: localKeys(forge.jwks),
    resourceMetadata: "https://api.example/metadata",
    clock: () => now * 1_000,
    furtherIssuers: further,
    ...changes,
  });
}

function realmClaims(changes: Part = {}): Part {
  return {
    ...claims(),
    iss: elsewhere,
    aud: ["hr-api", "account"],
    sub: "3f1c9e52",
    client_id: undefined,
    azp: "hr-spa",
    typ: "Bearer",
    scope: "openid profile",
    scp: ["employee:read"],
    resource_access: { "hr-api": { roles: ["leave:read"] } },
    hr: { employee: "emp_7" },
    ...changes,
  };
}

const realmToken = (
  changes: Part = {},
  header: Part = {},
  by: Forge = theirs,
) => by.token({ typ: "JWT", ...header }, realmClaims(changes));

async function outcomeOf(asking: Asking, verifier = verifierOf()) {
  const outcome = await verifier.verify(ask(asking));
  return outcome.kind === "refused" ? outcome.reason : outcome.principal;
}

const realmOutcome = (changes: Part = {}, header: Part = {}) =>
  outcomeOf(bearer(realmToken(changes, header)));

/** The realm with other terms, asked for a token of its own. */
const outcomeBy = (
  terms: Partial<IssuerTerms>,
  changes: Part = {},
  header = {},
) =>
  outcomeOf(
    bearer(realmToken(changes, header)),
    verifierOf({}, [{ ...realm, ...terms }]),
  );

describe("tokens of two issuers", () => {
  test("are each read by the terms of their own", async () => {
    expect(
      await outcomeOf(bearer(tokenWith({ employee_id: "emp_1" }))),
    ).toEqual(
      expect.objectContaining({
        kind: "person",
        subject: "usr_ada",
        clientId: "hr-spa",
        employeeId: "emp_1",
        scopes: new Set(["employee:read:self", "leave:read:self"]),
      }),
    );
    expect(await realmOutcome()).toEqual(
      expect.objectContaining({
        kind: "person",
        subject: "realm:3f1c9e52",
        clientId: "realm:hr-spa",
        employeeId: "emp_7",
        scopes: new Set(["employee:read", "leave:read"]),
      }),
    );
  });

  test("are proved by the keys of their own, whoever's kid they name", async () => {
    const ours = { ...realm, algorithms: ["ES256"], types: ["at+jwt"] };
    const other = createForge("ES256", forge.kid);
    const verifier = verifierOf({}, [{ ...ours, keys: localKeys(other.jwks) }]);
    const of = (by: Forge, part: Part) =>
      outcomeOf(bearer(by.token({ typ: "at+jwt" }, part)), verifier);
    expect(await of(other, realmClaims())).toHaveProperty("subject");
    expect(await of(forge, claims())).toHaveProperty("subject");
    expect(await of(forge, realmClaims())).toBe("SIGNATURE_INVALID");
    expect(await of(other, claims())).toBe("SIGNATURE_INVALID");
  });

  test("are not proved by the terms of the other", async () => {
    expect(await realmOutcome({ iss: issuer })).toBe("ALG_NOT_ALLOWED");
    expect(await outcomeOf(bearer(tokenWith({ iss: elsewhere })))).toBe(
      "ALG_NOT_ALLOWED",
    );
    expect(await realmOutcome({ aud: audience })).toBe("AUDIENCE_MISMATCH");
    expect(await outcomeOf(bearer(tokenWith({ aud: "hr-api" })))).toBe(
      "AUDIENCE_MISMATCH",
    );
    expect(await realmOutcome({}, { typ: "at+jwt" })).toBe("WRONG_TOKEN_KIND");
    const long = { exp: now + 5_000 };
    expect(await realmOutcome(long)).toHaveProperty("subject");
    expect(await outcomeOf(bearer(tokenWith(long)))).toBe("LIFETIME_TOO_LONG");
  });

  test("stay apart in the cache", async () => {
    const verifier = verifierOf();
    const asking = [tokenWith(), realmToken()].map(bearer);
    const first = await Promise.all(asking.map((a) => outcomeOf(a, verifier)));
    const again = await Promise.all(asking.map((a) => outcomeOf(a, verifier)));
    expect(again.map((one, n) => one === first[n])).toEqual([true, true]);
    expect(first[0]).not.toEqual(first[1]);
  });

  test("are revoked by their own issuer alone, in its own words", async () => {
    const named: TokenNames[] = [];
    const isRevoked = (names: TokenNames) => named.push(names) > 0;
    const same = { sub: "usr_1", jti: "token-1", gid: "grant-1" };
    const mine = bearer(tokenWith(same));
    const other = bearer(realmToken(same));
    const byThem = verifierOf({}, [{ ...realm, isRevoked }]);
    expect(await outcomeOf(mine, byThem)).toHaveProperty("subject", "usr_1");
    expect(await outcomeOf(other, byThem)).toBe("TOKEN_REVOKED");
    const byUs = verifierOf({ isRevoked });
    expect(await outcomeOf(mine, byUs)).toBe("TOKEN_REVOKED");
    expect(await outcomeOf(other, byUs)).toHaveProperty("clientId");
    const names = { subject: "usr_1", tokenId: "token-1", grantId: "grant-1" };
    expect(named).toEqual([names, names]);
  });

  test("may each be bound to a key, with a proof for the public URL", async () => {
    const token = realmToken({ cnf: { jkt } });
    const proof = (htu: string) => proofOf(proofKey, { token, htu, now });
    const bound = { authorization: `DPoP ${token}` };
    expect(await outcomeOf(bearer(token))).toBe("DPOP_REQUIRED");
    expect(
      await outcomeOf({ ...bound, dpop: proof("https://hr-api.example/") }),
    ).toBe("DPOP_INVALID");
    expect(await outcomeOf({ ...bound, dpop: proof(audience) })).toHaveProperty(
      "subject",
    );
  });
});

test("DPoP proofs are made for the public URL, whatever the audiences are", async () => {
  const verifier = verifierOf({
    ...realm,
    publicUrl: "https://edge.example/graphql",
    furtherIssuers: [],
  });
  const token = realmToken({ cnf: { jkt } });
  const sent = (htu: string) => ({
    authorization: `DPoP ${token}`,
    dpop: proofOf(proofKey, { token, htu, now }),
  });
  expect(await outcomeOf(sent("hr-api"), verifier)).toBe("DPOP_INVALID");
  expect(await outcomeOf(sent(audience), verifier)).toBe("DPOP_INVALID");
  expect(
    await outcomeOf(sent("https://edge.example/graphql"), verifier),
  ).toHaveProperty("subject");
});

test("a subgraph is told the caller as the gateway knows it", async () => {
  const mint = createInternalMint({
    issuer: "urn:hr:gateway",
    keys: await generateInternalKeys(),
    clock: () => now * 1_000,
  });
  const subgraph = createInternalTokenVerifier({
    issuer: "urn:hr:gateway",
    subgraph: "leave",
    keys: localKeys(mint.jwks()),
    clock: () => now * 1_000,
  });
  const told = async (changes: Part) => {
    const caller = await realmOutcome(changes);
    if (typeof caller === "string") throw new Error(caller);
    const shape = {
      scopes: new Set(["leave:read"]),
      claims: new Set(["employee_id"]),
    };
    const token = await mint.mint(caller, "leave", shape);
    return outcomeOf(bearer(token), subgraph);
  };
  expect(await told({})).toMatchObject({
    kind: "person",
    subject: "realm:3f1c9e52",
    clientId: "realm:hr-spa",
    employeeId: "emp_7",
    scopes: new Set(["leave:read"]),
  });
  expect(await told({ azp: "export", client_id: "export" })).toMatchObject({
    kind: "machine",
    subject: "realm:export",
    clientId: "realm:export",
    employeeId: null,
  });
});

describe("claim iss", () => {
  const hostile: readonly unknown[] = [
    ...[
      "__proto__",
      "constructor",
      "",
      "https://evil.example",
      elsewhere + "/",
    ],
    ...[null, undefined, 0, true, [elsewhere], { [elsewhere]: 1 }, [[]]],
    "x".repeat(2_000),
  ];

  test.each(hostile)(
    "finds no issuer by %j, and the first one's rules refuse it",
    async (iss) => {
      const ours = forge.token({ typ: "at+jwt" }, claims({ iss }));
      expect(await outcomeOf(bearer(ours))).toBe("ISSUER_MISMATCH");
      expect(await realmOutcome({ iss })).toBe("ALG_NOT_ALLOWED");
    },
  );

  test("counts for nothing until it is signed", async () => {
    const [header = "", , signed = ""] = tokenWith().split(".");
    const payload = Buffer.from(JSON.stringify(realmClaims())).toString(
      "base64url",
    );
    expect(await outcomeOf(bearer([header, payload, signed].join(".")))).toBe(
      "ALG_NOT_ALLOWED",
    );
  });
});

describe("no issuer can speak of another's", () => {
  test("people: the same sub is not the same subject", async () => {
    expect(await realmOutcome({ sub: "usr_ada" })).toHaveProperty(
      "subject",
      "realm:usr_ada",
    );
  });

  test.each(["realm:3f1c9e52", "realm:"])(
    "people and clients: %s is none of the first issuer's",
    async (name) => {
      for (const part of [{ sub: name }, { client_id: name }])
        expect(await outcomeOf(bearer(tokenWith(part)))).toBe("CLAIM_INVALID");
      expect(
        await outcomeOf(bearer(tokenWith({ sub: "realm" }))),
      ).toHaveProperty("subject", "realm");
    },
  );

  test("the first of two named issuers has a prefix of its own", async () => {
    const first = { ...realm, name: "first", issuer, keys: realm.keys };
    const verifier = verifierOf(first);
    const token = realmToken({ iss: issuer, sub: "realm:3f1c9e52" });
    expect(await outcomeOf(bearer(token), verifier)).toHaveProperty(
      "subject",
      "first:realm:3f1c9e52",
    );
  });

  test("nobody: anonymous is a name like any other", async () => {
    const machine = { sub: "anonymous", azp: "anonymous" };
    expect(
      await realmOutcome({ ...machine, client_id: "anonymous" }),
    ).toMatchObject({ kind: "machine", subject: "realm:anonymous" });
  });
});

describe("a machine", () => {
  test("is told by its claim, and known by its client's id", async () => {
    const machine = { sub: "9b1e", azp: "export", client_id: "export" };
    expect(await realmOutcome(machine)).toMatchObject({
      kind: "machine",
      subject: "realm:export",
      clientId: "realm:export",
      employeeId: null,
    });
    expect(
      await realmOutcome({ ...machine, client_id: "other" }),
    ).toMatchObject({ kind: "person", subject: "realm:9b1e" });
  });

  test("may be told by a value", async () => {
    const machine = { claim: "idtyp", value: "app" };
    const kindBy = async (idtyp?: unknown) =>
      (await outcomeBy({ machine }, { idtyp })) as { kind: string };
    expect(await kindBy("app")).toHaveProperty("kind", "machine");
    for (const other of [undefined, "user", ["app"], "hr-spa"])
      expect(await kindBy(other)).toHaveProperty("kind", "person");
  });

  test("is nobody whose sub merely looks like one's", async () => {
    expect(await realmOutcome({ sub: "hr-spa" })).toBe("CLAIM_INVALID");
    expect(
      await realmOutcome({ sub: "hr-spa", client_id: "hr-spa" }),
    ).toHaveProperty("kind", "machine");
  });
});

describe("an ID token", () => {
  test.each(["nonce", "at_hash", "c_hash", "s_hash", "events"])(
    "is refused by its %s",
    async (name) => {
      expect(await realmOutcome({ [name]: "x" })).toBe("WRONG_TOKEN_KIND");
    },
  );

  test("is refused by a claim that says so", async () => {
    expect(await realmOutcome({ typ: "ID" })).toBe("WRONG_TOKEN_KIND");
    expect(await realmOutcome({ typ: undefined })).toBe("WRONG_TOKEN_KIND");
  });

  test("is refused where it is made for its own client, unless the header tells", async () => {
    const own = { azp: "hr-api", aud: "hr-api" };
    expect(await outcomeBy({ demandedClaims: {} }, own)).toBe(
      "WRONG_TOKEN_KIND",
    );
    const typed = { types: ["at+jwt"], demandedClaims: {} };
    expect(await outcomeBy(typed, own, { typ: "at+jwt" })).toHaveProperty(
      "subject",
    );
  });
});

describe("the terms", () => {
  test("take a token without a type only where that is said", async () => {
    const untyped = { typ: undefined };
    expect(await realmOutcome({}, untyped)).toBe("WRONG_TOKEN_KIND");
    expect(await outcomeBy({ types: [null] }, {}, untyped)).toHaveProperty(
      "subject",
    );
    expect(await outcomeBy({ types: [null] })).toBe("WRONG_TOKEN_KIND");
    for (const typ of ["application/JWT", "jwt", "JWT"])
      expect(await realmOutcome({}, { typ })).toHaveProperty("subject");
  });

  test("name the other audiences a token may have", async () => {
    for (const aud of ["hr-api", ["hr-api"], ["account", "hr-api"]])
      expect(await realmOutcome({ aud })).toHaveProperty("subject");
    for (const aud of [
      ["hr-api", "x"],
      ["hr-api", "hr-api"],
    ])
      expect(await realmOutcome({ aud })).toBe("AUDIENCE_AMBIGUOUS");
    for (const aud of ["account", ["account"], [], [["hr-api"]]])
      expect(await realmOutcome({ aud })).toBe("AUDIENCE_MISMATCH");
  });

  test("name the token's id, and tell when there is none", async () => {
    const entra = { tokenIdClaim: "uti" };
    expect(
      await outcomeBy(entra, { jti: undefined, uti: "u1" }),
    ).toHaveProperty("tokenId", "u1");
    expect(await outcomeBy(entra)).toBe("CLAIM_INVALID");
    const none = await outcomeBy({ tokenIdClaim: null }, { jti: undefined });
    expect(none).toHaveProperty("tokenId", null);
    expect(await realmOutcome({ jti: undefined })).toBe("CLAIM_INVALID");
  });

  test("name the employee, or say that there are none", async () => {
    expect(await realmOutcome({ hr: undefined })).toHaveProperty(
      "employeeId",
      null,
    );
    expect(await outcomeBy({ employeeClaim: null })).toHaveProperty(
      "employeeId",
      null,
    );
    for (const hr of [{ employee: ["emp_7"] }, { employee: null }, "emp_7"])
      expect(await realmOutcome({ hr })).toBe("CLAIM_INVALID");
  });

  test.each([undefined, "", ["hr-spa"], { id: "hr-spa" }, 7])(
    "demand the client's id: %j is none",
    async (azp) => {
      expect(await realmOutcome({ azp })).toBe("CLAIM_INVALID");
    },
  );

  test("take no algorithm but theirs, whatever is published", async () => {
    expect(await realmOutcome({}, { alg: "PS256" })).toBe("ALG_NOT_ALLOWED");
    const both = { algorithms: ["ES256", "RS256"] };
    expect(await outcomeBy(both)).toHaveProperty("subject");
  });

  test.each<readonly [string, Partial<IssuerTerms>]>([
    ["the issuer of another", { issuer }],
    ["an http issuer", { issuer: "http://login.example" }],
    ["no audience", { audience: "" }],
    ["its audience among the others", { otherAudiences: ["hr-api"] }],
    ["a name with a colon", { name: "a:b" }],
    ["an empty name", { name: "" }],
    ["a shared secret", { algorithms: ["HS256"] }],
    ["no signature", { algorithms: ["none"] }],
    ["no type", { types: [] }],
    ["a broken client claim", { clientClaim: "a.b" }],
    ["two client claims", { clientClaim: "azp appid" }],
    ["a broken employee claim", { employeeClaim: "/a//b" }],
    ["a broken token id", { tokenIdClaim: "" }],
    ["a broken demand", { demandedClaims: { "a b": "x" } }],
    ["a broken machine claim", { machine: { claim: "" } }],
    ["a broken scope claim", { scopeClaim: "" }],
    ["no lifetime", { maximumLifetime: 0 }],
    ["a lifetime above a day", { maximumLifetime: 86_401 }],
    ["a lifetime that is no number", { maximumLifetime: NaN }],
  ])("are refused at the start with %s", (_what, changes) => {
    expect(() => verifierOf({}, [{ ...realm, ...changes }])).toThrow(TypeError);
  });

  test("are refused at the start when two issuers have one name", () => {
    const other = { ...realm, issuer: "https://other.example" };
    expect(() => verifierOf({}, [realm, other])).toThrow(TypeError);
    expect(() =>
      verifierOf({}, [realm, { ...other, name: "b" }]),
    ).not.toThrow();
  });
});

test("the keys of all issuers are closed together", () => {
  let closed = 0;
  const close = () => void (closed += 1);
  const keys = { ...realm.keys, close };
  verifierOf({ keys }, [{ ...realm, keys }]).close();
  expect(closed).toBe(2);
});

test("the first issuer's keys alone decide whether all is ready", async () => {
  const state = { kind: "unavailable", loadedAt: null } as const;
  const down = { ...realm.keys, ready: () => Promise.resolve(state) };
  await verifierOf({}, [{ ...realm, keys: down }]).ready();
  await expect(verifierOf({ keys: down }).ready()).rejects.toThrow("no keys");
});
