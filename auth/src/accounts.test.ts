import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { TestDatabase } from "@hr/database/testing";
import { type Kysely, sql } from "kysely";
import { type Accounts, openAccounts } from "./accounts.ts";
import { seedPersonas } from "./personas.ts";
import type { AuthTables } from "./tables.ts";
import { openTestDatabase } from "./testing.ts";

let opened: TestDatabase<AuthTables>;
let database: Kysely<AuthTables>;
let accounts: Accounts;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.query;
  await seedPersonas(database);
  accounts = await openAccounts(database);
});
afterAll(() => opened.drop());

const ada = { signIn: "ada.employee@demo", password: "demo", address: "::1" };

test("signs a person in, whatever the case and spaces around the name", async () => {
  const outcome = await accounts.signIn({
    ...ada,
    signIn: " Ada.Employee@Demo ",
  });
  expect(outcome).toEqual({
    kind: "signed-in",
    account: {
      id: "usr_ada",
      signIn: "ada.employee@demo",
      displayName: "Ada Kern",
      role: "employee",
      employeeId: "emp_ada",
    },
  });
});

test("lets six of twenty parallel guesses through, and locks the rest out", async () => {
  const guesses = Array.from({ length: 20 }, (_, i) =>
    accounts.signIn({
      ...ada,
      signIn: "mia.manager@demo",
      password: `guess ${i}`,
      address: `10.0.0.${i}`,
    }),
  );
  const kinds = (await Promise.all(guesses)).map(({ kind }) => kind).sort();
  expect(kinds).toEqual([
    ...Array.from({ length: 14 }, () => "locked"),
    ...Array.from({ length: 6 }, () => "refused"),
  ]);
});

test("locks longer with each failure, up to fifteen minutes", async () => {
  const guess = { ...ada, signIn: "hana.hr@demo", password: "wrong" };
  const locks: number[] = [];
  for (let failure = 1; failure <= 16; failure++) {
    await accounts.signIn({ ...guess, address: `10.1.0.${failure}` });
    if (failure <= 5) continue;
    const locked = await accounts.signIn(guess);
    locks.push(locked.kind === "locked" ? locked.seconds : 0);
    await database
      .updateTable("sign_in_attempt")
      .set({ locked_until: sql<Date>`now()` })
      .execute();
  }
  expect(locks).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

test("forgets failures an hour old", async () => {
  const guess = { ...ada, signIn: "pam.payroll@demo", password: "wrong" };
  for (let failure = 1; failure <= 6; failure++) await accounts.signIn(guess);
  expect((await accounts.signIn(guess)).kind).toBe("locked");
  await database
    .updateTable("sign_in_attempt")
    .set({
      counted_since: sql<Date>`now() - interval '61 minutes'`,
      locked_until: sql<Date>`now()`,
    })
    .execute();
  const outcomes: string[] = [];
  for (let failure = 1; failure <= 6; failure++)
    outcomes.push((await accounts.signIn(guess)).kind);
  expect(outcomes).toEqual(Array.from({ length: 6 }, () => "refused"));
});

test("locks an address after fifty free failures over any names, and no account by it", async () => {
  const address = "192.0.2.1";
  for (let failure = 1; failure <= 51; failure++)
    await accounts.signIn({
      signIn: `nobody${failure}@demo`,
      password: "x",
      address,
    });
  const from = await accounts.signIn({ ...ada, address });
  const elsewhere = await accounts.signIn({ ...ada, address: "192.0.2.2" });
  expect([from.kind, elsewhere.kind]).toEqual(["locked", "signed-in"]);
});

test("counts a whole network of IPv6 as one address, and an IPv4 address written as IPv6 as itself", async () => {
  for (let failure = 1; failure <= 51; failure++)
    await accounts.signIn({
      signIn: `nobody${failure}@demo`,
      password: "x",
      address: `2001:db8:1:2::${failure.toString(16)}`,
    });
  const from = (address: string) => accounts.signIn({ ...ada, address });
  const kinds = [
    await from("2001:db8:1:2:3:4:5:6"),
    await from("2001:DB8:1:2::ffff"),
    await from("2001:db8:1:3::1"),
    await from("::ffff:192.0.2.9"),
    await from("192.0.2.9"),
  ].map(({ kind }) => kind);
  const ok = "signed-in";
  expect(kinds).toEqual(["locked", "locked", ok, ok, ok]);
});

test("success costs the address nothing", async () => {
  const address = "192.0.2.3";
  for (let time = 1; time <= 55; time++) {
    const { kind } = await accounts.signIn({ ...ada, address });
    expect(kind).toBe("signed-in");
  }
});

test("passwords are kept as argon2id of the agreed cost", async () => {
  const rows = await database
    .selectFrom("account")
    .select("password_hash")
    .execute();
  for (const { password_hash } of rows)
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
