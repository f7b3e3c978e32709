import { type TestDatabase, createTestDatabase } from "@hr/database/testing";
import { demoCompany } from "@hr/demo";
import {
  type TestAnswer,
  type TestCaller,
  type TestSubgraph,
  testSubgraph,
} from "@hr/service/testing";
import { ibanKey } from "./iban.ts";
import { seed } from "./seed.ts";
import { migrations, payrollSubgraph } from "./subgraph.ts";
import type { Tables } from "./tables.ts";

export const today = "2026-11-24";
export const now = new Date(`${today}T12:00:00Z`);
export const key = ibanKey(Buffer.alloc(32, 7));

export type PayrollUnderTest = TestSubgraph & {
  readonly database: TestDatabase<Tables>;
};

/** The pay of the demo company served as it runs, on the day it is dated by. */
export async function startWithDemoCompany(
  clock = () => now,
): Promise<PayrollUnderTest> {
  const database = await demoDatabase();
  const subgraph = await testSubgraph(await payrollSubgraph(database), {
    clock,
  });
  return {
    ...subgraph,
    database,
    async close() {
      await subgraph.close();
      await database.drop();
    },
  };
}

/** The pay of the demo company, as of one day, in a database of its own. */
export async function demoDatabase(day = today): Promise<TestDatabase<Tables>> {
  const database = await createTestDatabase<Tables>({ migrations });
  await seed(database, demoCompany({ today: day }), key);
  return database;
}

/** Code, coordinate and how often, of every refusal. */
export function refusals({ errors = [] }: TestAnswer) {
  return errors.map(({ extensions }) => [
    extensions["code"],
    extensions["coordinate"],
    extensions["occurrences"],
  ]);
}

/** Looks employees up by their key, as the gateway does to join. */
export function entities(typename: string, selection: string) {
  return `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on ${typename} { ${selection} } } }`;
}

export function references(typename: string, ...ids: readonly string[]) {
  return { ids: ids.map((id) => ({ __typename: typename, id })) };
}

const own = [
  "employee:read",
  "payroll:payslip:read:self",
  "payroll:compensation:read:self",
  "payroll:bank:read:self",
];
const everybodys = [
  "payroll:read",
  "payroll:payslip:read",
  "payroll:compensation:read",
];

export const ada = person("ada", own);
export const mia = person("mia", own);
/** A manager whose company lets managers see pay. */
export const miaSeesPay = person("mia", [
  ...own,
  "payroll:compensation:read:reports",
]);
export const hana = person("hana", [...own, "payroll:compensation:read"]);
export const pam = person("pam", [...own, ...everybodys, "payroll:bank:read"]);
export const amir = person("amir", [...own, ...everybodys]);
export const otto: TestCaller = {
  subject: "usr_otto",
  employeeId: null,
  scopes: ["employee:read", ...everybodys],
};
export const exporter: TestCaller = {
  subject: "payroll-export",
  clientId: "payroll-export",
  employeeId: null,
  scopes: ["employee:read", "payroll:read", "payroll:payslip:read"],
};

function person(name: string, scopes: readonly string[]): TestCaller {
  return { subject: `usr_${name}`, employeeId: `emp_${name}`, scopes };
}
