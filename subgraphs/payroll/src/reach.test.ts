import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Reach } from "@hr/database";
import type { TestDatabase } from "@hr/database/testing";
import { bankAccountRepository } from "./bank-account.repository.ts";
import { compensationRepository } from "./compensation.repository.ts";
import { demoDatabase, now } from "./demo.testing.ts";
import { payslipRepository } from "./payslip.repository.ts";
import type { Tables } from "./tables.ts";

let database: TestDatabase<Tables>;
beforeAll(async () => {
  database = await demoDatabase();
});
afterAll(() => database.drop());

const people = ["emp_mia", "emp_ada", "emp_0011", "emp_0030"];
const reaches: readonly (readonly [string, Reach, readonly string[]])[] = [
  ["everyone", { everyone: true }, people],
  [
    "Mia herself",
    { everyone: false, self: "emp_mia", reports: null },
    ["emp_mia"],
  ],
  [
    "everyone below Mia",
    { everyone: false, self: null, reports: "emp_mia" },
    ["emp_ada", "emp_0011"],
  ],
  ["nobody", { everyone: false, self: null, reports: null }, []],
];

type Of = { readonly employeeId: string };
const whose = (rows: readonly Of[]) =>
  people.filter((id) => rows.some(({ employeeId }) => employeeId === id));

/** The guard would refuse the rest as well; a repository does not rely on it. */
describe.each(reaches)("a repository that reaches %s", (_, reach, expected) => {
  const request = { first: 1, maximum: 100 };

  test("finds no other pay, through any door", async () => {
    const pay = compensationRepository(database, { reach, now });
    const ids = people.map((id) => id.replace("emp_", "com_") + "_1");
    const histories = pay.histories(request);
    const pages = await Promise.all(people.map((id) => histories.load(id)));
    const counts = await Promise.all(pages.map((one) => one.totalCount()));
    expect(whose(await pay.findMany(ids))).toEqual(expected);
    expect(whose(await pay.findInForce(people, null))).toEqual(expected);
    expect(whose(pages.flatMap(({ nodes }) => nodes))).toEqual(expected);
    expect(people.filter((_id, at) => counts[at] !== 0)).toEqual(expected);
    const recurring = await pay.findRecurring(ids);
    expect(
      people.filter((_id, at) =>
        recurring.some(({ compensationId }) => compensationId === ids[at]),
      ),
    ).toEqual(expected);
  });

  test("finds no other slip, line or year to date, through any door", async () => {
    const slips = payslipRepository(database, reach);
    const ids = people.map((id) => id.replace("emp_", "psl_eur_202610_"));
    const owned = slips.ofEmployees(2026, request);
    const pages = await Promise.all(people.map((id) => owned.load(id)));
    const run = await slips
      .ofRuns({ first: 100, maximum: 100 })
      .load("run_eur_202610");
    const list = await slips.page(
      { payRunId: "run_eur_202610" },
      { first: 100, maximum: 100 },
    );
    expect(whose(await slips.findMany(ids))).toEqual(expected);
    expect(whose(pages.flatMap(({ nodes }) => nodes))).toEqual(expected);
    expect(whose(run.nodes)).toEqual(expected);
    expect(whose(list.nodes)).toEqual(expected);
    expect(await list.totalCount()).toBe(list.nodes.length);
    for (const rows of [
      await slips.findLines(ids),
      await slips.findYearsToDate(ids),
    ])
      expect(
        people.filter((_id, at) =>
          rows.some(({ payslipId }) => payslipId === ids[at]),
        ),
      ).toEqual(expected);
  });

  test("finds no other bank account", async () => {
    const accounts = bankAccountRepository(database, reach);
    expect(whose(await accounts.findNewest(people))).toEqual(expected);
  });
});
