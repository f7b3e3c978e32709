import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
import { type Database, openDatabase } from "./open-database.ts";
import { withClient } from "./postgres-server.ts";
import { provision } from "./provision.ts";
import {
  type TestDatabase,
  createTestDatabase,
  testPostgres,
} from "./testing.ts";

type Tables = { note: { id: number; on_day: string; cents: number } };

let folder: string;
let database: TestDatabase<Tables>;

beforeAll(async () => {
  folder = await migrationsOf({
    "001-note.sql":
      "CREATE TABLE note (id int PRIMARY KEY, on_day date NOT NULL, cents bigint NOT NULL);",
  });
  database = await createTestDatabase<Tables>({ migrations: folder });
});

afterAll(async () => {
  await database.drop();
});

describe("one database and one role per service", () => {
  test("payroll's role reads its own database and is refused by employee's", async () => {
    const server = testPostgres();
    const employee = await provision(server, service("iso_employee"));
    const payroll = await provision(server, service("iso_payroll"));
    const one = (client: {
      query(sql: string): Promise<{ rowCount: number | null }>;
    }) => client.query("SELECT 1").then(({ rowCount }) => rowCount);
    expect(await withClient(payroll, one)).toBe(1);
    const trespass = new URL(payroll);
    trespass.pathname = "/iso_employee";
    await expect(withClient(trespass.href, one)).rejects.toThrow(
      "may not connect",
    );
    expect(await withClient(employee, one)).toBe(1);
  });

  test("the role is nobody special", async () => {
    const { rows } = await sql<Record<string, boolean>>`
      SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user
    `.execute(database.query);
    expect(rows).toEqual([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false },
    ]);
  });
});

describe("migrations", () => {
  test("are applied once by six that start together", async () => {
    const many = await migrationsOf({
      "001-a.sql": "CREATE TABLE a (id int);",
      "002-b.sql": "INSERT INTO a VALUES (1);",
    });
    const empty = await createTestDatabase<{ a: { id: number } }>({
      migrations: await migrationsOf({}),
    });
    const six = await Promise.all(
      Array.from({ length: 6 }, () =>
        open<{ a: { id: number } }>(empty.url, many),
      ),
    );
    const rows = await six[0]?.query.selectFrom("a").selectAll().execute();
    expect(rows).toEqual([{ id: 1 }]);
    await Promise.all(six.map((one) => one.close()));
    await empty.drop();
  });

  test("that fail leave nothing behind and name the file", async () => {
    const broken = await migrationsOf({
      "001-a.sql": "CREATE TABLE a (id int); SELECT nonsense;",
    });
    const empty = await createTestDatabase<{ a: { id: number } }>({
      migrations: await migrationsOf({}),
    });
    await expect(open(empty.url, broken)).rejects.toThrow("001-a.sql failed");
    await expect(
      empty.query.selectFrom("a").selectAll().execute(),
    ).rejects.toThrow('relation "a" does not exist');
    await empty.drop();
  });

  test.each([
    [
      "changed",
      { "001-note.sql": "CREATE TABLE other (id int);" },
      "was changed after it was applied",
    ],
    ["gone", {}, "its file is gone"],
    ["misnamed", { "note.sql": "SELECT 1" }, "is misnamed"],
  ])(
    "that were %s are refused with the cure",
    async (_what, files, message) => {
      await expect(
        open(database.url, await migrationsOf(files)),
      ).rejects.toThrow(message);
    },
  );
});

describe("types", () => {
  test("a date stays text and a bigint becomes a safe integer", async () => {
    await database.query
      .insertInto("note")
      .values({ id: 1, on_day: "2026-03-31", cents: 9_007_199_254_740_991 })
      .execute();
    expect(
      await database.query.selectFrom("note").selectAll().execute(),
    ).toEqual([{ id: 1, on_day: "2026-03-31", cents: 9_007_199_254_740_991 }]);
  });

  test("a bigint beyond the safe integers is an error, never another number", async () => {
    await expect(
      sql`SELECT 9007199254740993::bigint`.execute(database.query),
    ).rejects.toThrow("outside the range");
  });
});

test("the cursor key is the same for every replica", async () => {
  const replica = await open<Tables>(database.url, folder);
  expect(replica.cursorKey).toEqual(database.cursorKey);
  expect(replica.cursorKey).toHaveLength(32);
  await replica.close();
});

describe("an unusable DATABASE_URL ends with the cure and without the password", () => {
  test.each([
    [
      "nobody listens",
      (url: URL) => (url.port = "1"),
      "no PostgreSQL server answers",
    ],
    [
      "the password is wrong",
      (url: URL) => (url.password = "wr0ng-secret"),
      "refuses this user and password",
    ],
    [
      "the database is missing",
      (url: URL) => (url.pathname = "/nowhere"),
      "does not exist",
    ],
  ])("when %s", async (_what, spoil, message) => {
    const url = new URL(database.url);
    spoil(url);
    const failure = open(url.href, folder);
    await expect(failure).rejects.toThrow(`DATABASE_URL: `);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(url.password);
  });
});

function open<T>(url: string, migrations: string): Promise<Database<T>> {
  return openDatabase<T>({
    url,
    migrations,
    applicationName: "test",
    poolSize: 2,
  });
}

function service(name: string) {
  return { database: name, role: name, password: "s3cret" };
}

async function migrationsOf(
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(made, name), text);
  created.push(made);
  return made;
}

const created: string[] = [];
afterAll(() => Promise.all(created.map((one) => rm(one, { recursive: true }))));
