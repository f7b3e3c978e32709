import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@hr/service";
import { readAuthConfig, secretNames } from "./config.ts";
import { startAuth } from "./index.ts";
import { refuseInProduction } from "./production.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "auth-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("in development", () => {
  test("missing secrets are made once and kept for the owner alone", () => {
    const first = readAuthConfig({ DATA_FOLDER: folder });
    const second = readAuthConfig({ DATA_FOLDER: folder });
    const file = join(folder, "secrets.json");
    expect(second).toEqual(first);
    expect(new Set(Object.values(first.secrets)).size).toBe(secretNames.length);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(first.secrets);
  });

  test("a secret from the environment wins, and is not written down", () => {
    const config = readAuthConfig({
      DATA_FOLDER: folder,
      PAYROLL_EXPORT_SECRET: "given",
    });
    const kept = readFileSync(join(folder, "secrets.json"), "utf8");
    expect(config.secrets.PAYROLL_EXPORT_SECRET).toBe("given");
    expect(kept).not.toContain("PAYROLL_EXPORT_SECRET");
  });

  test("the standard addresses hold", () => {
    const config = readAuthConfig({ DATA_FOLDER: folder });
    expect(config).toEqual({
      dataFolder: folder,
      port: 4001,
      host: "127.0.0.1",
      keyRotationDays: 90,
      passkeyRoles: new Set(),
      production: false,
      databaseUrl: undefined,
      issuer: undefined,
      apiAudience: "http://localhost:4000/graphql",
      gatewayOrigin: "http://localhost:4000",
      appOrigin: "http://localhost:5173",
      partnerOrigin: "http://localhost:5174",
      secrets: config.secrets,
    });
  });
});

describe("roles that need a passkey", () => {
  test("are given with spaces between them", () => {
    const config = readAuthConfig({
      DATA_FOLDER: folder,
      PASSKEY_REQUIRED_ROLES: " payroll-officer  auditor ",
    });
    expect(config.passkeyRoles).toEqual(
      new Set(["payroll-officer", "auditor"]),
    );
  });

  test("are refused if there is no such role", () => {
    const env = { DATA_FOLDER: folder, PASSKEY_REQUIRED_ROLES: "auditor boss" };
    expect(() => readAuthConfig(env)).toThrow(
      /PASSKEY_REQUIRED_ROLES is malformed: give roles with spaces between them, out of employee, manager, /,
    );
  });
});

describe("in production", () => {
  const good = {
    NODE_ENV: "production",
    ISSUER: "https://auth.hr.example",
    API_AUDIENCE: "https://api.hr.example/graphql",
    GATEWAY_ORIGIN: "https://api.hr.example",
    APP_ORIGIN: "https://hr.example",
    COOKIE_KEYS: `${"a".repeat(32)},${"b".repeat(32)}`,
    DPOP_NONCE_SECRET: "c".repeat(32),
    KEY_ENCRYPTION_KEY: "d".repeat(32),
    PAYROLL_EXPORT_SECRET: "e".repeat(32),
    DIRECTORY_SYNC_SECRET: "f".repeat(32),
  };
  const start = (env: NodeJS.ProcessEnv, personas: readonly string[] = []) =>
    refuseInProduction(
      readAuthConfig({ ...env, DATA_FOLDER: folder }),
      new Set(personas),
    );

  test("a whole environment and a database without personas are taken", () => {
    expect(() => start(good)).not.toThrow();
  });

  test("a client whose secret is optional is refused only where it is given badly", () => {
    const given = { ...good, PARTNER_PORTAL_SECRET: "demo" };
    expect(() => start(given)).toThrow(`Production is refused.
  PARTNER_PORTAL_ORIGIN must be set to an https URL
  PARTNER_PORTAL_SECRET is shorter than 32 characters: make one with: openssl rand -base64 32`);
    expect(() =>
      start({
        ...given,
        PARTNER_PORTAL_SECRET: "g".repeat(32),
        PARTNER_PORTAL_ORIGIN: "https://partner.example",
      }),
    ).not.toThrow();
  });

  test("an empty environment and a demo database are refused with all faults at once", () => {
    expect(() => start({ NODE_ENV: "production" }, ["usr_ada"])).toThrow(
      `Production is refused.
  ISSUER must be set to an https URL
  API_AUDIENCE must be set to an https URL
  GATEWAY_ORIGIN must be set to an https URL
  APP_ORIGIN must be set to an https URL
  COOKIE_KEYS is missing: make one with: openssl rand -base64 32
  DPOP_NONCE_SECRET is missing: make one with: openssl rand -base64 32
  KEY_ENCRYPTION_KEY is missing: make one with: openssl rand -base64 32
  PAYROLL_EXPORT_SECRET is missing: make one with: openssl rand -base64 32
  DIRECTORY_SYNC_SECRET is missing: make one with: openssl rand -base64 32
  DATABASE_URL names a database with demo accounts (usr_ada): use one that was never started in development`,
    );
  });

  test("no database of its own is started where none is given", async () => {
    const config = readAuthConfig({ ...good, DATA_FOLDER: folder });
    const logger = createLogger("auth", { write: () => undefined });
    await expect(startAuth({ ...config, port: 0 }, logger)).rejects.toThrow(
      "Production is refused.\n  DATABASE_URL is missing: give a URL",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ["ISSUER", "http://auth.hr.example", "must be set to an https URL"],
    ["COOKIE_KEYS", `${"a".repeat(32)},short`, "is shorter than 32 characters"],
    [
      "KEY_ENCRYPTION_KEY",
      `development-${"d".repeat(32)}`,
      "was made for development",
    ],
    ["PAYROLL_EXPORT_SECRET", "demo", "is shorter than 32 characters"],
  ])("%s=%s is refused", (name, value, fault) => {
    expect(() => start({ ...good, [name]: value })).toThrow(`${name} ${fault}`);
  });
});

test("malformed variables are refused together, each with its cure", () => {
  const read = () =>
    readAuthConfig({
      DATA_FOLDER: folder,
      PORT: "x",
      ISSUER: "auth",
      API_AUDIENCE: "https://a/#b",
    });
  expect(read).toThrow(
    /PORT is malformed[^]*ISSUER is malformed[^]*API_AUDIENCE is malformed/,
  );
});
