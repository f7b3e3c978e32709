import type { ForwardPage } from "./connection.ts";
import type { EmployeeContext } from "./context.ts";
import { checkedFilter } from "./employee.policy.ts";
import type { Employee, EmployeeFilter, EmployeeOrder } from "./employee.ts";
import { groupOf } from "./group.resolvers.ts";
import { maximumPage } from "./page.policy.ts";

type EmployeesArguments = ForwardPage & {
  readonly last?: number | null;
  readonly before?: string | null;
  readonly filter?: EmployeeFilter | null;
  readonly orderBy?: EmployeeOrder | null;
};

const byFamilyName = { field: "FAMILY_NAME", direction: "ASC" } as const;

export const employeeResolvers = {
  Query: {
    employee: (
      _: unknown,
      { id }: { readonly id: string },
      { load }: EmployeeContext,
    ) => load.employee.load(id),
    employees(
      _: unknown,
      { filter, orderBy, ...page }: EmployeesArguments,
      context: EmployeeContext,
    ) {
      return context.employees.page({
        filter: checkedFilter(filter ?? {}, context),
        order: orderBy ?? byFamilyName,
        page,
        maximum: maximumPage(context),
      });
    },
  },

  Employee: {
    __resolveReference: (
      { id }: { readonly id: string },
      { load }: EmployeeContext,
    ) => load.employee.load(id),
    department: (
      { departmentId }: Employee,
      _: unknown,
      { load }: EmployeeContext,
    ) => departmentId && load.department.load(departmentId),
    location: (
      { locationId }: Employee,
      _: unknown,
      { load }: EmployeeContext,
    ) => locationId && load.location.load(locationId),
    manager: ({ managerId }: Employee, _: unknown, { load }: EmployeeContext) =>
      managerId && load.employee.load(managerId),
    managementChain: (
      { id }: Employee,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.chain.load(id),
    directReports: (
      { id }: Employee,
      page: ForwardPage,
      context: EmployeeContext,
    ) => groupOf(id, { group: "reports", page }, context),
    directReportCount: (
      { id }: Employee,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.employed("reports").load(id),
    totalReportCount: (
      { id }: Employee,
      _: unknown,
      { load }: EmployeeContext,
    ) => load.employed("everyone below").load(id),
    employment: ({ id }: Employee, _: unknown, { load }: EmployeeContext) =>
      load.employment.load(id),
    personal: ({ id }: Employee, _: unknown, { load }: EmployeeContext) =>
      load.personalDetails.load(id),
  },
};
