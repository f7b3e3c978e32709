import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { TestCaller } from "@hr/service/testing";
import {
  type PayrollUnderTest,
  ada,
  amir,
  entities,
  exporter,
  hana,
  mia,
  miaSeesPay,
  otto,
  pam,
  references,
  refusals,
  startWithDemoCompany,
} from "./demo.testing.ts";

let payroll: PayrollUnderTest;
beforeAll(async () => {
  payroll = await startWithDemoCompany();
});
afterAll(() => payroll.close());

const slips = {
  ada: "psl_eur_202610_ada",
  mia: "psl_eur_202610_mia",
  indirect: "psl_eur_202610_0011",
  stranger: "psl_eur_202610_0030",
  leaver: "psl_eur_202609_0037",
  adasDraft: "psl_eur_202611_ada",
  strangersDraft: "psl_eur_202611_0030",
  unknown: "psl_nowhere",
};
const names = Object.keys(slips) as (keyof typeof slips)[];

async function byId(id: string, as: TestCaller) {
  const query = "query ($id: ID!) { payslip(id: $id) { id employee { id } } }";
  const answer = await payroll.ask(query, as, { id });
  return { slip: answer.data?.["payslip"], refused: refusals(answer) };
}

async function byReference(id: string, as: TestCaller) {
  const query = entities("Payslip", "id employee { id }");
  const answer = await payroll.ask(query, as, references("Payslip", id));
  const [slip] = answer.data?.["_entities"] as readonly unknown[];
  return { slip, refused: refusals(answer) };
}

/** Which of the slips a caller can open, through one door. */
async function opened(door: typeof byId, as: TestCaller) {
  const found = await Promise.all(
    names.map(async (name) =>
      (await door(slips[name], as)).slip ? [name] : [],
    ),
  );
  return found.flat();
}

const finalisedOnes = ["ada", "mia", "indirect", "stranger", "leaver"];
const all = [...finalisedOnes, "adasDraft", "strangersDraft"];

describe.each([
  ["Query.payslip", byId],
  ["_entities", byReference],
])("%s opens", (_, door) => {
  test.each([
    ["ada: her own finalised one", ada, ["ada"]],
    ["mia: her own, no report's", mia, ["mia"]],
    ["mia, granted her reports' pay: still no report's", miaSeesPay, ["mia"]],
    ["hana, who sees all pay: no slip but her own", hana, []],
    ["pam: all, drafts included", pam, all],
    ["amir: all, drafts included", amir, all],
    ["otto, without an employee: all", otto, all],
    ["the export: all", exporter, all],
  ])("%s", async (_who, as, expected) => {
    expect(await opened(door, as)).toEqual(expected);
  });

  test("a slip out of reach as one that does not exist: null, without an error", async () => {
    for (const id of [slips.stranger, slips.adasDraft, slips.unknown, "x"])
      expect(await door(id, ada)).toEqual({ slip: null, refused: [] });
  });

  test("nothing to a token with neither payslip scope, and says which it lacks", async () => {
    const { slip, refused } = await door(slips.ada, {
      ...ada,
      scopes: ["employee:read", "payroll:read"],
    });
    expect(slip).toBeNull();
    expect(refused).toEqual([
      ["UNAUTHORIZED_FIELD_OR_TYPE", expect.any(String), 1],
    ]);
  });

  test("nothing to a self-service token without an employee", async () => {
    expect(await opened(door, { ...ada, employeeId: null })).toEqual([]);
  });
});

test("a forged representation is judged by the row it loads, not by what it says", async () => {
  const forged = {
    __typename: "Payslip",
    id: slips.stranger,
    employeeId: "emp_ada",
    employee: { id: "emp_ada" },
  };
  const query = entities("Payslip", "id net { decimal }");
  const as = (caller: TestCaller) =>
    payroll.ask(query, caller, { ids: [forged] });
  expect((await as(ada)).data).toEqual({ _entities: [null] });
  expect((await as(pam)).data).toEqual({
    _entities: [{ id: slips.stranger, net: { decimal: "5794.78" } }],
  });
});

describe("lists", () => {
  const list =
    "query ($filter: PayslipFilter!) { payslips(filter: $filter) { totalCount } }";
  const filter = { employeeId: "emp_ada" };

  test("of everybody's slips are closed to who sees only their own", async () => {
    for (const as of [ada, mia, hana]) {
      const answer = await payroll.ask(list, as, { filter });
      expect(answer.data).toEqual({ payslips: null });
      expect(refusals(answer)).toEqual([
        ["UNAUTHORIZED_FIELD_OR_TYPE", "Query.payslips", 1],
      ]);
    }
    const { data } = await payroll.ask(list, exporter, { filter });
    expect(data).toEqual({ payslips: { totalCount: 26 } });
  });

  test("of one's own leave drafts out before paging and counting", async () => {
    const query = entities(
      "Employee",
      "payslips(first: 2) { totalCount nodes { id status } pageInfo { hasNextPage } }",
    );
    const seen = async (as: TestCaller) => {
      const id = references("Employee", "emp_ada");
      const { data } = await payroll.ask(query, as, id);
      return data?.["_entities"];
    };
    const bonus = { id: "psl_eur_bonus_ada", status: "FINALISED" };
    const open = { id: slips.adasDraft, status: "DRAFT" };
    const paid = { id: slips.ada, status: "PAID" };
    const pageInfo = { hasNextPage: true };
    expect(await seen(ada)).toEqual([
      { payslips: { totalCount: 25, nodes: [bonus, paid], pageInfo } },
    ]);
    expect(await seen(pam)).toEqual([
      { payslips: { totalCount: 26, nodes: [open, bonus], pageInfo } },
    ]);
  });

  test("of a run's slips and the run itself need their own scopes", async () => {
    const query = `{ payRun(id: "run_eur_202611") { number payslips { totalCount } } }`;
    const onlyRuns = { ...exporter, scopes: ["payroll:read"] };
    const run = await payroll.ask(query, onlyRuns);
    expect(run.data).toEqual({
      payRun: { number: "EUR-202611", payslips: null },
    });
    expect(refusals(run)).toEqual([
      ["UNAUTHORIZED_FIELD_OR_TYPE", "PayRun.payslips", 1],
    ]);
    expect((await payroll.ask(query, exporter)).errors).toBeUndefined();
    for (const as of [ada, hana])
      expect((await payroll.ask(query, as)).data).toEqual({ payRun: null });
  });

  test("one's own slip hides the run behind it from who may not read runs", async () => {
    const query = `{ payslip(id: "${slips.ada}") { number payRun { number } } }`;
    const own = await payroll.ask(query, ada);
    expect(own.data).toEqual({
      payslip: { number: "EUR-202610/E-00005", payRun: null },
    });
    expect(refusals(own)).toEqual([
      ["UNAUTHORIZED_FIELD_OR_TYPE", "Payslip.payRun", 1],
    ]);
    expect((await payroll.ask(query, pam)).data).toEqual({
      payslip: {
        number: "EUR-202610/E-00005",
        payRun: { number: "EUR-202610" },
      },
    });
  });
});
