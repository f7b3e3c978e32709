import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readIbanKey, readPayrollConfig } from "./config.ts";

const needed = { GATEWAY_JWKS_URI: "http://127.0.0.1:4000/jwks.json" };

test("has the standard port, host and issuer, and development as its mode", () => {
  expect(readPayrollConfig(needed)).toMatchObject({
    PORT: 4102,
    HOST: "127.0.0.1",
    NODE_ENV: "development",
    GATEWAY_ISSUER: "urn:hr:gateway",
  });
});

test("names every missing or malformed variable at once, and its cure", () => {
  const env = { PORT: "x", BANK_ACCOUNT_KEY: "short", DEMO_TODAY: "today" };
  expect(() => readPayrollConfig(env)).toThrow(
    /PORT is malformed[^]*GATEWAY_JWKS_URI is missing[^]*DEMO_TODAY is malformed[^]*BANK_ACCOUNT_KEY is malformed/,
  );
});

test("generates the key once in development, for its owner's eyes, and keeps it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hr-payroll-"));
  const config = readPayrollConfig({ ...needed, DATA_FOLDER: folder });
  const key = await readIbanKey(config);
  expect(await readIbanKey(config)).toEqual(key);
  const path = join(folder, "bank-account-key");
  expect(Buffer.from(await readFile(path, "utf8"), "base64")).toEqual(
    key.secret,
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("takes the given key, and in production never makes one up", async () => {
  const given = Buffer.alloc(32, 9).toString("base64");
  const production = {
    ...needed,
    NODE_ENV: "production",
    DATABASE_URL: "postgres://hr_payroll@127.0.0.1/payroll_db",
  };
  const config = { ...production, BANK_ACCOUNT_KEY: given };
  const { secret } = await readIbanKey(readPayrollConfig(config));
  expect(secret).toEqual(Buffer.alloc(32, 9));
  await expect(readIbanKey(readPayrollConfig(production))).rejects.toThrow(
    /BANK_ACCOUNT_KEY is missing/,
  );
});
