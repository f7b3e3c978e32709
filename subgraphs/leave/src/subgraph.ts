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
import { absenceResolvers } from "./absence.resolvers.ts";
import type { LeaveConfig } from "./config.ts";
import { type Own, createContext } from "./context.ts";
import { findReports } from "./employee.repository.ts";
import { holidayResolvers } from "./holiday.resolvers.ts";
import type { Balance } from "./leave-balance.ts";
import { leaveBalanceResolvers } from "./leave-balance.resolvers.ts";
import { leaveChangeResolvers } from "./leave-change.resolvers.ts";
import { leaveProblemResolvers } from "./leave-problem.resolvers.ts";
import { leaveRequestResolvers } from "./leave-request.resolvers.ts";
import type { LeaveRequest } from "./leave-request.ts";
import { DaysScalar } from "./scalars.ts";
import { seed } from "./seed.ts";
import type { Tables } from "./tables.ts";

/** The leave subgraph over an open, migrated database. */
export async function leaveSubgraph(
  database: Database<Tables>,
): Promise<SubgraphOptions<Own>> {
  const [schema, policy] = await Promise.all([
    readFile(new URL("../schema.graphql", import.meta.url), "utf8"),
    readFile(new URL("../policy.json", import.meta.url), "utf8"),
  ]);
  return {
    name: "leave",
    schema,
    policy: JSON.parse(policy) as SubgraphOptions<Own>["policy"],
    resolvers,
    subjects: {
      ...narrowed,
      Employee: { kind: "of", id: ({ id }: { readonly id: string }) => id },
      LeaveRequest: {
        kind: "of",
        id: ({ employeeId }: LeaveRequest) => employeeId,
      },
      LeaveBalance: { kind: "of", id: ({ employeeId }: Balance) => employeeId },
    },
    criteria,
    reports: (manager, candidates) =>
      findReports(database.query, manager, candidates),
    context: (caller) => createContext(database, caller),
    dependencies: { database: () => database.ping() },
  };
}

/** Opens and migrates the database, seeds it in development or with SEED=demo, and serves. */
export async function startLeave(
  config: LeaveConfig,
  logger: Logger,
): Promise<Running> {
  const clock = clockOf(config);
  const database = await openServiceDatabase<Tables>({
    service: "leave",
    url: config.DATABASE_URL,
    dataFolder: join(config.DATA_FOLDER, "postgres"),
    migrations: fileURLToPath(new URL("../migrations", import.meta.url)),
  });
  try {
    if (wantsDemo(config))
      await seed(database, demoCompany({ today: demoToday(config) }), clock());
    return await startSubgraph(await leaveSubgraph(database), {
      ...placeOf(config),
      ...{ logger, clock, onClose: () => database.close() },
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

const resolvers: SubgraphOptions<Own>["resolvers"] = {
  Date: DateScalar,
  DateTime: DateTimeScalar,
  Days: DaysScalar,
  ...holidayResolvers,
  ...absenceResolvers,
  ...leaveBalanceResolvers,
  ...leaveRequestResolvers,
  ...leaveChangeResolvers,
  ...leaveProblemResolvers,
  Query: {
    ...holidayResolvers.Query,
    ...absenceResolvers.Query,
    ...leaveBalanceResolvers.Query,
    ...leaveRequestResolvers.Query,
    ...leaveChangeResolvers.Query,
  },
  Employee: {
    ...absenceResolvers.Employee,
    ...leaveBalanceResolvers.Employee,
    ...leaveRequestResolvers.Employee,
  },
};

const narrowed: SubgraphOptions<Own>["subjects"] = {
  "Query.leaveTypes": { kind: "narrowed", by: "findOpenLeaveTypes" },
  "Query.leaveRequest": { kind: "narrowed", by: "findRequests" },
  "Query.leaveRequests": { kind: "narrowed", by: "pageRequests" },
  "Query.leaveApprovals": { kind: "narrowed", by: "inboxOf" },
  "Query.previewLeaveRequest": { kind: "narrowed", by: "mayRequestFor" },
  "Mutation.submitLeaveRequest": { kind: "narrowed", by: "mayRequestFor" },
  "Mutation.cancelLeaveRequest": { kind: "narrowed", by: "mayRequestFor" },
  "Mutation.approveLeaveRequest": { kind: "narrowed", by: "isDecider" },
  "Mutation.rejectLeaveRequest": { kind: "narrowed", by: "isDecider" },
};

const criteria: Criteria = {
  "LeaveRequestFilter.status": "LeaveRequest.status",
  "LeaveRequestFilter.leaveTypeId": "LeaveRequest.leaveType",
  "LeaveRequestFilter.overlapsFrom": "LeaveRequest.endDate",
  "LeaveRequestFilter.overlapsTo": "LeaveRequest.startDate",
  "LeaveRequestFilter.employeeId": "LeaveRequest.employee",
  "LeaveRequestFilter.updatedSince": "LeaveRequest.version",
  LeaveRequestStatus: null,
  "Query.absences(departmentId:)": "Absence.employee",
  "Query.absences(managerId:)": "Absence.employee",
  // A request that is only tried out: nothing is chosen by it.
  "LeavePeriodInput.employeeId": null,
  "LeavePeriodInput.leaveTypeId": null,
  "LeavePeriodInput.startDate": null,
  "LeavePeriodInput.startPortion": null,
  "LeavePeriodInput.endDate": null,
  "LeavePeriodInput.endPortion": null,
  DayPortion: null,
};
