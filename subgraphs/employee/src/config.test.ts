import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readEmployeeConfig, readNationalIdKey } from "./config.ts";

const production = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://hr_employee@127.0.0.1/employee_db",
};
const required = { GATEWAY_JWKS_URI: "http://127.0.0.1:4000/jwks.json" };

describe("the configuration", () => {
  test("needs nothing but the gateway's keys", () => {
    expect(readEmployeeConfig(required)).toMatchObject({
      PORT: 4101,
      HOST: "127.0.0.1",
      NODE_ENV: "development",
      GATEWAY_ISSUER: "urn:hr:gateway",
    });
  });

  test("names every fault at once", () => {
    const wrong = {
      PORT: "http",
      DEMO_TODAY: "2026-02-30",
      SEED: "yes",
      NATIONAL_ID_KEY: "c2hvcnQ=",
    };
    expect(() => readEmployeeConfig(wrong)).toThrow(
      /PORT[^]*GATEWAY_JWKS_URI is missing[^]*SEED[^]*DEMO_TODAY[^]*NATIONAL_ID_KEY[^]*32 bytes/,
    );
  });
});

test("in production a database must be given", () => {
  const env = { ...required, NODE_ENV: "production" };
  expect(() => readEmployeeConfig(env)).toThrow("DATABASE_URL is missing");
  expect(readEmployeeConfig({ ...required, ...production })).toMatchObject(
    production,
  );
});

describe("the national id key", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hr-employee-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const keyOf = (env: NodeJS.ProcessEnv) =>
    readNationalIdKey(
      readEmployeeConfig({ ...required, DATA_FOLDER: folder, ...env }),
    );

  test("is generated once in development and kept", async () => {
    const [first, second] = await Promise.all([keyOf({}), keyOf({})]);
    expect(first).toEqual(second);
    expect(await keyOf({})).toEqual(first);
  });

  test("is the one of the environment where it is set", async () => {
    const secret = Buffer.alloc(32, 9);
    const NATIONAL_ID_KEY = secret.toString("base64");
    expect(await keyOf({ NATIONAL_ID_KEY })).toMatchObject({ secret });
  });

  test("must be set in production", async () => {
    await expect(keyOf({ ...production })).rejects.toThrow(
      "NATIONAL_ID_KEY is missing",
    );
    const NATIONAL_ID_KEY = Buffer.alloc(32).toString("base64");
    await expect(
      keyOf({ ...production, NATIONAL_ID_KEY }),
    ).resolves.toHaveProperty("secret");
  });
});
