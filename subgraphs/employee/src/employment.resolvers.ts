import type { ForwardPage } from "./connection.ts";
import { pageOfWhole } from "./page.policy.ts";
import type { EmployeeContext } from "./context.ts";
import { type Employment, fte } from "./employment.ts";
import { type JobAssignment, assignmentOn } from "./job-assignment.ts";

export const employmentResolvers = {
  Employment: {
    fte,
    legalEntity: (
      { legalEntityId }: Employment,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.legalEntity.load(legalEntityId),
    job: ({ jobId }: Employment, _: unknown, { load }: EmployeeContext) =>
      jobId && load.job.load(jobId),
    async assignment(
      { employeeId }: Employment,
      { asOf }: { readonly asOf?: string | null },
      { load }: EmployeeContext,
    ) {
      const history = await load.history.load(employeeId);
      return assignmentOn(history, asOf ?? null);
    },
    async history(
      { employeeId }: Employment,
      page: ForwardPage,
      context: EmployeeContext,
    ) {
      const history = await context.load.history.load(employeeId);
      return pageOfWhole(history, page, context);
    },
  },

  JobAssignment: {
    __resolveReference: (
      { id }: { readonly id: string },
      { load }: EmployeeContext,
    ) => load.assignment.load(id),
    job: ({ jobId }: JobAssignment, _: unknown, { load }: EmployeeContext) =>
      jobId && load.job.load(jobId),
    department: (
      { departmentId }: JobAssignment,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.department.load(departmentId),
    location: (
      { locationId }: JobAssignment,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.location.load(locationId),
    manager: (
      { managerId }: JobAssignment,
      _: unknown,
      { load }: EmployeeContext,
    ) => managerId && load.employee.load(managerId),
    createdBy: (
      { createdById }: JobAssignment,
      _: unknown,
      { load }: EmployeeContext,
    ) => createdById && load.employee.load(createdById),
  },
};
