import { fileURLToPath } from "node:url";
import { type TestDatabase, createTestDatabase } from "@hr/database/testing";
import { demoCompany } from "@hr/demo";
import {
  type TestCaller,
  type TestSubgraph,
  testSubgraph,
} from "@hr/service/testing";
import { seed } from "./seed.ts";
import { leaveSubgraph } from "./subgraph.ts";
import type { Tables } from "./tables.ts";

export const today = "2026-05-13";
export const now = new Date(`${today}T12:00:00Z`);

export type LeaveUnderTest = TestSubgraph & {
  readonly database: TestDatabase<Tables>;
};

/** The demo company of one Wednesday in May in a database of its own, served as it runs. */
export async function startWithDemoCompany(
  clock: () => Date = () => now,
): Promise<LeaveUnderTest> {
  const database = await demoDatabase();
  const subgraph = await testSubgraph(await leaveSubgraph(database), { clock });
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
  const database = await emptyDatabase();
  await seed(database, demoCompany({ today }), now);
  return database;
}

export function emptyDatabase(): Promise<TestDatabase<Tables>> {
  return createTestDatabase<Tables>({
    migrations: fileURLToPath(new URL("../migrations", import.meta.url)),
  });
}

const employee = [
  "employee:read",
  "leave:calendar:read",
  "leave:read:self",
  "leave:request:self",
];
const manager = [...employee, "leave:read:reports", "leave:approve:reports"];

export const ada = person("ada", employee);
export const mia = person("mia", manager);
/** Reports to Mia and manages Ravi and Elif. */
export const chiamaka = person("0009", manager);
/** Nobody above Ada. */
export const oliver = person("0024", manager);
export const ingrid = person("0001", manager);
export const hana = person("hana", [
  ...employee,
  ...["leave:read", "leave:request", "leave:approve"],
]);
export const otto: TestCaller = {
  subject: "usr_otto",
  employeeId: null,
  scopes: ["employee:read", "leave:read", "leave:calendar:read"],
};

export function person(name: string, scopes: readonly string[]) {
  return { subject: `usr_${name}`, employeeId: `emp_${name}`, scopes };
}
