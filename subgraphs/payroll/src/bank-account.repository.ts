import { type Database, type Reach, withinReach } from "@hr/database";
import type { BankAccount } from "./bank-account.ts";
import type { Tables } from "./tables.ts";

export function bankAccountRepository(
  database: Database<Tables>,
  reach: Reach,
) {
  return {
    /** The account each person within reach gave last. */
    findNewest: (
      employeeIds: readonly string[],
    ): Promise<readonly BankAccount[]> =>
      database.query
        .selectFrom("bank_account")
        .distinctOn("employee_id")
        .select([
          "employee_id as employeeId",
          "holder",
          "iban_country as country",
          "iban_last_four as lastFour",
          "bic",
          "verified_at as verifiedAt",
          "effective_from as effectiveFrom",
        ])
        .where("employee_id", "in", employeeIds)
        .where(withinReach(reach, "bank_account.employee_id"))
        .orderBy("employee_id")
        .orderBy("effective_from", "desc")
        .orderBy("id", "desc")
        .execute(),
  };
}
