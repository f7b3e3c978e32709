import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { keepSecrets, readSecrets, secretVariable } from "./secrets.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-secrets-"));
  file = join(folder, "there/.env.local");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the secrets of machine clients", () => {
  test("are made once, different, for the owner's eyes only", async () => {
    const made = await keepSecrets(file, ["A_SECRET", "B_SECRET"]);
    expect(made["A_SECRET"]).toMatch(/^development-[\w-]{32}$/);
    expect(made["B_SECRET"]).not.toBe(made["A_SECRET"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await keepSecrets(file, ["A_SECRET", "B_SECRET"])).toEqual(made);
  });

  test("are added to what a person wrote, which stays", async () => {
    file = join(folder, ".env.local");
    await writeFile(file, "# mine\nA_SECRET=own\nOTHER=1");
    const kept = await keepSecrets(file, ["A_SECRET", "B_SECRET"]);
    expect(kept).toMatchObject({ A_SECRET: "own", OTHER: "1" });
    expect(await readFile(file, "utf8")).toBe(
      `# mine\nA_SECRET=own\nOTHER=1\nB_SECRET=${kept["B_SECRET"]}\n`,
    );
  });

  test("are none where there is no file", async () => {
    expect(await readSecrets(file)).toEqual({});
  });

  test("have a variable named after the client", () => {
    expect(secretVariable("payroll-export")).toBe("PAYROLL_EXPORT_SECRET");
  });
});
