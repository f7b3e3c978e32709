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
import { type EmployeeConfig, readNationalIdKey } from "./config.ts";
import { type Own, createContext } from "./context.ts";
import { departmentResolvers } from "./department.resolvers.ts";
import { employeeResolvers } from "./employee.resolvers.ts";
import type { Employee } from "./employee.ts";
import { employmentResolvers } from "./employment.resolvers.ts";
import type { JobAssignment } from "./job-assignment.ts";
import type { NationalIdKey } from "./national-id.ts";
import { organisationResolvers } from "./organisation.resolvers.ts";
import { personalDetailsResolvers } from "./personal-details.resolvers.ts";
import { bringUpToDate, reportsOf } from "./reporting.repository.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";
import { viewerResolvers } from "./viewer.resolvers.ts";

/** The employee subgraph over an open, migrated database. */
export async function employeeSubgraph(
  database: Database<Tables>,
  key: NationalIdKey,
): Promise<SubgraphOptions<Own>> {
  const [schema, policy] = await Promise.all([
    readFile(new URL("../schema.graphql", import.meta.url), "utf8"),
    readFile(new URL("../policy.json", import.meta.url), "utf8"),
  ]);
  return {
    name: "employee",
    schema,
    policy: JSON.parse(policy) as SubgraphOptions<Own>["policy"],
    resolvers: {
      Date: DateScalar,
      DateTime: DateTimeScalar,
      ...employeeResolvers,
      ...employmentResolvers,
      ...personalDetailsResolvers,
      ...departmentResolvers,
      ...organisationResolvers,
      ...viewerResolvers,
      Query: {
        ...employeeResolvers.Query,
        ...departmentResolvers.Query,
        ...organisationResolvers.Query,
        ...viewerResolvers.Query,
      },
    },
    subjects: {
      "Query.me": { kind: "narrowed", by: "ownRecord" },
      "Query.employee": { kind: "narrowed", by: "visibilityTo" },
      "Query.department": { kind: "narrowed", by: "mayOpenDepartment" },
      Employee: { kind: "of", id: ({ id }: Employee) => id },
      Employment: { kind: "inherited" },
      PersonalDetails: { kind: "inherited" },
      JobAssignment: {
        kind: "of",
        id: ({ employeeId }: JobAssignment) => employeeId,
      },
    },
    criteria,
    reports: (manager, candidates) =>
      reportsOf(database.query, manager, candidates),
    context: (caller) => createContext(database, key, caller),
    dependencies: { database: () => database.ping() },
  };
}

/**
 * Opens and migrates the database, seeds it in development or with SEED=demo,
 * and serves. Each minute it lets begin the days that begin.
 */
export async function startEmployee(
  config: EmployeeConfig,
  logger: Logger,
): Promise<Running> {
  const key = await readNationalIdKey(config);
  const clock = clockOf(config);
  const database = await openServiceDatabase<Tables>({
    service: "employee",
    url: config.DATABASE_URL,
    dataFolder: join(config.DATA_FOLDER, "postgres"),
    migrations: fileURLToPath(new URL("../migrations", import.meta.url)),
  });
  let days: NodeJS.Timeout | undefined;
  const close = async () => {
    clearInterval(days);
    await database.close();
  };
  try {
    await seedWhereAsked(database, config, { key, now: clock() });
    await bringUpToDate(database, clock());
    days = beginDays(database, { clock, logger });
    return await startSubgraph(await employeeSubgraph(database, key), {
      ...placeOf(config),
      ...{ logger, clock, onClose: close },
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function seedWhereAsked(
  database: Database<Tables>,
  config: EmployeeConfig,
  settings: { readonly key: NationalIdKey; readonly now: Date },
): Promise<void> {
  if (!wantsDemo(config)) return;
  await seed(database, demoCompany({ today: demoToday(config) }), settings);
}

function beginDays(
  database: Database<Tables>,
  { clock, logger }: { readonly clock: () => Date; readonly logger: Logger },
): NodeJS.Timeout {
  return setInterval(() => {
    bringUpToDate(database, clock()).catch((error: unknown) => {
      logger.error({ err: error }, "the day could not begin");
    });
  }, minute);
}

const minute = 60_000;

const criteria: Criteria = {
  "EmployeeFilter.search": [
    "Employee.givenName",
    "Employee.familyName",
    "Employee.preferredName",
    "Employee.workEmail",
    "Employee.employeeNumber",
  ],
  "EmployeeFilter.departmentId": "Employee.department",
  "EmployeeFilter.includeSubDepartments": null,
  "EmployeeFilter.locationId": "Employee.location",
  "EmployeeFilter.managerId": "Employee.manager",
  "EmployeeFilter.includeIndirectReports": null,
  // What it tells beyond that, `checkedFilter` guards: a status may be masked.
  "EmployeeFilter.status": "Employee.status",
  "EmployeeFilter.hiredFrom": "Employee.hireDate",
  "EmployeeFilter.hiredTo": "Employee.hireDate",
  "EmployeeFilter.updatedSince": "Employee.updatedAt",
  "EmployeeOrder.field": null,
  "EmployeeOrder.direction": null,
  "EmployeeOrderField.FAMILY_NAME": [
    "Employee.familyName",
    "Employee.givenName",
  ],
  "EmployeeOrderField.EMPLOYEE_NUMBER": "Employee.employeeNumber",
  "EmployeeOrderField.HIRE_DATE": "Employee.hireDate",
  "EmployeeOrderField.UPDATED_AT": "Employee.updatedAt",
  EmploymentStatus: null,
  OrderDirection: null,
};
