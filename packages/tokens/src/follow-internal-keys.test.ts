import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import {
  type LiveInternalKeys,
  followInternalKeys,
} from "./follow-internal-keys.ts";
import {
  listInternalKeys,
  openInternalKeys,
  rotateInternalKeys,
} from "./internal-keys.ts";

let folder: string;
let file: string;
let faults: string[];
let live: LiveInternalKeys;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "live-keys-"));
  file = join(folder, "keys.json");
  faults = [];
});

afterEach(async () => {
  live.close();
  await rm(folder, { recursive: true });
});

async function follow(rotationDays = 0): Promise<void> {
  live = await followInternalKeys(file, {
    create: true,
    rotationDays,
    everyMs: 10,
    onFault: (error) => faults.push(String(error)),
  });
}

/** Polls until it holds; the test's own time limit ends it else. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("R81: a rotation reaches keys that are in use", async () => {
  await follow();
  const { kid, privateKey } = live;
  await rotateInternalKeys(file, { force: true });
  await until(() => live.kid !== kid);
  const now = await openInternalKeys(file);
  expect([live.kid, live.jwks]).toEqual([now.kid, now.jwks]);
  expect(live.privateKey).not.toBe(privateKey);
  expect(faults).toEqual([]);
});

test("a rotation comes by itself when the file says it is time", async () => {
  await follow(90);
  const { kid } = live;
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll(/"since": \d+/g, '"since": 0'));
  await until(() => live.kid !== kid);
  const stages = (await listInternalKeys(file)).map(({ stage }) => stage);
  expect(stages).toEqual(["active", "pending", "retired"]);
});

test("a file that became unusable is told, and the keys known before stay until it heals", async () => {
  await follow();
  const { kid } = live;
  const text = await readFile(file, "utf8");
  await writeFile(file, "{");
  await until(() => faults.length > 1);
  expect(faults[0]).toContain("malformed");
  expect(live.kid).toBe(kid);
  await writeFile(file, text);
  await rotateInternalKeys(file, { force: true });
  await until(() => live.kid !== kid);
});
