import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSigningKeys, listSigningKeys } from "@hr/auth/admin";
import { openTestDatabase } from "@hr/auth/testing";
import { type StagedKey, listInternalKeys, openInternalKeys } from "@hr/tokens";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runHr } from "./testing.ts";

const secret = "the key-encryption key of this deployment";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "hr-keys-"));
  file = join(folder, "gateway/internal-keys.json");
  await createSigningKeys(database.query, secret).open(0);
  await openInternalKeys(file, { create: true });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function keys(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
) {
  return runHr(["keys", ...args], {
    HR_DATA: folder,
    AUTH_DATABASE_URL: database.url,
    KEY_ENCRYPTION_KEY: secret,
    ...variables,
  });
}

const ofAuth = {
  of: "auth",
  flags: [],
  list: () => listSigningKeys(database.query),
};
const ofGateway = {
  of: "the gateway",
  flags: ["--gateway"],
  list: () => listInternalKeys(file),
};

describe.each([ofAuth, ofGateway])("hr keys, of $of", ({ flags, list }) => {
  const kidIn = async (wanted: StagedKey["stage"]) =>
    (await list()).find(({ stage }) => stage === wanted)?.kid ?? "";

  test("lists state, since when, and what comes next", async () => {
    const { code, stdout, stderr } = await keys(["list", ...flags]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const at = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC`;
    const [active, pending] = [await kidIn("active"), await kidIn("pending")];
    const lines = [
      "kid +state +since +next",
      `${active} +active +${at} +signs; rotated by schedule on ${at}`,
      `${pending} +pending +${at} +may be activated from ${at} on`,
    ];
    expect(stdout).toMatch(new RegExp(`^${lines.join("\n")}\n$`));
  });

  test("refuses a rotation within 15 minutes, and does it when forced", async () => {
    const pending = await kidIn("pending");
    expect(await keys(["rotate", ...flags])).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^The pending key has been published for less than 15 minutes.*, or forced\.\n$/,
      ),
    });
    expect(await kidIn("pending")).toBe(pending);
    const { code, stdout } = await keys(["rotate", "--force", ...flags]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Rotated: .*\n\nkid .*\n/);
    expect(stdout).toMatch(/ retired .*verifies until .*, then it is deleted/);
    expect(await kidIn("active")).toBe(pending);
  });

  test("drops a key by its id, and no other", async () => {
    const retired = await kidIn("retired");
    const { code, stdout } = await keys(["drop", ...flags, "--", retired]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Dropped: /);
    expect(await kidIn("retired")).toBe("");
    expect(await keys(["drop", ...flags, "--", retired])).toEqual({
      code: 1,
      stdout: "",
      stderr: "There is no key of this id.\n",
    });
  });
});

test("hr keys list --json holds no part of the keys themselves", async () => {
  const { stdout } = await keys(["list", "--json"]);
  const listed = JSON.parse(stdout) as readonly object[];
  expect(listed).toEqual(await listSigningKeys(database.query));
  expect(Object.keys(listed[0] ?? {}).sort()).toEqual([
    "kid",
    "since",
    "stage",
  ]);
});

describe("the key-encryption key", () => {
  test("is that of npm start where none is given", async () => {
    const made = join(folder, "auth/secrets.json");
    await mkdir(join(folder, "auth"));
    await writeFile(made, JSON.stringify({ KEY_ENCRYPTION_KEY: secret }), {
      mode: 0o600,
    });
    const rotate = ["rotate", "--force"];
    expect((await keys(rotate, { KEY_ENCRYPTION_KEY: "" })).code).toBe(0);
    await rm(made);
  });

  test("is asked for by name when it is missing or another, but not to list", async () => {
    const without = { KEY_ENCRYPTION_KEY: "" };
    const rotate = ["rotate", "--force"];
    expect(await keys(rotate, without)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^KEY_ENCRYPTION_KEY is missing: /),
    });
    expect(await keys(rotate, { KEY_ENCRYPTION_KEY: "another" })).toMatchObject(
      {
        code: 1,
        stderr: expect.stringMatching(/^KEY_ENCRYPTION_KEY is not the one/),
      },
    );
    expect((await keys(["list"], without)).code).toBe(0);
  });
});

test("a key file that is not there is named", async () => {
  const elsewhere = { GATEWAY_KEYS_FILE: join(folder, "none.json") };
  expect(await keys(["list", "--gateway"], elsewhere)).toEqual({
    code: 1,
    stdout: "",
    stderr: `${elsewhere.GATEWAY_KEYS_FILE} does not exist.\n`,
  });
});
