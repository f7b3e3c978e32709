import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readGatewayConfig } from "./config.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuers-file-"));
  file = join(folder, "issuers.json");
});

afterEach(() => rm(folder, { recursive: true }));

const least = {
  name: "keycloak",
  issuer: "https://login.example/realms/hr",
  audience: "hr-api",
};

const full = {
  ...least,
  jwksUri: "https://login.example/realms/hr/certs",
  algorithms: ["RS256", "PS256"],
  types: ["JWT", null],
  otherAudiences: ["account"],
  demandedClaims: { typ: "Bearer" },
  scopeClaim: "scp /resource_access/hr-api/roles",
  clientClaim: "azp",
  tokenIdClaim: null,
  employeeClaim: "/hr/employee",
  machine: { claim: "idtyp", value: "app" },
  maximumLifetime: 5_400,
};

function read(env: NodeJS.ProcessEnv = {}) {
  return readGatewayConfig({
    SUPERGRAPH: "supergraph.graphql",
    TOKEN_ISSUER: "https://id.example",
    TOKEN_AUDIENCE: "https://api.example/graphql",
    TOKEN_ISSUERS: file,
    ...env,
  });
}

async function readList(list: unknown, env: NodeJS.ProcessEnv = {}) {
  await writeFile(file, JSON.stringify(list));
  return read(env);
}

/** The faults that are told, one by one. */
async function faultsOf(list: unknown, env: NodeJS.ProcessEnv = {}) {
  const message = await readList(list, env).then(
    () => "none",
    (error: Error) => error.message,
  );
  expect(message).toContain(`TOKEN_ISSUERS names ${file}`);
  return message
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

const first = {
  terms: {
    issuer: "https://id.example",
    audience: "https://api.example/graphql",
    scopeClaim: "scope",
  },
  jwksUri: undefined,
  denylist: {
    url: "https://id.example/connect/denylist",
    clientSecret: undefined,
  },
};

describe("the issuers of a file", () => {
  test("come after the first, with everything that is said of them", async () => {
    const denylist = {
      url: "https://login.example/denylist",
      clientSecretVariable: "KEYCLOAK_SECRET",
    };
    const { issuers } = await readList(
      [
        { ...full, denylist },
        { ...least, name: "b", issuer: "https://b.example" },
      ],
      { KEYCLOAK_SECRET: "s3cret" },
    );
    const { jwksUri, ...terms } = full;
    expect(issuers).toEqual([
      first,
      {
        terms,
        jwksUri,
        denylist: { url: denylist.url, clientSecret: "s3cret" },
      },
      {
        terms: { ...least, name: "b", issuer: "https://b.example" },
        jwksUri: undefined,
        denylist: null,
      },
    ]);
  });

  test("come alone where there is no other", async () => {
    const { issuers } = await readList([least], { TOKEN_ISSUER: "" });
    expect(issuers.map(({ terms }) => terms)).toEqual([least]);
  });

  test.each(["TOKEN_JWKS_URI", "DENYLIST_URL", "DENYLIST_CLIENT_SECRET"])(
    "come alone without %s, which would be about nobody",
    async (name) => {
      const env = { TOKEN_ISSUER: "", [name]: "https://id.example/x" };
      await expect(readList([least], env)).rejects.toThrow(
        `${name} is about TOKEN_ISSUER`,
      );
    },
  );

  test("are not needed", () => {
    expect(read({ TOKEN_ISSUERS: "" }).issuers).toEqual([first]);
  });

  test("may be http in development, for the first as well", async () => {
    const insecure = [{ ...least, issuer: "http://login.example" }];
    const env = { TOKEN_ISSUER: "http://id.example" };
    expect((await readList(insecure, env)).issuers).toHaveLength(2);
  });
});

test("the entries of docs/issuers.md are issuers, side by side", async () => {
  const docs = join(import.meta.dirname, "../../docs/issuers.md");
  const blocks = [
    ...(await readFile(docs, "utf8")).matchAll(/^```json\n(.*?)^```/gms),
  ];
  const list = blocks.map(([, block = ""]) => JSON.parse(block) as object);
  const { issuers } = await readList(list, { NODE_ENV: "production" });
  expect(issuers.map(({ terms }) => terms.name)).toEqual([
    undefined,
    "keycloak",
    "entra",
    "okta",
    "auth0",
  ]);
});

describe("a fault names the entry, the key and the cure", () => {
  test.each<readonly [object, string]>([
    [{ name: undefined }, "entry 1, name: give a short name, such as keycloak"],
    [
      { name: "Key:cloak" },
      "entry 1 (Key:cloak), name: give small letters, digits and hyphens, such as keycloak",
    ],
    ...(
      [
        [
          { issuer: undefined },
          "issuer: give a URL, such as https://login.example/realms/hr",
        ],
        [
          { issuer: "ftp://x" },
          "issuer: give an http or https URL without credentials, such as https://login.example/realms/hr",
        ],
        [
          { audience: "" },
          "audience: give the audience of its access tokens, such as hr-api",
        ],
        [
          { audience: ["hr-api"] },
          "audience: give the audience of its access tokens, such as hr-api",
        ],
        [
          { jwksUri: "keys" },
          "jwksUri: give an http or https URL without credentials, such as https://login.example/jwks",
        ],
        [
          { algorithms: ["RS256", "HS256"] },
          "algorithms, 1: give a list of some of ES256 ES384 ES512 EdDSA Ed25519 RS256 RS384 RS512 PS256 PS384 PS512",
        ],
        [
          { algorithms: "RS256" },
          "algorithms: give a list of some of ES256 ES384 ES512 EdDSA Ed25519 RS256 RS384 RS512 PS256 PS384 PS512",
        ],
        [
          { types: [] },
          'types: give a list of header types, with null where it may be missing, such as ["JWT", null]',
        ],
        [
          { otherAudiences: "account" },
          'otherAudiences: give a list of audiences, such as ["account"]',
        ],
        [
          { otherAudiences: ["hr-api"] },
          "otherAudiences: leave out the audience itself",
        ],
        [
          { demandedClaims: { typ: true } },
          'demandedClaims, typ: give a text, such as "Bearer"',
        ],
        [
          { demandedClaims: ["typ"] },
          'demandedClaims: give claims and their values, such as {"typ": "Bearer"}',
        ],
        [
          { scopeClaim: "realm_access.roles" },
          "scopeClaim: give claims with single spaces between them, such as scp or /realm_access/roles",
        ],
        [
          { clientClaim: "azp appid" },
          "clientClaim: give a claim's name, such as azp, or its path, such as /hr/id",
        ],
        [
          { employeeClaim: "" },
          "employeeClaim: give a claim's name, such as azp, or its path, such as /hr/id",
        ],
        [
          { tokenIdClaim: 1 },
          "tokenIdClaim: give a claim's name, such as azp, or its path, such as /hr/id",
        ],
        [{ machine: "sub" }, "machine: give an object with claim, value"],
        [
          { machine: { claim: "sub", is: "x" } },
          "machine: is is no key here: use claim, value",
        ],
        [
          { maximumLifetime: 86_401 },
          "maximumLifetime: give seconds, from 1 to 86400",
        ],
        [
          { maximumLifetime: "1h" },
          "maximumLifetime: give seconds, from 1 to 86400",
        ],
        [
          {
            denylist: {
              url: "https://x.example",
              clientSecretVariable: "UNSET",
            },
          },
          "denylist, clientSecretVariable: give the name of a variable that is set, such as KEYCLOAK_DENYLIST_SECRET",
        ],
        [
          { issuer: "https://id.example" },
          "issuer: this one is named already: leave one of the two out",
        ],
      ] as const
    ).map(
      ([changes, fault]) => [changes, `entry 1 (keycloak), ${fault}`] as const,
    ),
  ])("%j", async (changes, fault) => {
    expect(await faultsOf([{ ...least, ...changes }])).toEqual([fault]);
  });

  test("all of them at once", async () => {
    const faults = await faultsOf([
      { ...least, audience: "", clientclaim: "azp" },
      least,
      least,
      null,
    ]);
    expect(faults).toEqual([
      "entry 1 (keycloak), audience: give the audience of its access tokens, such as hr-api",
      expect.stringMatching(
        /^entry 1 \(keycloak\): clientclaim is no key here: use name, issuer, audience, /,
      ),
      expect.stringMatching(/^entry 4: give an object with name, issuer, /),
      "entry 3 (keycloak), issuer: this one is named already: leave one of the two out",
      "entry 3 (keycloak), name: another entry has it: give a different one",
    ]);
  });

  test("keys that mean something to the language are keys like others", async () => {
    await writeFile(
      file,
      `[{"name":"k","issuer":"https://k.example","audience":"a","__proto__":{"audience":"b"},"demandedClaims":{"__proto__":"x"}}]`,
    );
    expect(() => read()).toThrow(/entry 1 \(k\).*__proto__/);
  });

  test("an http address in production", async () => {
    const insecure = {
      ...least,
      issuer: "http://login.example",
      jwksUri: "http://login.example/keys",
      denylist: { url: "http://login.example/denylist" },
    };
    expect(await faultsOf([insecure], { NODE_ENV: "production" })).toEqual(
      ["issuer", "jwksUri", "denylist, url"].map(
        (key) => `entry 1 (keycloak), ${key}: in production give an https URL`,
      ),
    );
    const secure = await readList([least], { NODE_ENV: "production" });
    expect(secure.issuers).toHaveLength(2);
  });

  test.each(["", "{", "{}", "[]", '"https://x"'])(
    "a file with %p in it",
    async (text) => {
      await writeFile(file, text);
      expect(() => read()).toThrow(
        /^TOKEN_ISSUERS names .*: give the path of a JSON list of issuers, see docs\/issuers.md\.$/,
      );
    },
  );

  test("no file", () => {
    expect(() => read()).toThrow("which cannot be read as JSON: give the path");
  });
});

describe("the denylist of the first issuer", () => {
  const denylistOf = (env: NodeJS.ProcessEnv) =>
    read({ TOKEN_ISSUERS: "", ...env }).issuers[0].denylist;

  test.each([
    ["https://id.example", "https://id.example/connect/denylist"],
    ["https://id.example/", "https://id.example/connect/denylist"],
    ["https://id.example/hr", "https://id.example/hr/connect/denylist"],
  ])("of %s is at %s", (TOKEN_ISSUER, url) => {
    expect(denylistOf({ TOKEN_ISSUER })).toMatchObject({ url });
  });

  test("may be elsewhere, want a secret, or not exist", () => {
    const url = "https://edge.example/denied";
    expect(
      denylistOf({ DENYLIST_URL: url, DENYLIST_CLIENT_SECRET: "s" }),
    ).toEqual({ url, clientSecret: "s" });
    expect(denylistOf({ DENYLIST_URL: "none" })).toBeNull();
  });

  test.each([
    ["DENYLIST_URL", "no"],
    ["DENYLIST_MAX_STALE_SECONDS", "0"],
    ["DENYLIST_MAX_STALE_SECONDS", "5m"],
  ])("is not described by %s=%s", (name, value) => {
    expect(() => denylistOf({ [name]: value })).toThrow(
      `${name} is malformed: give`,
    );
  });

  test.each(["TOKEN_ISSUER", "TOKEN_JWKS_URI", "DENYLIST_URL"])(
    "and all it is trusted by may not be http in production: %s",
    (name) => {
      const env = { NODE_ENV: "production", TOKEN_ISSUERS: "" };
      expect(() => read({ ...env, [name]: "http://id.example" })).toThrow(
        `${name} is http: in production give an https URL`,
      );
      expect(
        read({ ...env, [name]: "https://id.example" }).issuers,
      ).toHaveLength(1);
    },
  );

  test("has bounds in milliseconds, if any", () => {
    const staleOf = (env: NodeJS.ProcessEnv) =>
      read({ TOKEN_ISSUERS: "", ...env }).denylistMaximumStaleMs;
    expect(staleOf({})).toBeUndefined();
    expect(staleOf({ DENYLIST_MAX_STALE_SECONDS: "300" })).toBe(300_000);
  });
});
