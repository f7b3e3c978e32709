import { describe, expect, test } from "@jest/globals";
import { exportJWK, generateKeyPair } from "jose";
import {
  type NewClient,
  readKeySet,
  registrationFaults,
} from "./client-registration.ts";

const machine: NewClient = {
  id: "badge-printer",
  name: "Badge printer",
  kind: "machine",
  scopes: ["employee:read"],
};

const partner: NewClient = {
  ...machine,
  kind: "partner",
  redirectUris: ["https://badges.example/callback"],
};

describe("a registration", () => {
  test.each([
    machine,
    { ...partner, pushedRequestsOnly: true },
    { ...partner, redirectUris: ["http://localhost:5174/callback?tenant=1"] },
    {
      ...partner,
      kind: "native" as const,
      redirectUris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
    },
    {
      ...partner,
      kind: "browser" as const,
      postLogoutRedirectUris: ["https://badges.example/"],
    },
  ])("%j is sound", (client) => {
    expect(registrationFaults(client)).toEqual([]);
  });

  test.each([
    ["id", { id: "Badge Printer" }, "an id is 2 to 63 lower-case letters"],
    ["id of a person", { id: "usr_ada" }, "could be taken for a person"],
    ["id of nobody", { id: "anonymous" }, "could be taken for a person"],
    ["name", { name: " " }, "a name has 1 to 100 characters"],
    ["scopes", { scopes: [] }, "it needs a scope"],
    ["scopes", { scopes: ["leave:read", "leave:read"] }, "named twice"],
    ["scopes", { scopes: ["leave:raed"] }, "no schema knows"],
    ["reach", { scopes: ["leave:read:self"] }, "neither self nor reports"],
    ["reach", { scopes: ["leave:read:reports"] }, "neither self nor reports"],
    ["redirect", { redirectUris: ["https://x.example/"] }, "nobody signs in"],
    ["held to pushing", { pushedRequestsOnly: true }, "only a partner"],
    [
      "return",
      { postLogoutRedirectUris: ["https://x.example/"] },
      "only a browser client",
    ],
  ])("of a machine with a wrong %s is refused: %j", (_, wrong, fault) => {
    expect(registrationFaults({ ...machine, ...wrong }).join()).toContain(
      fault,
    );
  });

  test.each([
    [[], "a partner client needs a redirect URI"],
    [["badges.example/callback"], "no http or https URL"],
    [["javascript:alert(1)"], "no http or https URL"],
    [["http://badges.example/callback"], "http is for loopback addresses only"],
    [["http://localhost.example/callback"], "http is for loopback"],
    [["https://badges.example/callback#there"], "no fragment"],
    [["https://badges.example/callback#"], "no fragment"],
    [["https://*.example/callback"], "no wildcard"],
    [["https://me:word@badges.example/"], "no user or password"],
  ])("of a partner with the redirect URIs %j is refused", (uris, fault) => {
    const faults = registrationFaults({ ...partner, redirectUris: uris });
    expect(faults.join()).toContain(fault);
  });

  test("of a native client has neither keys nor https on loopback", () => {
    const native: NewClient = {
      ...partner,
      kind: "native",
      jwks: { keys: [] },
      redirectUris: ["https://localhost/callback"],
    };
    expect(registrationFaults(native)).toEqual([
      "a native client keeps no key: it proves itself by PKCE alone",
      "http on loopback for a native client: https://localhost/callback",
    ]);
  });
});

describe("a key set", () => {
  test("of public P-256 keys is kept without anything else", async () => {
    const key = { ...(await publicJwk("ES256")), kid: "1", x5c: ["…"] };
    expect(await readKeySet({ keys: [key], more: 1 })).toEqual({
      keySet: {
        keys: [
          {
            ...{ kty: "EC", crv: "P-256", kid: "1", alg: "ES256", use: "sig" },
            ...{ x: key.x, y: key.y },
          },
        ],
      },
      faults: [],
    });
  });

  test("that is not one is refused, and why", async () => {
    const key = { ...(await publicJwk("ES256")), kid: "1" };
    const { privateKey } = await generateKeyPair("ES256", {
      extractable: true,
    });
    const unusable =
      "a key is no public signing key on the curve P-256 with a kid";
    const { kid, ...withoutKid } = key;
    const cases: readonly (readonly [unknown, string])[] = [
      ["text", "there is no key: give { keys: [...] }"],
      [{ keys: [] }, "there is no key: give { keys: [...] }"],
      [key, "there is no key: give { keys: [...] }"],
      [
        { keys: [{ ...(await exportJWK(privateKey)), kid }] },
        "a key is private: hand over its public half only",
      ],
      [
        { keys: [{ kty: "oct", k: "c2VjcmV0", kid }] },
        "a key is private: hand over its public half only",
      ],
      [{ keys: [withoutKid] }, unusable],
      [{ keys: [{ ...key, use: "enc" }] }, unusable],
      [{ keys: [{ ...key, x: key.y }] }, unusable],
      [{ keys: [{ ...(await publicJwk("ES384")), kid }] }, unusable],
      [{ keys: [{ ...(await publicJwk("RS256")), kid }] }, unusable],
      [{ keys: [key, key] }, "two keys have the same kid"],
    ];
    for (const [read, fault] of cases)
      expect((await readKeySet(read)).faults).toEqual([fault]);
  });
});

async function publicJwk(algorithm: string) {
  const { publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return exportJWK(publicKey);
}
