import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAccessTokenVerifier } from "./access-token.ts";
import {
  type Denylist,
  type DenylistAlarm,
  type RemoteDenylistOptions,
  remoteDenylist,
} from "./denylist.ts";
import { localKeys } from "./keys.ts";
import { type Part, ask, createForge } from "./test-forge.ts";
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

/*
 * All that can happen between a gateway and its issuer's denylist, in one long file,
 * for each case needs the same server, clock and folder.
 */

const forge = createForge("ES256", "key-1");
const until = now + 360;
const never = 3_600_000;

let seconds = now;
let alarms: DenylistAlarm[] = [];
let opened: Denylist[] = [];
let entries: Part[] = [];
let server: KeyServer;
let folder: string;

beforeEach(async () => {
  seconds = now;
  alarms = [];
  opened = [];
  entries = [];
  server = await startKeyServer(feed);
  folder = await mkdtemp(join(tmpdir(), "denylist-"));
});

afterEach(async () => {
  for (const denylist of opened) denylist.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Answers as an issuer does: what comes after the position, a page of two at most. */
const feed: Answer = (request, response) => {
  const after = positionOf(request);
  const page = entries.filter(({ seq }) => Number(seq) > after).slice(0, 2);
  const last = Math.max(0, ...entries.map(({ seq }) => Number(seq)));
  json({ last, entries: page })(request, response);
};

function positionOf({ url = "" }: IncomingMessage): number {
  return Number(new URL(url, "http://here").searchParams.get("after"));
}

function open(changes: Partial<RemoteDenylistOptions> = {}): Denylist {
  const denylist = remoteDenylist({
    url: `${server.url}/denylist`,
    pollEveryMs: never,
    clock: () => seconds * 1_000,
    onAlarm: (event) => alarms.push(event),
    ...changes,
  });
  opened.push(denylist);
  return denylist;
}

async function openRead(changes: Partial<RemoteDenylistOptions> = {}) {
  const denylist = open(changes);
  await denylist.ready();
  return denylist;
}

/** Denies at the issuer, as its next entry. */
function deny(entry: Part): void {
  entries.push({ seq: entries.length + 1, until, ...entry });
}

function verifierOf({ isRevoked }: Denylist) {
  return createAccessTokenVerifier({
    issuer,
    audience,
    resourceMetadata: "https://api.example/metadata",
    keys: localKeys(forge.jwks),
    clock: () => seconds * 1_000,
    isRevoked,
  });
}

function requestWith(changes: Part) {
  return ask(bearer(forge.token({ typ: "at+jwt" }, claims(changes))));
}

/** A new token with these claims, verified: its reason, or `verified`. */
async function outcomeOf(denylist: Denylist, changes: Part) {
  const outcome = await verifierOf(denylist).verify(requestWith(changes));
  return outcome.kind === "refused" ? outcome.reason : outcome.kind;
}

const revoked = "TOKEN_REVOKED";

describe("R60: an entry refuses", () => {
  test("the token it names, and no other", async () => {
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe("verified");
    const elsewhere = { jti: "token-2", gid: "token-1", sub: "token-1" };
    expect(await outcomeOf(denylist, elsewhere)).toBe("verified");
  });

  test("each token of the grant it names, and no other", async () => {
    deny({ kind: "gid", value: "grant-1" });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { gid: "grant-1" })).toBe(revoked);
    expect(await outcomeOf(denylist, { gid: "grant-2" })).toBe("verified");
    expect(await outcomeOf(denylist, {})).toBe("verified");
  });

  test("what was issued to somebody before a time, and nothing later", async () => {
    deny({ kind: "sub", value: "usr_ada", before: now - 9 });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { iat: now - 10 })).toBe(revoked);
    expect(await outcomeOf(denylist, { iat: now - 9.5 })).toBe(revoked);
    expect(await outcomeOf(denylist, { iat: now - 9 })).toBe("verified");
    const mia = { sub: "usr_mia", iat: now - 10 };
    expect(await outcomeOf(denylist, mia)).toBe("verified");
  });

  test("all that was issued to somebody, when it states no time", async () => {
    deny({ kind: "sub", value: "usr_ada" });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { iat: now + 4 })).toBe(revoked);
    expect(await outcomeOf(denylist, { sub: "usr_mia" })).toBe("verified");
  });

  test("a machine by its id", async () => {
    const machine = { sub: "payroll-export", client_id: "payroll-export" };
    deny({ kind: "sub", value: "payroll-export", before: now });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, machine)).toBe(revoked);
    expect(await outcomeOf(denylist, { ...machine, iat: now })).toBe(
      "verified",
    );
  });

  test("until its time has passed", async () => {
    deny({ kind: "gid", value: "g", until: now + 60 });
    const denylist = await openRead();
    const verifier = verifierOf(denylist);
    const request = requestWith({ gid: "g" });
    seconds = now + 60;
    expect(await verifier.verify(request)).toMatchObject({ reason: revoked });
    seconds = now + 61;
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
  });

  test("no less because a later one about the same refuses less", async () => {
    deny({ kind: "sub", value: "usr_ada", before: now });
    deny({ kind: "sub", value: "usr_ada", before: now - 60, until: until + 9 });
    deny({ kind: "jti", value: "token-1" });
    deny({ kind: "jti", value: "token-1", until: now - 1 });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { iat: now - 10 })).toBe(revoked);
    const other = { sub: "usr_mia", jti: "token-1" };
    expect(await outcomeOf(denylist, other)).toBe(revoked);
  });
});

test("R65: a token in use is refused with the next reading, another goes on", async () => {
  const denylist = await openRead();
  const verifier = verifierOf(denylist);
  const [ada, mia] = [{}, { sub: "usr_mia" }].map(requestWith);
  if (!ada || !mia) throw new Error("There are two.");
  expect(await verifier.verify(ada)).toMatchObject({ kind: "verified" });
  const before = await verifier.verify(mia);
  deny({ kind: "sub", value: "usr_ada", before: now + 1 });
  await denylist.reload();
  expect(await verifier.verify(ada)).toMatchObject({
    status: 401,
    reason: revoked,
  });
  expect(await verifier.verify(mia)).toBe(before);
});

describe("R35: the feed", () => {
  test("is read to its end before anything is asked of the list", async () => {
    for (let n = 1; n <= 7; n += 1) deny({ kind: "jti", value: `token-${n}` });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { jti: "token-7" })).toBe(revoked);
    expect(server.asked).toEqual(
      [0, 2, 4, 6, 7].map((after) => `/denylist?after=${after}`),
    );
  });

  test("is asked from where the last reading ended", async () => {
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead();
    server.asked.length = 0;
    await denylist.reload();
    expect(server.asked).toEqual(["/denylist?after=1"]);
  });

  test("may state the end of the page for the end of the list", async () => {
    server.answer = (request, response) => {
      const page = entries.slice(positionOf(request)).slice(0, 2);
      const last = page.at(-1)?.["seq"] ?? entries.length;
      json({ last, entries: page })(request, response);
    };
    for (let n = 1; n <= 5; n += 1) deny({ kind: "jti", value: `token-${n}` });
    const denylist = await openRead();
    expect(await outcomeOf(denylist, { jti: "token-5" })).toBe(revoked);
  });

  test("may answer the whole list each time", async () => {
    deny({ kind: "jti", value: "token-1" });
    server.answer = (request, response) =>
      json({ last: entries.length, entries })(request, response);
    const denylist = await openRead();
    expect(server.asked).toHaveLength(2);
    deny({ kind: "jti", value: "token-2" });
    await denylist.reload();
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe(revoked);
  });

  test("is read anew when it is behind: its database is another", async () => {
    for (let n = 1; n <= 3; n += 1) deny({ kind: "jti", value: `token-${n}` });
    const denylist = await openRead();
    entries = [];
    deny({ kind: "jti", value: "another" });
    await denylist.reload();
    expect(await outcomeOf(denylist, { jti: "another" })).toBe(revoked);
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
    deny({ kind: "jti", value: "one more" });
    await denylist.reload();
    expect(await outcomeOf(denylist, { jti: "one more" })).toBe(revoked);
  });

  test("that contradicts itself is not asked without end", async () => {
    deny({ kind: "jti", value: "token-1" });
    server.answer = (request, response) =>
      json({ last: 0, entries })(request, response);
    const denylist = await openRead();
    await denylist.reload();
    expect(server.asked.length).toBeLessThan(10);
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });

  test("is asked again and again, one request at a time", async () => {
    let open = 0;
    let most = 0;
    server.answer = (request, response) => {
      most = Math.max(most, (open += 1));
      setTimeout(() => {
        open -= 1;
        feed(request, response);
      }, 20);
    };
    const denylist = await openRead({ pollEveryMs: 1 });
    await Promise.all([denylist.reload(), denylist.reload()]);
    deny({ kind: "jti", value: "token-1" });
    await eventually(async () =>
      expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked),
    );
    expect(most).toBe(1);
  });

  test("is not asked any longer once the list is closed", async () => {
    const denylist = await openRead({ pollEveryMs: 1 });
    denylist.close();
    await denylist.reload();
    const { length } = server.asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.asked).toHaveLength(length);
    expect(alarms).toEqual([]);
  });
});

describe("the gateway's credentials", () => {
  const readBy = async (changes: Partial<RemoteDenylistOptions>) => {
    const seen: (string | undefined)[] = [];
    server.answer = (request, response) => {
      seen.push(request.headers.authorization);
      feed(request, response);
    };
    await openRead(changes);
    return seen;
  };

  test("are sent by HTTP Basic, both halves form-encoded", async () => {
    const [sent = ""] = await readBy({ clientSecret: "a b:ö+/%" });
    const pair = Buffer.from(sent.slice("Basic ".length), "base64").toString();
    expect(pair).toBe("gateway:a+b%3A%C3%B6%2B%2F%25");
  });

  test("are of the client that is named", async () => {
    const [sent] = await readBy({ clientId: "edge", clientSecret: "s" });
    expect(sent).toBe(`Basic ${Buffer.from("edge:s").toString("base64")}`);
  });

  test("are not sent where there is no secret", async () => {
    expect(await readBy({})).toEqual([undefined]);
  });

  test("are said to be wrong, or to be missing, when the feed refuses", async () => {
    server.answer = status(401);
    await openRead({ clientSecret: "wrong" });
    await openRead();
    expect(alarms.map(({ reason }) => reason)).toEqual([
      "The denylist refuses the gateway's client secret.",
      "The denylist wants a client secret, and there is none.",
    ]);
  });
});

describe("R77: while the feed is down", () => {
  test.each<readonly [string, Answer]>([
    ["hangs", hanging],
    ["answers 500", broken],
    ["answers HTML", html],
    ["redirects", status(302, { location: "/elsewhere" })],
    ["answers a list", json([])],
  ])("and %s, the last known list stays in force", async (_how, answer) => {
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead({ timeoutMs: 100 });
    server.answer = answer;
    deny({ kind: "jti", value: "token-2" });
    seconds += 30;
    await denylist.reload();
    expect(denylist.state()).toEqual({
      kind: "outdated",
      loadedAt: now * 1_000,
    });
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe("verified");
    server.answer = feed;
    await denylist.reload();
    expect(denylist.state()).toEqual({
      kind: "current",
      loadedAt: (now + 30) * 1_000,
    });
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe(revoked);
  });

  test("one alarm begins it and one ends it", async () => {
    const denylist = await openRead();
    for (const answer of [broken, html, broken, feed, feed]) {
      server.answer = answer;
      await denylist.reload();
    }
    expect(alarms).toEqual([
      {
        kind: "denylist-unreachable",
        reason: "The issuer answers with another status than 200.",
      },
      { kind: "denylist-recovered", reason: "The denylist is current again." },
    ]);
  });

  test("a gateway starts without a list, and takes it when it comes", async () => {
    deny({ kind: "jti", value: "token-1" });
    server.answer = broken;
    const denylist = await openRead();
    expect(denylist.state()).toEqual({ kind: "outdated", loadedAt: null });
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe("verified");
    server.answer = feed;
    await denylist.reload();
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });

  test("an issuer without a denylist is one alarm of its own", async () => {
    server.answer = status(404);
    const denylist = await openRead();
    await denylist.reload();
    await denylist.reload();
    expect(alarms).toEqual([
      {
        kind: "denylist-absent",
        reason: "There is no denylist: tokens work until they expire.",
      },
    ]);
    expect(await outcomeOf(denylist, {})).toBe("verified");
  });
});

describe("a malformed answer", () => {
  const good = { seq: 2, kind: "jti", value: "token-2", until };

  test.each<readonly [string, unknown]>([
    ["no position", { entries: [] }],
    ["a position that is a string", { last: "1", entries: [] }],
    ["a negative position", { last: -1, entries: [] }],
    ["no entries", { last: 2 }],
    ...[
      null,
      [],
      { ...good, seq: "3" },
      { ...good, seq: 2.5 },
      { ...good, kind: "client_id" },
      { ...good, kind: "__proto__" },
      { ...good, value: "" },
      { ...good, value: ["token-3"] },
      { ...good, until: String(until) },
      { ...good, until: undefined },
      { ...good, kind: "sub", before: "now" },
    ].map((entry): readonly [string, unknown] => [
      `the entry ${JSON.stringify(entry)}`,
      { last: 3, entries: [good, entry] },
    ]),
  ])("is refused whole: %s", async (_what, document) => {
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead();
    server.answer = json(document);
    await denylist.reload();
    expect(alarms.map(({ kind }) => kind)).toEqual(["denylist-unreachable"]);
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe("verified");
    server.answer = json({ last: 2, entries: [good] });
    await denylist.reload();
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe(revoked);
  });

  test("is none with more in it than is read", async () => {
    server.answer = json({
      last: 2,
      entries: [{ ...good, before: null, note: "lost" }],
      next: null,
    });
    const denylist = await openRead();
    expect(alarms).toEqual([]);
    expect(await outcomeOf(denylist, { jti: "token-2" })).toBe(revoked);
  });
});

describe("the snapshot", () => {
  const file = () => join(folder, "state", "denylist.json");

  test("keeps the list over a start while the feed is down", async () => {
    deny({ kind: "jti", value: "token-1" });
    deny({ kind: "gid", value: "grant-1" });
    deny({ kind: "sub", value: "usr_mia", before: now });
    (await openRead({ snapshotFile: file() })).close();
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    server.answer = broken;
    const denylist = await openRead({ snapshotFile: file() });
    expect(denylist.state()).toEqual({
      kind: "outdated",
      loadedAt: now * 1_000,
    });
    const mia = { sub: "usr_mia" };
    for (const claims of [{ jti: "token-1" }, { gid: "grant-1" }, mia])
      expect(await outcomeOf(denylist, claims)).toBe(revoked);
    expect(await outcomeOf(denylist, { ...mia, iat: now })).toBe("verified");
  });

  test("keeps the position: nothing is read twice", async () => {
    deny({ kind: "jti", value: "token-1" });
    (await openRead({ snapshotFile: file() })).close();
    server.asked.length = 0;
    const denylist = await openRead({ snapshotFile: file() });
    expect(server.asked).toEqual(["/denylist?after=1"]);
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });

  test("is written when something changed, and only then", async () => {
    const denylist = await openRead({ snapshotFile: file() });
    await expect(stat(file())).rejects.toThrow("ENOENT");
    deny({ kind: "jti", value: "token-1" });
    await denylist.reload();
    const before = await stat(file());
    await denylist.reload();
    expect((await stat(file())).ino).toBe(before.ino);
    deny({ kind: "jti", value: "token-2" });
    await denylist.reload();
    expect((await stat(file())).ino).not.toBe(before.ino);
  });

  test("holds nothing any longer that no token can meet", async () => {
    deny({ kind: "jti", value: "token-1", until: now + 1 });
    const denylist = await openRead({ snapshotFile: file() });
    seconds = now + 61;
    await denylist.reload();
    deny({ kind: "jti", value: "token-2" });
    await denylist.reload();
    const { entries: kept } = JSON.parse(await readFile(file(), "utf8")) as {
      entries: unknown;
    };
    expect(kept).toEqual([
      { kind: "jti", value: "token-2", before: null, until },
    ]);
  });

  test("of another feed is not taken over", async () => {
    deny({ kind: "jti", value: "token-1" });
    (await openRead({ snapshotFile: file() })).close();
    server.answer = broken;
    const denylist = await openRead({
      snapshotFile: file(),
      url: `${server.url}/another`,
    });
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe("verified");
  });

  test.each([
    ["open to others", '{"source":"$"}', 0o644],
    ["no JSON", "{", 0o600],
    ["without a position", '{"source":"$","entries":[],"loadedAt":1}', 0o600],
    [
      "with a broken entry",
      '{"source":"$","position":1,"loadedAt":1,"entries":[{"kind":"jti"}]}',
      0o600,
    ],
  ])("%s is left aside with an alarm", async (_what, text, mode) => {
    const snapshotFile = join(folder, "denylist.json");
    const source = `${server.url}/denylist`;
    await writeFile(snapshotFile, text.replace("$", source), { mode });
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead({ snapshotFile });
    expect(alarms.map(({ kind }) => kind)).toEqual(["snapshot-unusable"]);
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });

  test("that cannot be written is an alarm, and the list is in force", async () => {
    await writeFile(join(folder, "file"), "");
    deny({ kind: "jti", value: "token-1" });
    const snapshotFile = join(folder, "file", "denylist.json");
    const denylist = await openRead({ snapshotFile });
    expect(alarms).toContainEqual({
      kind: "snapshot-unusable",
      reason: "The snapshot of the denylist cannot be written.",
    });
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });
});

describe("a bounded staleness", () => {
  test("answers 503 once the last good reading is too old, and recovers", async () => {
    const denylist = await openRead({ maximumStaleMs: 60_000 });
    const verifier = verifierOf(denylist);
    const request = requestWith({});
    server.answer = broken;
    seconds = now + 60;
    await denylist.reload();
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
    seconds = now + 61;
    expect(await verifier.verify(request)).toEqual({
      kind: "refused",
      status: 503,
      reason: "DENYLIST_UNAVAILABLE",
      code: "SERVICE_UNAVAILABLE",
      message:
        "Whether tokens have been revoked cannot be told right now. Try again shortly.",
      challenges: [],
      retryAfter: 5,
    });
    server.answer = feed;
    await denylist.reload();
    expect(await verifier.verify(request)).toMatchObject({ kind: "verified" });
  });

  test("still refuses what is known to be revoked", async () => {
    deny({ kind: "jti", value: "token-1" });
    const denylist = await openRead({ maximumStaleMs: 1 });
    seconds = now + 60;
    expect(await outcomeOf(denylist, { jti: "token-1" })).toBe(revoked);
  });

  test("lets nobody in before the first good reading", async () => {
    server.answer = broken;
    const denylist = await openRead({ maximumStaleMs: 60_000 });
    expect(await outcomeOf(denylist, {})).toBe("DENYLIST_UNAVAILABLE");
  });
});

describe("the address", () => {
  test.each(["", "denylist", "http://id.example/denylist", "file:///tmp/x"])(
    "may not be %p",
    (url) => expect(() => open({ url })).toThrow(TypeError),
  );

  test("may be http on another host for development", () => {
    const url = "http://auth.invalid:4001/denylist";
    expect(() => open({ url, development: true })).not.toThrow();
  });

  test("keeps its own query", async () => {
    await openRead({ url: `${server.url}/denylist?tenant=a&after=9` });
    expect(server.asked).toEqual(["/denylist?tenant=a&after=0"]);
  });
});

function status(code: number, headers = {}): Answer {
  return (_request, response) => void response.writeHead(code, headers).end();
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const passed = await check().then(
      () => true,
      () => false,
    );
    if (passed) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await check();
}
