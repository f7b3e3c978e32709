import type { DemoCompany } from "@hr/demo";
import { midnight, range } from "./days.ts";
import { type SeedPay, payOf } from "./seed-pay.ts";
import { payComponents } from "./seed-pay-scale.ts";
import { allPayGroups } from "./seed-runs.ts";
import type { Rows } from "./tables.ts";

export function payRows(company: DemoCompany): Rows {
  const pay = [...payOf(company, company.today).values()].flatMap((rows) =>
    rows.map((row, index) => ({ ...row, id: payId(row, index) })),
  );
  return {
    pay_group: allPayGroups.map(({ legalEntityId, ...group }) => ({
      ...group,
      legal_entity_id: legalEntityId,
    })),
    pay_component: payComponents,
    compensation: pay.map((row) => ({
      id: row.id,
      employee_id: row.employeeId,
      effective: range(row.from, row.to),
      base_minor: row.baseMinor,
      currency: row.currency,
      per: row.per,
      reason: row.reason,
      created_at: midnight(
        row.decidedOn < company.today ? row.decidedOn : company.today,
      ),
      created_by: row.employeeId === "emp_pam" ? "emp_hana" : "emp_pam",
    })),
    recurring_component: pay.flatMap(({ id, recurring }) =>
      recurring.map(({ componentId, amountMinor, rateBps }) => ({
        compensation_id: id,
        component_id: componentId,
        amount_minor: amountMinor,
        rate_bps: rateBps,
      })),
    ),
  };
}

function payId({ employeeId }: SeedPay, index: number): string {
  return `com_${employeeId.slice("emp_".length)}_${index + 1}`;
}
