import type { DemoCompany, DemoEmployee } from "@hr/demo";
import { range } from "./days.ts";
import type { Rows } from "./tables.ts";

/** The replica of the employee service, as its first events would leave it. */
export function peopleRows(company: DemoCompany): Rows {
  const zones = new Map(company.locations.map((one) => [one.id, one.timeZone]));
  return {
    legal_entity_ref: company.legalEntities.map((one) => ({
      id: one.id,
      full_time_hours_hundredths: one.fullTimeHoursHundredths,
    })),
    employee_ref: company.employees.map((one) => ({
      id: one.id,
      employee_number: one.employeeNumber,
      display_name: one.displayName,
      status: one.status,
      legal_entity_id: one.legalEntityId,
      manager_id: one.current.managerId,
      time_zone: zones.get(one.current.locationId) ?? "UTC",
    })),
    assignment_ref: company.employees.flatMap(({ id, employments }) =>
      employments
        .flatMap(({ assignments }) => assignments)
        .map((one) => ({
          employee_id: id,
          valid: range(one.effectiveFrom, one.effectiveTo),
          weekly_hours_hundredths: one.weeklyHoursHundredths,
        })),
    ),
    reporting: company.employees
      .filter(({ status }) => status !== "TERMINATED")
      .flatMap((one) => lineAbove(company, one)),
  };
}

/** The person at depth 0 and everyone above; leavers stand in no line. */
function lineAbove(company: DemoCompany, below: DemoEmployee) {
  const line = [];
  let one: DemoEmployee | undefined = below;
  for (let depth = 0; one; depth++) {
    line.push({ ancestor_id: one.id, descendant_id: below.id, depth });
    const manager: string | null = one.current.managerId;
    one = company.employees.find(({ id }) => id === manager);
  }
  return line;
}
