import { fileURLToPath } from "node:url";
import { type TestDatabase, createTestDatabase } from "@hr/database/testing";
import { demoCompany } from "@hr/demo";
import {
  type TestCaller,
  type TestSubgraph,
  testSubgraph,
} from "@hr/service/testing";
import { nationalIdKey } from "./national-id.ts";
import { bringUpToDate } from "./reporting.repository.ts";
import { seed } from "./seed.ts";
import { employeeSubgraph } from "./subgraph.ts";
import type { Tables } from "./tables.ts";

export const today = "2026-11-24";
export const now = new Date(`${today}T12:00:00Z`);
export const key = nationalIdKey(Buffer.alloc(32, 7));

export type EmployeeUnderTest = TestSubgraph & {
  readonly database: TestDatabase<Tables>;
};

/** The demo company of one day in a database of its own, served as it runs. */
export async function startWithDemoCompany(): Promise<EmployeeUnderTest> {
  const database = await demoDatabase();
  const subgraph = await testSubgraph(await employeeSubgraph(database, key), {
    clock: () => now,
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

export async function demoDatabase(): Promise<TestDatabase<Tables>> {
  const database = await createTestDatabase<Tables>({
    migrations: fileURLToPath(new URL("../migrations", import.meta.url)),
  });
  await seed(database, demoCompany({ today }), { key, now });
  await bringUpToDate(database, now);
  return database;
}

const everybody = [
  "employee:read",
  "employee:read:self",
  "employee:job:read:self",
  "employee:pii:read:self",
];

export const ada = person("ada", everybody);
export const mia = person("mia", [...everybody, "employee:job:read:reports"]);
export const hana = person("hana", [
  ...everybody,
  "employee:job:read",
  "employee:pii:read",
]);
export const amir = person("amir", [...everybody, "employee:job:read"]);
export const pam = person("pam", [...hana.scopes, "employee:nationalid:read"]);
/** A third party's application that may see its user's own card and no more. */
export const selfServiceApp = person("ada", ["employee:read:self"]);
export const exporter: TestCaller & { readonly employeeId: null } = {
  subject: "payroll-export",
  clientId: "payroll-export",
  employeeId: null,
  scopes: ["employee:read"],
};

function person(name: string, scopes: readonly string[]) {
  return { subject: `usr_${name}`, employeeId: `emp_${name}`, scopes };
}
