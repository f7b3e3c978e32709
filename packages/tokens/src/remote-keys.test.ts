import {
  chmod,
  mkdtemp,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import type { KeySource } from "./keys.ts";
import {
  type KeyAlarm,
  type RemoteKeysOptions,
  remoteKeys,
} from "./remote-keys.ts";
import { type Forge, ask, createForge } from "./test-forge.ts";
import {
  type Answer,
  type KeyServer,
  broken,
  hanging,
  html,
  json,
  startKeyServer,
} from "./test-key-server.ts";
import { audience, bearer, claims, issuer, now } from "./test-misuses.ts";

const forge = createForge("ES256", "key-1");
const next = createForge("ES256", "key-2");
const hour = 3_600;

/*
 * All that can happen between a verifier and its issuer's keys is in this one long
 * file, for each case needs the same server, clock and folder.
 */

let seconds = now;
let alarms: KeyAlarm[] = [];
let opened: KeySource[] = [];
let server: KeyServer;
let folder: string;

beforeEach(async () => {
  seconds = now;
  alarms = [];
  opened = [];
  server = await startKeyServer(json(forge.jwks));
  folder = await mkdtemp(join(tmpdir(), "keys-"));
});

afterEach(async () => {
  for (const keys of opened) keys.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function open(changes: Partial<RemoteKeysOptions> = {}): KeySource {
  const keys = remoteKeys({
    jwksUri: `${server.url}/jwks.json`,
    clock: () => seconds * 1_000,
    onAlarm: (event) => alarms.push(event),
    ...changes,
  } as RemoteKeysOptions);
  opened.push(keys);
  return keys;
}

function verifierOf(keys: KeySource) {
  return createAccessTokenVerifier({
    issuer,
    audience,
    resourceMetadata: "https://api.example/metadata",
    keys,
    clock: () => seconds * 1_000,
  });
}

/** A new token at the current time, verified: its reason, or `verified`. */
async function outcomeOf(
  verifier: ReturnType<typeof verifierOf>,
  by: Forge = forge,
  header = {},
) {
  const times = { iat: seconds, exp: seconds + 300 };
  const token = by.token({ typ: "at+jwt", ...header }, claims(times));
  const outcome = await verifier.verify(ask(bearer(token)));
  return outcome.kind === "refused" ? outcome.reason : outcome.kind;
}

async function stop(): Promise<void> {
  await server[Symbol.asyncDispose]();
}

test("nothing is fetched before a key is needed", () => {
  open();
  expect(server.asked).toEqual([]);
});

test("R71: 50 cold verifications at once fetch once", async () => {
  const verifier = verifierOf(open());
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => outcomeOf(verifier)),
  );
  expect(new Set(outcomes)).toEqual(new Set(["verified"]));
  expect(server.asked).toEqual(["/jwks.json"]);
});

describe("R72: an unknown kid", () => {
  test("fetches once in 10 s, also when there are 100 of them", async () => {
    const verifier = verifierOf(open());
    await outcomeOf(verifier);
    const flood = () =>
      Promise.all(
        Array.from({ length: 100 }, (_, number) =>
          outcomeOf(verifier, forge, { kid: `unknown-${number}` }),
        ),
      );
    expect(new Set(await flood())).toEqual(new Set(["KEY_UNKNOWN"]));
    expect(server.asked).toHaveLength(1);
    seconds += 10;
    expect(new Set(await flood())).toEqual(new Set(["KEY_UNKNOWN"]));
    expect(server.asked).toHaveLength(2);
  });

  test("is found once it is published", async () => {
    const verifier = verifierOf(open());
    await outcomeOf(verifier);
    server.answer = json({ keys: [...forge.jwks.keys, ...next.jwks.keys] });
    expect(await outcomeOf(verifier, next)).toBe("KEY_UNKNOWN");
    seconds += 10;
    expect(await outcomeOf(verifier, next)).toBe("verified");
    expect(await outcomeOf(verifier)).toBe("verified");
  });

  test("R73: is 503 while the last fetch failed, for it may be a new key", async () => {
    const verifier = verifierOf(open());
    await outcomeOf(verifier);
    server.answer = broken;
    seconds += 10;
    expect(await outcomeOf(verifier, next)).toBe("KEYS_UNAVAILABLE");
    expect(await outcomeOf(verifier)).toBe("verified");
    server.answer = json(forge.jwks);
    seconds += 10;
    expect(await outcomeOf(verifier, next)).toBe("KEY_UNKNOWN");
  });
});

describe.each<readonly [string, Answer | null]>([
  ["down", null],
  ["hanging", hanging],
  ["answering 500", broken],
  ["answering HTML", html],
  ["answering another JSON", json({ keys: "none" })],
  ["answering an empty set", json({ keys: [] })],
])("R74: with the issuer %s", (_what, answer) => {
  const fail = async () => {
    if (answer) server.answer = answer;
    else await stop();
  };

  test("known keys go on verifying for 24 h, then 503; the alarm comes at once", async () => {
    const keys = open({ timeoutMs: 1_000 });
    const verifier = verifierOf(keys);
    expect(await outcomeOf(verifier)).toBe("verified");
    await fail();
    await keys.reload();
    expect(alarms).toEqual([
      { kind: "keys-unreachable", reason: expect.any(String) },
    ]);
    expect(keys.state()).toEqual({ kind: "outdated", loadedAt: now * 1_000 });
    await expect(verifier.ready()).resolves.toBeUndefined();
    seconds = now + 24 * hour;
    expect(await outcomeOf(verifier)).toBe("verified");
    seconds += 1;
    expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
    await expect(verifier.ready()).rejects.toThrow("no keys");
    expect(alarms).toHaveLength(1);
  });

  test("R75: a cold start without a snapshot is 503, never 401", async () => {
    await fail();
    const verifier = verifierOf(open({ timeoutMs: 1_000 }));
    expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
    await expect(verifier.ready()).rejects.toThrow("no keys");
  });
});

test("R74: a redirect is not followed, even to good keys", async () => {
  server.answer = (request, response) => {
    if (request.url === "/moved") json(forge.jwks)(request, response);
    else response.writeHead(302, { location: "/moved" }).end();
  };
  expect(await outcomeOf(verifierOf(open()))).toBe("KEYS_UNAVAILABLE");
  expect(server.asked).toEqual(["/jwks.json"]);
});

test("R74: an issuer that comes back is trusted again, and said so", async () => {
  const keys = open();
  const verifier = verifierOf(keys);
  server.answer = broken;
  expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
  server.answer = json(forge.jwks);
  expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
  expect(server.asked).toHaveLength(1);
  seconds += 1;
  expect(await outcomeOf(verifier)).toBe("verified");
  await expect(verifier.ready()).resolves.toBeUndefined();
  expect(alarms.map(({ kind }) => kind)).toEqual([
    "keys-unreachable",
    "keys-recovered",
  ]);
});

test("no alarm says an address", async () => {
  server.answer = broken;
  await open().reload();
  await stop();
  await open().reload();
  expect(alarms).toHaveLength(2);
  expect(JSON.stringify(alarms)).not.toMatch(/127\.0\.0\.1|http|\d{4}/);
});

describe("R76: a key the issuer has dropped", () => {
  test("is refused after the next good reload, cached tokens included", async () => {
    const keys = open();
    const verifier = verifierOf(keys);
    const token = forge.token({ typ: "at+jwt" }, claims());
    const request = ask(bearer(token));
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
    server.answer = json(next.jwks);
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
    await keys.reload();
    expect(await verifier.verify(request)).toMatchObject({
      reason: "KEY_UNKNOWN",
    });
    expect(await outcomeOf(verifier, next)).toBe("verified");
  });

  test("leaves the other keys' cached tokens as they are", async () => {
    const keys = open();
    const verifier = verifierOf(keys);
    const request = ask(bearer(forge.token({ typ: "at+jwt" }, claims())));
    const first = await verifier.verify(request);
    await keys.reload();
    expect(await verifier.verify(request)).toBe(first);
    expect(server.asked).toHaveLength(2);
  });
});

test("the set is fetched again at intervals", async () => {
  const keys = open({ reloadEverySeconds: 0.02 });
  await keys.ready();
  await new Promise<void>((resolve) => {
    server.answer = (request, response) => {
      json(next.jwks)(request, response);
      response.on("finish", resolve);
    };
  });
  await keys.reload();
  expect(await keys.get("key-2", "ES256")).toMatchObject({ type: "public" });
});

describe("R75: with a snapshot", () => {
  const file = () => join(folder, "deep", "jwks.json");
  const leaveSnapshot = async () => {
    await open({ snapshotFile: file() }).ready();
    await stop();
  };

  test("a cold start verifies without a fetch", async () => {
    await open({ snapshotFile: file() }).ready();
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await outcomeOf(verifierOf(open({ snapshotFile: file() })))).toBe(
      "verified",
    );
    expect(server.asked).toHaveLength(1);
  });

  test("a cold start while the issuer is down verifies, and is 503 for a new key", async () => {
    await leaveSnapshot();
    const verifier = verifierOf(open({ snapshotFile: file() }));
    expect(await outcomeOf(verifier)).toBe("verified");
    expect(await outcomeOf(verifier, next)).toBe("KEYS_UNAVAILABLE");
  });

  test("its age counts against the stale limit", async () => {
    await leaveSnapshot();
    seconds += 24 * hour + 1;
    const verifier = verifierOf(open({ snapshotFile: file() }));
    expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
  });

  test("one of another issuer is left alone", async () => {
    await leaveSnapshot();
    const jwksUri = `${server.url}/other.json`;
    const verifier = verifierOf(open({ snapshotFile: file(), jwksUri }));
    expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
  });

  test.each([
    ["open to others", () => chmod(file(), 0o666)],
    ["malformed", () => writeFile(file(), "{")],
    [
      "without a key set",
      async () => {
        const kept = JSON.parse(await readFile(file(), "utf8")) as object;
        await writeFile(file(), JSON.stringify({ ...kept, jwks: {} }));
      },
    ],
  ])(
    "one that is %s is not trusted, and the alarm says so",
    async (_, spoil) => {
      await leaveSnapshot();
      await spoil();
      const verifier = verifierOf(open({ snapshotFile: file() }));
      expect(await outcomeOf(verifier)).toBe("KEYS_UNAVAILABLE");
      expect(alarms.map(({ kind }) => kind)).toEqual([
        "snapshot-unusable",
        "keys-unreachable",
      ]);
    },
  );

  test("it follows each good reload and no bad one", async () => {
    const keys = open({ snapshotFile: file() });
    await keys.ready();
    const first = await readFile(file(), "utf8");
    server.answer = html;
    await keys.reload();
    expect(await readFile(file(), "utf8")).toBe(first);
    server.answer = json(next.jwks);
    await keys.reload();
    expect(await readFile(file(), "utf8")).toContain("key-2");
  });

  test("one that cannot be written hinders nobody", async () => {
    await writeFile(join(folder, "deep"), "");
    const verifier = verifierOf(open({ snapshotFile: file() }));
    expect(await outcomeOf(verifier)).toBe("verified");
    expect(alarms.map(({ kind }) => kind)).toContain("snapshot-unusable");
  });
});

describe("by discovery", () => {
  const openid = "/.well-known/openid-configuration";
  const oauth = "/.well-known/oauth-authorization-server";
  const serve =
    (documents: Readonly<Record<string, unknown>>): Answer =>
    (request, response) => {
      const document = documents[request.url ?? ""];
      if (document === undefined) response.writeHead(404).end();
      else json(document)(request, response);
    };
  const metadata = (path = "") => ({
    issuer: `${server.url}${path}`,
    jwks_uri: `${server.url}/keys`,
  });

  test.each([
    ["OpenID Connect", "", openid],
    ["RFC 8414", "", oauth],
    ["OpenID Connect, with a path", "/tenant", `/tenant${openid}`],
    ["RFC 8414, with a path", "/tenant", `${oauth}/tenant`],
  ])("finds the keys by %s", async (_what, path, place) => {
    server.answer = serve({ [place]: metadata(path), "/keys": forge.jwks });
    const keys = open({
      jwksUri: undefined,
      issuer: `${server.url}${path}`,
    } as never);
    expect(await outcomeOf(verifierOf(keys))).toBe("verified");
  });

  test.each([
    ["of another issuer", { issuer: "https://id.example" }],
    ["with a trailing slash", { issuer: "/" }],
    ["without jwks_uri", { jwks_uri: undefined }],
    ["with a jwks_uri by http", { jwks_uri: "http://id.example/keys" }],
  ])("does not trust a document %s", async (_what, change) => {
    const wrong = { ...metadata(), ...change };
    server.answer = serve({
      [openid]: wrong,
      [oauth]: wrong,
      "/keys": forge.jwks,
    });
    const keys = open({ jwksUri: undefined, issuer: server.url } as never);
    expect(await outcomeOf(verifierOf(keys))).toBe("KEYS_UNAVAILABLE");
    expect(server.asked).toEqual([openid, oauth]);
  });

  test("asks the metadata once, and again after a failure", async () => {
    server.answer = serve({ [openid]: metadata(), "/keys": forge.jwks });
    const keys = open({ jwksUri: undefined, issuer: server.url } as never);
    await keys.reload();
    await keys.reload();
    expect(server.asked).toEqual([openid, "/keys", "/keys"]);
    const moved = { ...metadata(), jwks_uri: `${server.url}/moved` };
    server.answer = serve({ [openid]: moved, "/moved": next.jwks });
    await keys.reload();
    await keys.reload();
    expect(await outcomeOf(verifierOf(keys), next)).toBe("verified");
  });

  test("never fails the start while the issuer is down", async () => {
    await stop();
    const keys = open({ jwksUri: undefined, issuer: server.url } as never);
    expect(await keys.ready()).toEqual({ kind: "unavailable", loadedAt: null });
  });
});

test.each(["", "keys.json", "http://id.example/jwks", "file:///keys.json"])(
  "refuses the address %p",
  (jwksUri) => expect(() => open({ jwksUri })).toThrow(TypeError),
);

test("takes an http address on another host for development", () => {
  const jwksUri = "http://auth:4001/jwks";
  expect(() => open({ jwksUri, development: true })).not.toThrow();
});
