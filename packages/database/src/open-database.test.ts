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

  test("the password is kept in step", async () => {
    const server = testPostgres();
    const old = await provision(server, service("iso_payroll"));
    const now = await provision(server, {
      ...service("iso_payroll"),
      password: "n:w@/%ä",
    });
    const nothing = () => Promise.resolve();
    await expect(withClient(old, nothing)).rejects.toThrow("refuses this user");
    await expect(withClient(now, nothing)).resolves.toBeUndefined();
  });

  test("six that provision at once make one", async () => {
    const server = testPostgres();
    const urls = await Promise.all(
      Array.from({ length: 6 }, () => provision(server, service("iso_six"))),
    );
    expect(new Set(urls).size).toBe(1);
  });

  test("an administrator need not be a superuser, but may not be just anybody", async () => {
    const server = testPostgres();
    await withClient(server.url, (client) =>
      client.query(
        `CREATE ROLE iso_admin LOGIN CREATEDB CREATEROLE PASSWORD 'a';
         CREATE ROLE iso_anybody LOGIN PASSWORD 'a'`,
      ),
    );
    const as = (role: string) => {
      const url = new URL(server.url);
      url.username = role;
      url.password = "a";
      return { ...server, url: url.href };
    };
    await provision(as("iso_admin"), service("iso_leave"));
    await provision(as("iso_admin"), service("iso_leave"));
    await expect(
      provision(as("iso_anybody"), service("iso_other")),
    ).rejects.toThrow("may not create roles and databases");
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

  test("that fail leave nothing behind and name the file, the line and the fault", async () => {
    const broken = await migrationsOf({
      "001-a.sql": "CREATE TABLE a (id int);\nSELECT nonsense;",
    });
    const empty = await createTestDatabase<{ a: { id: number } }>({
      migrations: await migrationsOf({}),
    });
    await expect(open(empty.url, broken)).rejects.toThrow(
      '001-a.sql failed at line 2 (42703: column "nonsense" does not exist)',
    );
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

test("a migration that fails on a row does not quote it", async () => {
  const broken = await migrationsOf({
    "001-note.sql": "",
    "002-cast.sql": "SELECT name::int FROM (VALUES ('Ada')) AS t (name);",
  });
  const empty = await createTestDatabase({
    migrations: await migrationsOf({ "001-note.sql": "" }),
  });
  const failure = open(empty.url, broken);
  await expect(failure).rejects.toThrow("002-cast.sql failed (22P02) and left");
  await expect(failure).rejects.not.toThrow("Ada");
  await empty.drop();
});

describe("a transaction", () => {
  const failing = (code: string, times: number) => {
    let calls = 0;
    const run = database.transaction(async (transaction) => {
      calls += 1;
      if (calls <= times)
        await sql`DO ${sql.raw(`$$ BEGIN RAISE EXCEPTION USING errcode = '${code}'; END $$`)}`.execute(
          transaction,
        );
      return "done";
    });
    return run.then(
      (result) => [calls, result],
      (error: { code: string }) => [calls, error.code],
    );
  };

  test.each([
    ["40001", 1, [2, "done"]],
    ["40P01", 1, [2, "done"]],
    ["40001", 2, [2, "40001"]],
    ["23505", 1, [1, "23505"]],
  ] as const)(
    "that meets %s %i times is run again at most once, and only where that can help",
    async (code, times, outcome) => {
      expect(await failing(code, times)).toEqual(outcome);
    },
  );

  test("that throws leaves nothing behind", async () => {
    const run = database.transaction(async (transaction) => {
      await transaction
        .insertInto("note")
        .values({ id: 9, on_day: "2026-01-01", cents: 1 })
        .execute();
      throw new Error("changed my mind");
    });
    await expect(run).rejects.toThrow("changed my mind");
    const rows = database.query.selectFrom("note").where("id", "=", 9);
    expect(await rows.select("id").execute()).toEqual([]);
  });
});

describe("types", () => {
  test("arrays are read like what is in them, and a timestamp without zone stays text", async () => {
    const { rows } = await sql`
      SELECT ARRAY[date '2026-03-31', NULL] AS days, ARRAY[[7::bigint], [8]] AS cents,
             timestamp '2026-03-31 10:00' AS local, 1.50::numeric AS amount,
             timestamptz '2026-03-31 10:00+02' AS instant
    `.execute(database.query);
    expect(rows).toEqual([
      {
        days: ["2026-03-31", null],
        cents: [[7], [8]],
        local: "2026-03-31 10:00:00",
        amount: "1.50",
        instant: new Date("2026-03-31T08:00:00Z"),
      },
    ]);
  });

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
    const said = await open(url.href, folder).then(String, String);
    expect(said).toMatch(/^DatabaseError: DATABASE_URL: /);
    expect(said).toContain(message);
    expect(said).not.toContain(url.password);
    expect(said).not.toContain("127.0.0.1");
  });

  test.each(["not a url", "http://ada:s3cret@127.0.0.1/hr"])(
    "when it is %s",
    async (url) => {
      const failure = open(url, folder);
      await expect(failure).rejects.toThrow("no address of a PostgreSQL");
      await expect(failure).rejects.not.toThrow("s3cret");
    },
  );
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
