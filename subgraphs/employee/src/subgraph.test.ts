import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestDatabase, createTestDatabase } from "@hr/database/testing";
import { createLogger } from "@hr/service";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readEmployeeConfig } from "./config.ts";
import { startEmployee } from "./subgraph.ts";
import type { Tables } from "./tables.ts";

let database: TestDatabase<Tables>;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase<Tables>({
    migrations: fileURLToPath(new URL("../migrations", import.meta.url)),
  });
  folder = await mkdtemp(join(tmpdir(), "hr-employee-"));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const logger = createLogger("employee");
logger.level = "silent";

async function whileRunning<Result>(
  env: NodeJS.ProcessEnv,
  look: (url: string) => Promise<Result>,
): Promise<Result> {
  const config = readEmployeeConfig({
    PORT: "0",
    DATABASE_URL: database.url,
    DATA_FOLDER: folder,
    DEMO_TODAY: "2026-11-24",
    GATEWAY_JWKS_URI: "http://127.0.0.1:9/jwks.json",
    ...env,
  });
  const running = await startEmployee(config, logger);
  try {
    return await look(running.url);
  } finally {
    await running.close();
  }
}

const headcount = async () => {
  const { people } = await database.query
    .selectFrom("person")
    .select((eb) => eb.fn.countAll<number>().as("people"))
    .executeTakeFirstOrThrow();
  return people;
};

test("leaves the database empty unless it is asked to seed or in development", async () => {
  expect(await whileRunning({ NODE_ENV: "test" }, headcount)).toBe(0);
});

test("seeds once, has its database, refuses whoever has no gateway token, and keeps what is there", async () => {
  await whileRunning({ NODE_ENV: "development" }, async (url) => {
    expect(await headcount()).toBe(50);
    const ready = await fetch(`${url}/readyz`);
    expect(await ready.json()).toMatchObject({
      dependencies: { database: { status: "up" } },
    });
    const refused = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    expect(refused.status).toBe(401);
  });
  await database.query
    .updateTable("person")
    .set({ pronouns: "he/him" })
    .where("id", "=", "emp_0010")
    .execute();
  const kept = await whileRunning({ SEED: "demo" }, () =>
    database.query
      .selectFrom("person")
      .where("id", "=", "emp_0010")
      .select(["pronouns", "version"])
      .executeTakeFirst(),
  );
  expect(kept).toEqual({ pronouns: "he/him", version: 1 });
  expect(await headcount()).toBe(50);
});
