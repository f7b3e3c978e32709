import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openTestDatabase } from "@hr/auth/testing";
import { runHr } from "./testing.ts";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "hr-client-"));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function client(...args: readonly string[]) {
  return runHr(["client", ...args], { AUTH_DATABASE_URL: database.url });
}

function machine(id: string, ...more: readonly string[]) {
  const kind = ["--name", "Badge printer", "--kind", "machine"];
  return client("add", id, ...kind, ...more);
}

describe("hr client add", () => {
  test("shows a secret once, of which a digest is kept", async () => {
    const scopes = ["--scopes", "employee:read leave:calendar:read"];
    const { code, stdout, stderr } = await machine("badge-printer", ...scopes);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [, secret = ""] =
      /^Added badge-printer, a machine client\.\nSecret, shown this once: (\S+)\n/.exec(
        stdout,
      ) ?? [];
    expect(secret).toMatch(/^[\w-]{43}$/);
    const rows = await database.query
      .selectFrom("client")
      .selectAll()
      .execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(rows[0]?.secret_digest).toMatch(/^sha256:/);
  });

  test("with public keys shows no secret", async () => {
    const file = join(folder, "jwks.json");
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "1" };
    await writeFile(file, JSON.stringify({ keys: [jwk] }));
    const scopes = ["--scopes", "employee:read", "--jwks", file];
    expect(await machine("signer", ...scopes)).toEqual({
      code: 0,
      stdout: "Added signer, a machine client.\n",
      stderr: "",
    });
  });

  test("warns of duties that should be apart", async () => {
    const scopes = ["--scopes", "leave:request leave:approve"];
    const { code, stderr } = await machine("leave-bot", ...scopes);
    expect(code).toBe(0);
    expect(stderr).toBe(
      "Warning: it joins duties that should be apart: leave:request with leave:approve.\n",
    );
  });

  test("exits 1 for scopes nobody knows, with those that are near", async () => {
    const scopes = ["--scopes", "employee:read leave:raed"];
    expect(await machine("typist", ...scopes)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "No schema knows these scopes:\n  leave:raed. Did you mean leave:read or leave:request?\n",
    });
  });

  test("exits 1 with all else that is wrong", async () => {
    const partner = ["--name", "Travel", "--kind", "partner"];
    const uris = ["--redirect-uri", "http://travel.example/*", "https://t/#x"];
    const scopes = ["--scopes", "employee:read"];
    expect(
      await client("add", "gateway", ...partner, ...scopes, ...uris),
    ).toEqual({
      code: 1,
      stdout: "",
      stderr: `The client gateway is refused.
  http is for loopback addresses only: http://travel.example/*
  no wildcard, URIs are compared exactly: http://travel.example/*
  no fragment: https://t/#x
  a client of the configuration has this id
`,
    });
  });

  test("exits 2 for a kind there is none of", async () => {
    const args = [
      "--name",
      "x",
      "--scopes",
      "employee:read",
      "--kind",
      "robot",
    ];
    const { code, stderr } = await client("add", "robot", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain("machine, partner, native, browser");
  });
});

describe("hr client", () => {
  test("lists the built-in ones, and what became of the others", async () => {
    expect(await client("disable", "badge-printer")).toEqual({
      code: 0,
      stdout: "badge-printer is disabled; its tokens have ended.\n",
      stderr: "",
    });
    const rows = (await client("list")).stdout
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows).toContainEqual([
      ...["hr-cli", "HR command line", "native", "none", "built in", "all"],
    ]);
    expect(rows).toContainEqual([
      ...["badge-printer", "Badge printer", "machine", "secret", "disabled"],
      "employee:read leave:calendar:read",
    ]);
    expect(await client("enable", "badge-printer")).toMatchObject({
      stdout: "badge-printer is enabled.\n",
    });
  });

  test("replaces a secret and shows the new one once", async () => {
    const { code, stdout } = await client("rotate-secret", "badge-printer");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nSecret, shown this once: [\w-]{43}\n/);
  });

  test.each([
    [
      ["rotate-secret", "payroll-export"],
      "payroll-export is a client of the configuration: change PAYROLL_EXPORT_SECRET and start auth again; without it there is no such client.\n",
    ],
    [
      ["disable", "hr-cli"],
      "hr-cli is a client of the configuration and has no secret.\n",
    ],
    [
      ["rotate-secret", "badge-pinter"],
      "There is no client badge-pinter. Did you mean badge-printer?\n",
    ],
  ])("exits 1 for %j", async (args, stderr) => {
    expect(await client(...args)).toEqual({ code: 1, stdout: "", stderr });
  });
});
