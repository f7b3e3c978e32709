import type { ForwardPage } from "./connection.ts";
import type { EmployeeContext } from "./context.ts";
import { mayOpenDepartment } from "./department.policy.ts";
import type { Department } from "./department.ts";
import { groupOf } from "./group.resolvers.ts";
import { maximumPage, pageOfWhole } from "./page.policy.ts";

type Members = ForwardPage & { readonly includeDescendants?: boolean | null };

export const departmentResolvers = {
  Query: {
    async department(
      _: unknown,
      { id }: { readonly id: string },
      { load, principal, visibility }: EmployeeContext,
    ) {
      const self = principal.employeeId;
      const own = self === null ? null : await load.employee.load(self);
      return mayOpenDepartment(id, own, visibility)
        ? load.department.load(id)
        : null;
    },
    departments: (_: unknown, page: ForwardPage, context: EmployeeContext) =>
      context.departments.pageRoots({ ...page, maximum: maximumPage(context) }),
  },

  Department: {
    __resolveReference: (
      { id }: { readonly id: string },
      { load }: EmployeeContext,
    ) => load.department.load(id),
    parent: ({ parentId }: Department, _: unknown, { load }: EmployeeContext) =>
      parentId && load.department.load(parentId),
    head: ({ headId }: Department, _: unknown, { load }: EmployeeContext) =>
      headId && load.employee.load(headId),
    async children(
      { id }: Department,
      page: ForwardPage,
      context: EmployeeContext,
    ) {
      const children = await context.load.children.load(id);
      return pageOfWhole(children, page, context);
    },
    members: (
      { id }: Department,
      { includeDescendants, ...page }: Members,
      context: EmployeeContext,
    ) => groupOf(id, { group: members(includeDescendants), page }, context),
    headcount: (
      { id }: Department,
      { includeDescendants }: Pick<Members, "includeDescendants">,
      { load }: EmployeeContext,
    ) => load.employed(members(includeDescendants)).load(id),
  },
};

function members(includeDescendants: boolean | null | undefined) {
  return includeDescendants ? "members below" : "members";
}
