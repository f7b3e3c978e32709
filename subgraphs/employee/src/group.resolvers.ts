import type { ForwardPage } from "./connection.ts";
import { type EmployeeContext, countCap } from "./context.ts";
import type { Group } from "./employee.ts";
import { forwardPage } from "./page.policy.ts";

/** A group of people by name, without those out of the caller's reach. */
export async function groupOf(
  id: string,
  { group, page }: { readonly group: Group; readonly page: ForwardPage },
  { load, ...caller }: EmployeeContext,
) {
  const asked = forwardPage(page, 2, caller);
  const found = await load.group({ group, ...asked }).load(id);
  return {
    ...found,
    async totalCount() {
      const size = await load.visible(group).load(id);
      return size > countCap ? null : size;
    },
  };
}
