import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openTestDatabase } from "@hr/auth/testing";
import { leaveDatabaseUrl } from "./database-url.ts";
import { runHr } from "./testing.ts";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let data: string;
beforeAll(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "hr-user-"));
});
afterAll(async () => {
  await database.drop();
  await rm(data, { recursive: true, force: true });
});

const password = "a long way to Tipperary";
const nora = "nora@hr.example";
const asManager = ["--name", "Nora Lee", "--role", "manager"];

function user(args: readonly string[], input = "") {
  const AUTH_DATABASE_URL = database.url;
  return runHr(["user", ...args], { HR_DATA: data, AUTH_DATABASE_URL }, input);
}

function done(stdout: string) {
  return { code: 0, stdout, stderr: "" };
}

describe("hr user add", () => {
  test("takes a password from standard input and does not repeat it", async () => {
    const args = ["add", nora, ...asManager, "--employee-id", "emp_nora"];
    const { code, stdout, stderr } = await user(
      [...args, "--password-stdin"],
      `${password}\n`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Added nora@hr\.example as manager \(usr_\S+\)\.\n$/,
    );
  });

  test("makes a password and shows it once", async () => {
    const args = ["add", "quentin@office.example", ...asManager, "--generate"];
    const { stdout } = await user(args);
    expect(stdout).toMatch(/\nPassword, shown this once: (\w{5}-?){4}\n$/);
  });

  test("exits 1 with all that is wrong, and names nothing that is secret", async () => {
    const args = ["add", "a b", ...asManager, "--password-stdin"];
    expect(await user(args, "short")).toEqual({
      code: 1,
      stdout: "",
      stderr: `The account is refused.
  a name to sign in with has 1 to 254 characters and no spaces
  a password has at least 12 characters
`,
    });
  });

  test.each([
    [[...asManager], "give either --password-stdin or --generate"],
    [
      [...asManager, "--generate", "--password-stdin"],
      "give either --password-stdin or --generate",
    ],
    [["--name", "Nora", "--generate"], "option '--role <role>' not specified"],
    [
      ["--name", "Nora", "--role", "manger", "--generate"],
      "Did you mean manager?",
    ],
    [[...asManager, "--password", "x"], "unknown option '--password'"],
  ])("exits 2 for %j", async (options, message) => {
    const { code, stdout, stderr } = await user(["add", nora, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("hr user", () => {
  test("disables and enables, and lists whom", async () => {
    expect(await user(["disable", "Nora@hr.example"])).toEqual(
      done(
        `${nora} is disabled; all sessions, grants and tokens have ended.\n`,
      ),
    );
    const { stdout } = await user(["list"]);
    const cells = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(cells[0]).toEqual([
      ...["sign-in", "name", "role", "employee", "state", "id"],
    ]);
    expect(cells[1]?.slice(0, 5)).toEqual([
      ...[nora, "Nora Lee", "manager", "emp_nora", "disabled"],
    ]);
    expect(await user(["enable", nora])).toEqual(done(`${nora} is enabled.\n`));
    const listed = JSON.parse((await user(["list", "--json"])).stdout) as [];
    expect(listed).toContainEqual(
      expect.objectContaining({ signIn: nora, disabled: false }),
    );
  });

  test("gives another role, another password, and ends sessions", async () => {
    expect(await user(["role", nora, "auditor"])).toEqual(
      done(`${nora} has the role auditor from the next token on.\n`),
    );
    expect(
      await user(["password", nora, "--password-stdin"], password),
    ).toEqual(
      done(
        `${nora} has another password; all sessions, grants and tokens have ended.\n`,
      ),
    );
    expect(await user(["end-sessions", nora])).toEqual(
      done(
        `${nora} is signed out everywhere; all grants and tokens have ended.\n`,
      ),
    );
    expect(await user(["remove-passkeys", nora])).toEqual(
      done(
        `${nora} has no passkeys any more; all sessions, grants and tokens have ended.\n`,
      ),
    );
  });

  test.each([["disable"], ["password", "--generate"]])(
    "exits 1 when nobody has the name: %s",
    async (verb, ...more) => {
      expect(await user([verb, "norah@hr.example", ...more])).toEqual({
        code: 1,
        stdout: "",
        stderr: `Nobody signs in as norah@hr.example. Did you mean ${nora}?\n`,
      });
    },
  );

  test("exits 2 when there is no such role", async () => {
    const { code, stderr } = await user(["role", nora, "auditer"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean auditor?");
  });
});

describe("the database", () => {
  const list = ["user", "list"];

  test("is that of a start running on the folder, where passwords may be short", async () => {
    await leaveDatabaseUrl(data, database.url);
    const of = { HR_DATA: data };
    expect((await runHr(list, of)).stdout).toContain(nora);
    const args = ["user", "add", "kim@demo", ...asManager, "--password-stdin"];
    expect(await runHr(args, of, "demo!")).toMatchObject({ code: 0 });
  });

  test("is asked for where there is none", async () => {
    const { code, stderr } = await runHr(list, { HR_DATA: join(data, "none") });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^No auth database is known: run npm start .* or set AUTH_DATABASE_URL /,
    );
  });

  test("is told by its variable when it does not answer, without its password", async () => {
    const AUTH_DATABASE_URL = "postgres://hr:secret@127.0.0.1:1/auth_db";
    const { code, stderr } = await runHr(list, { AUTH_DATABASE_URL });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^AUTH_DATABASE_URL: no PostgreSQL server answers/);
    expect(stderr).not.toContain("secret");
  });
});
