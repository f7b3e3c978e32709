import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, openServiceDatabase } from "@hr/database";
import { demoCompany, demoToday } from "@hr/demo";
import {
  type Criteria,
  DateScalar,
  DateTimeScalar,
  type Logger,
  type Running,
  type SubgraphOptions,
  clockOf,
  placeOf,
  startSubgraph,
  wantsDemo,
} from "@hr/service";
import type { BankAccount } from "./bank-account.ts";
import { bankAccountResolvers } from "./bank-account.resolvers.ts";
import type { Compensation } from "./compensation.ts";
import { compensationResolvers } from "./compensation.resolvers.ts";
import { type PayrollConfig, readIbanKey } from "./config.ts";
import { type Own, payrollContext } from "./context.ts";
import { moneyResolvers } from "./money.resolvers.ts";
import { payRunResolvers } from "./pay-run.resolvers.ts";
import type { Payslip } from "./payslip.ts";
import { payslipResolvers } from "./payslip.resolvers.ts";
import { findReports } from "./reporting.repository.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";

export const migrations = fileURLToPath(
  new URL("../migrations", import.meta.url),
);

/** The payroll subgraph over an open, migrated database. */
export async function payrollSubgraph(
  database: Database<Tables>,
): Promise<SubgraphOptions<Own>> {
  const [schema, policy] = await Promise.all([
    readFile(new URL("../schema.graphql", import.meta.url), "utf8"),
    readFile(new URL("../policy.json", import.meta.url), "utf8"),
  ]);
  return {
    name: "payroll",
    schema,
    policy: JSON.parse(policy) as SubgraphOptions<Own>["policy"],
    resolvers,
    subjects: {
      "Query.payslip": { kind: "narrowed", by: "payslipRepository" },
      Employee: { kind: "of", id: ({ id }: { readonly id: string }) => id },
      Compensation: {
        kind: "of",
        id: ({ employeeId }: Compensation) => employeeId,
      },
      Payslip: { kind: "of", id: ({ employeeId }: Payslip) => employeeId },
      BankAccount: {
        kind: "of",
        id: ({ employeeId }: BankAccount) => employeeId,
      },
    },
    criteria,
    reports: (manager, candidates) =>
      findReports(database.query, manager, candidates),
    context: (caller) => payrollContext(database, caller),
    dependencies: { database: () => database.ping() },
  };
}

/** Opens and migrates the database, seeds it in development or with SEED=demo, and serves. */
export async function startPayroll(
  config: PayrollConfig,
  logger: Logger,
): Promise<Running> {
  const key = await readIbanKey(config);
  const database = await openServiceDatabase<Tables>({
    service: "payroll",
    url: config.DATABASE_URL,
    dataFolder: join(config.DATA_FOLDER, "postgres"),
    migrations,
  });
  try {
    if (wantsDemo(config))
      await seed(database, demoCompany({ today: demoToday(config) }), key);
    return await startSubgraph(await payrollSubgraph(database), {
      ...placeOf(config),
      logger,
      clock: clockOf(config),
      onClose: () => database.close(),
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

const resolvers = {
  Date: DateScalar,
  DateTime: DateTimeScalar,
  ...moneyResolvers,
  ...compensationResolvers,
  ...bankAccountResolvers,
  ...payRunResolvers,
  ...payslipResolvers,
  Query: { ...payRunResolvers.Query, ...payslipResolvers.Query },
  Employee: {
    ...compensationResolvers.Employee,
    ...bankAccountResolvers.Employee,
    ...payslipResolvers.Employee,
  },
};

const criteria: Criteria = {
  "PayRunFilter.payGroupId": "PayRun.payGroup",
  "PayRunFilter.status": "PayRun.status",
  "PayRunFilter.kind": "PayRun.kind",
  "PayRunFilter.payDateFrom": "PayRun.payDate",
  "PayRunFilter.payDateTo": "PayRun.payDate",
  PayRunStatus: null,
  PayRunKind: null,
  "PayRun.issues(severity:)": "PayRunIssue.severity",
  IssueSeverity: null,
  "PayslipFilter.payRunId": "Payslip.payRun",
  "PayslipFilter.payDateFrom": "Payslip.payDate",
  "PayslipFilter.payDateTo": "Payslip.payDate",
  "PayslipFilter.employeeId": "Payslip.employee",
  "PayslipFilter.status": "Payslip.status",
  PayslipStatus: null,
};
