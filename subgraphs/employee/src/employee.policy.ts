import { BadInput, type Caller, Unauthorized } from "@hr/service";
import type { EmployeeFilter, Visibility } from "./employee.ts";

/**
 * E9: pre-hires and leavers exist only for those who may read their job, and
 * nobody else learns that somebody is on long leave.
 */
export function visibilityTo(caller: Caller): Visibility {
  return {
    directory: caller.reach("employee:read"),
    job: caller.reach("employee:job:read"),
    self: caller.principal.employeeId,
  };
}

/**
 * The filter, fit to be run: a status other than ACTIVE would tell what the
 * status hides (A11), and a search takes two characters (A12, E13).
 * @throws Unauthorized naming `EmployeeFilter.status` and `employee:job:read`.
 * @throws BadInput for a search too short or too long.
 */
export function checkedFilter(
  filter: EmployeeFilter,
  caller: Caller,
): EmployeeFilter {
  const tells = filter.status?.some((status) => status !== "ACTIVE") ?? false;
  if (tells && !caller.reach("employee:job:read").everyone)
    throw new Unauthorized(
      "EmployeeFilter.status",
      { authenticated: true, scopes: [[["employee:job:read"]]], policies: [] },
      caller.principal,
    );
  if (filter.search == null) return filter;
  const search = filter.search.normalize("NFC").trim();
  if (!/^\P{Control}{2,200}$/u.test(search))
    throw new BadInput(
      "filter.search",
      "must have 2 to 200 characters, control characters not among them",
    );
  return { ...filter, search };
}
