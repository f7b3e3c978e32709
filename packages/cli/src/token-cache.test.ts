import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cachedToken } from "./token-cache.ts";

let folder: string;
let made: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-tokens-"));
  made = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function tokenFor(seconds: number) {
  return () => {
    const claims = { exp: Math.floor(Date.now() / 1000) + seconds, n: ++made };
    const part = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return Promise.resolve(`head.${part}.signature`);
  };
}

describe("a token", () => {
  test("is kept, for the owner's eyes only, while it has more than 30 s", async () => {
    const first = await cachedToken(folder, ["ada"], tokenFor(300));
    expect(await cachedToken(folder, ["ada"], tokenFor(300))).toBe(first);
    const [file = ""] = await readdir(folder);
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  test("is made anew when it has less", async () => {
    await cachedToken(folder, ["ada"], tokenFor(29));
    await cachedToken(folder, ["ada"], tokenFor(29));
    expect(made).toBe(2);
  });

  test("is not given to another, nor for other scopes", async () => {
    await cachedToken(folder, ["ada", ""], tokenFor(300));
    await cachedToken(folder, ["ada", "leave:read"], tokenFor(300));
    await cachedToken(folder, ["mia", ""], tokenFor(300));
    expect(made).toBe(3);
  });
});
