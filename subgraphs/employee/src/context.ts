import type { Database } from "@hr/database";
import type { Caller, Context } from "@hr/service";
import { departmentRepository } from "./department.repository.ts";
import { visibilityTo } from "./employee.policy.ts";
import { employeeRepository } from "./employee.repository.ts";
import type { Group } from "./employee.ts";
import { employmentRepository } from "./employment.repository.ts";
import type { GroupPage } from "./group-page.repository.ts";
import { mapEach, manyEach, memoised, oneEach } from "./loaders.ts";
import { type NationalIdKey, decryptNationalId } from "./national-id.ts";
import { organisationRepository } from "./organisation.repository.ts";
import { personalDetailsRepository } from "./personal-details.repository.ts";
import type { PersonalDetails } from "./personal-details.ts";
import type { Tables } from "./tables.ts";

export type EmployeeContext = Context<Own>;

export type Own = ReturnType<typeof createContext>;

/** A10: nothing is counted beyond it. */
export const countCap = 10_000;

/** Made for one request: what it has loaded, it loaded for this caller. */
export function createContext(
  database: Database<Tables>,
  key: NationalIdKey,
  caller: Caller,
) {
  const visibility = visibilityTo(caller);
  const employees = employeeRepository(database, visibility);
  const departments = departmentRepository(database);
  const organisation = organisationRepository(database);
  return {
    ...{ visibility, employees, departments, organisation },
    load: loadersOf(database, caller, { employees, departments, organisation }),
    decrypt: ({ employeeId, encrypted }: PersonalDetails) =>
      encrypted && decryptNationalId(key, employeeId, encrypted),
  };
}

type Repositories = {
  readonly employees: ReturnType<typeof employeeRepository>;
  readonly departments: ReturnType<typeof departmentRepository>;
  readonly organisation: ReturnType<typeof organisationRepository>;
};

/** Whatever is asked for row by row is fetched in one statement a tick. */
function loadersOf(
  database: Database<Tables>,
  caller: Caller,
  { employees, departments, organisation }: Repositories,
) {
  const employments = employmentRepository(database.query);
  const details = personalDetailsRepository(database.query);
  return {
    employee: oneEach(employees.findMany, byId),
    chain: manyEach(employees.findChains, ({ below }) => below),
    group: memoised((asked: GroupPage) =>
      mapEach((of) => employees.pageGroups(asked, of), null),
    ),
    visible: memoised((group: Group) =>
      mapEach((of) => employees.countVisible(group, countCap + 1, of), 0),
    ),
    employed: memoised((group: Group) =>
      mapEach((of) => employees.countEmployed(group, of), 0),
    ),
    employment: oneEach((ids) => employments.findEmployments(ids), byEmployee),
    history: manyEach(
      (ids) => employments.findHistories(ids, caller.now()),
      byEmployee,
    ),
    assignment: oneEach(
      (ids) => employments.findAssignments(ids, caller.now()),
      byId,
    ),
    personalDetails: oneEach((ids) => details.findMany(ids), byEmployee),
    department: oneEach(departments.findMany, byId),
    children: manyEach(departments.findChildren, ({ parentId }) => parentId),
    job: oneEach(organisation.findJobs, byId),
    location: oneEach(organisation.findLocations, byId),
    legalEntity: oneEach(organisation.findLegalEntities, byId),
  };
}

const byId = ({ id }: { readonly id: string }) => id;
const byEmployee = ({ employeeId }: { readonly employeeId: string }) =>
  employeeId;
