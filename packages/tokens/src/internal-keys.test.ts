import { execFile } from "node:child_process";
import {
  chmod,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { anonymous } from "@hr/access";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  dropInternalKey,
  listInternalKeys,
  openInternalKeys,
  rotateInternalKeys,
  tendInternalKeys,
} from "./internal-keys.ts";
import type { InternalKeys } from "./internal-keys.ts";
import { createInternalTokenVerifier } from "./internal-token.ts";
import { localKeys } from "./keys.ts";
import { createInternalMint } from "./mint.ts";
import { createPrivateFile, replacePrivateFile } from "./private-file.ts";
import { ask } from "./test-forge.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "internal-keys-"));
  file = join(folder, "gateway", "keys.json");
});

afterEach(() => rm(folder, { recursive: true }));

const idsOf = ({ jwks }: InternalKeys) => jwks.keys.map(({ kid }) => kid);

/** Whether a subgraph that knows the keys of `reader` takes what `signer` mints. */
async function isTaken(signer: InternalKeys, reader: InternalKeys) {
  const mint = createInternalMint({ issuer: "urn:hr:gateway", keys: signer });
  const shape = { scopes: new Set<string>(), claims: new Set<string>() };
  const token = await mint.mint(anonymous, "payroll", shape);
  const verifier = createInternalTokenVerifier({
    issuer: "urn:hr:gateway",
    subgraph: "payroll",
    keys: localKeys(reader.jwks),
  });
  const request = ask({ authorization: `Bearer ${token}` });
  return (await verifier.verify(request)).kind === "verified";
}

describe("R81: the key file", () => {
  test("is made at the first start, for its owner alone, and opened at the next", async () => {
    const made = await openInternalKeys(file, { create: true });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const opened = await openInternalKeys(file);
    expect(opened.kid).toBe(made.kid);
    expect(opened.jwks).toEqual(made.jwks);
    expect(await isTaken(made, opened)).toBe(true);
  });

  test("publishes an active and a pending key, and no private half", async () => {
    const keys = await openInternalKeys(file, { create: true });
    expect(idsOf(keys)).toHaveLength(2);
    expect(idsOf(keys)).toContain(keys.kid);
    for (const jwk of keys.jwks.keys)
      expect(jwk).toEqual({
        kty: "OKP",
        crv: "Ed25519",
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        alg: "EdDSA",
        use: "sig",
      });
  });

  test("is one, however many start at once", async () => {
    const starts = Array.from({ length: 8 }, () =>
      openInternalKeys(file, { create: true }),
    );
    const ids = (await Promise.all(starts)).map(({ kid }) => kid);
    expect(new Set(ids).size).toBe(1);
    expect(await readdir(join(folder, "gateway"))).toEqual(["keys.json"]);
  });

  test("is one for processes that start at once", async () => {
    const source = `import { openInternalKeys } from ${JSON.stringify(join(import.meta.dirname, "internal-keys.ts"))};
      const { kid } = await openInternalKeys(${JSON.stringify(file)}, { create: true });
      console.log(kid);`;
    const start = () =>
      promisify(execFile)(process.execPath, [
        "--input-type=module",
        "--eval",
        source,
      ]);
    const [first, second] = await Promise.all([start(), start()]);
    expect(first.stdout).toMatch(/^[\w-]{43}\n$/);
    expect(second.stdout).toBe(first.stdout);
  });

  test("is left as it is by one who comes second", async () => {
    await createPrivateFile(file, "first");
    await createPrivateFile(file, "second");
    expect(await readFile(file, "utf8")).toBe("first");
    await replacePrivateFile(file, "third");
    expect(await readFile(file, "utf8")).toBe("third");
  });

  test("is not made unasked", async () => {
    await expect(openInternalKeys(file)).rejects.toThrow("does not exist");
  });

  test.each([
    ["no JSON", "{"],
    ["no list", "{}"],
    ["no active key", '{"keys":[]}'],
    [
      "a key of another kind",
      '{"keys":[{"stage":"active","createdAt":0,"jwk":{"kty":"EC","crv":"P-256"}}]}',
    ],
  ])("is refused when it holds %s", async (_what, text) => {
    await openInternalKeys(file, { create: true });
    await writeFile(file, text);
    await expect(openInternalKeys(file)).rejects.toThrow("malformed");
  });

  test("is refused when two keys are active", async () => {
    await openInternalKeys(file, { create: true });
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("pending", "active"));
    await expect(openInternalKeys(file)).rejects.toThrow("exactly one");
  });

  test.each([0o644, 0o620, 0o606])("is refused with mode %o", async (mode) => {
    await openInternalKeys(file, { create: true });
    await chmod(file, mode);
    await expect(openInternalKeys(file)).rejects.toThrow("open to others");
  });

  test("may be mounted readable by its group", async () => {
    const { kid } = await openInternalKeys(file, { create: true });
    await chmod(file, 0o440);
    expect((await openInternalKeys(file)).kid).toBe(kid);
  });
});

describe("R81: a rotation", () => {
  const minute = 60_000;
  const day = 24 * 60 * minute;
  const later = (milliseconds: number) => () => Date.now() + milliseconds;

  const stagesIn = async () =>
    (await listInternalKeys(file)).map(({ stage }) => stage);

  test("activates the pending key, retires the active one and publishes a new one", async () => {
    const first = await openInternalKeys(file, { create: true });
    await rotateInternalKeys(file, { clock: later(15 * minute) });
    const second = await openInternalKeys(file);
    expect(idsOf(first)).toContain(second.kid);
    expect(second.kid).not.toBe(first.kid);
    expect(idsOf(second)).toContain(first.kid);
    expect(await stagesIn()).toEqual(["active", "pending", "retired"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("refuses no token while replicas have one file or the other", async () => {
    const before = await openInternalKeys(file, { create: true });
    await rotateInternalKeys(file, { force: true });
    const after = await openInternalKeys(file);
    expect(await isTaken(before, after)).toBe(true);
    expect(await isTaken(after, before)).toBe(true);
  });

  test("waits until the pending key has been published for 15 minutes, unless forced", async () => {
    const { kid } = await openInternalKeys(file, { create: true });
    await expect(rotateInternalKeys(file)).rejects.toThrow("15 minutes");
    expect((await openInternalKeys(file)).kid).toBe(kid);
    await rotateInternalKeys(file, { force: true });
    expect((await openInternalKeys(file)).kid).not.toBe(kid);
  });

  test("is one, however many ask at once", async () => {
    await openInternalKeys(file, { create: true });
    const asked = Array.from({ length: 6 }, () =>
      rotateInternalKeys(file, { clock: later(15 * minute) }),
    );
    const outcomes = await Promise.allSettled(asked);
    const done = outcomes.filter(({ status }) => status === "fulfilled");
    expect(done).toHaveLength(1);
    expect(await stagesIn()).toEqual(["active", "pending", "retired"]);
    expect(await readdir(join(folder, "gateway"))).toEqual(["keys.json"]);
  });

  test("is not kept waiting by the lock of a process that died", async () => {
    const { kid } = await openInternalKeys(file, { create: true });
    await writeFile(`${file}.lock`, "");
    await utimes(`${file}.lock`, 0, 0);
    await rotateInternalKeys(file, { force: true });
    expect((await openInternalKeys(file)).kid).not.toBe(kid);
  });

  test("takes a file that says of a key only when it was made", async () => {
    await openInternalKeys(file, { create: true });
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll('"since"', '"createdAt"'));
    await expect(rotateInternalKeys(file)).rejects.toThrow("15 minutes");
    await rotateInternalKeys(file, { clock: later(15 * minute) });
    expect(await stagesIn()).toEqual(["active", "pending", "retired"]);
  });

  test("comes by itself after the days set, once for all replicas", async () => {
    const { kid } = await openInternalKeys(file, { create: true });
    const tend = (milliseconds: number, rotationDays = 90) =>
      tendInternalKeys(file, { rotationDays, clock: later(milliseconds) });
    await tend(89 * day);
    await tend(100 * day, 0);
    expect((await openInternalKeys(file)).kid).toBe(kid);
    await Promise.all([tend(90 * day), tend(90 * day), tend(90 * day)]);
    expect((await openInternalKeys(file)).kid).not.toBe(kid);
    expect(await stagesIn()).toEqual(["active", "pending", "retired"]);
  });

  test("leaves the old key published for 24 h, then it is neither published nor kept", async () => {
    const { kid } = await openInternalKeys(file, { create: true });
    await rotateInternalKeys(file, { force: true });
    const idsAt = async (milliseconds: number) =>
      idsOf(await openInternalKeys(file, { clock: later(milliseconds) }));
    expect(await idsAt(day - minute)).toContain(kid);
    expect(await idsAt(day)).not.toContain(kid);
    await tendInternalKeys(file, { rotationDays: 0, clock: later(day) });
    expect(await stagesIn()).toEqual(["active", "pending"]);
  });
});

test("a key that is dropped verifies no more, and the pending one signs", async () => {
  const stolen = await openInternalKeys(file, { create: true });
  await expect(dropInternalKey(file, stolen.kid)).rejects.toThrow("15 minutes");
  await dropInternalKey(file, stolen.kid, { force: true });
  const kept = await openInternalKeys(file);
  expect(idsOf(kept)).not.toContain(stolen.kid);
  expect(await isTaken(stolen, kept)).toBe(false);
  expect(await isTaken(kept, stolen)).toBe(true);
  await expect(dropInternalKey(file, stolen.kid)).rejects.toThrow("no key");
});
