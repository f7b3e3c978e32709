import type { DemoCompany, DemoEmployee } from "@hr/demo";
import { addDays } from "./days.ts";
import { type IbanKey, sealIban } from "./iban.ts";
import type { Rows } from "./tables.ts";

type SeedAccount = {
  readonly id: string;
  readonly employeeId: string;
  readonly holder: string;
  readonly iban: string;
  readonly bic: string | null;
  readonly verifiedAt: Date | null;
  readonly effectiveFrom: Date;
};

/** The one whose pay cannot be paid out. */
export const personWithoutAccount = "emp_0034";
/** The one who gave another account yesterday; it is paid to 72 hours later. */
export const personWithNewAccount = "emp_0007";

/** Accounts at a bank that does not exist, with right check digits. */
export function accountRows(company: DemoCompany, key: IbanKey): Rows {
  return {
    bank_account: accountsOf(company).map((account) => {
      const sealed = sealIban(key, account.id, account.iban);
      return {
        id: account.id,
        employee_id: account.employeeId,
        holder: account.holder,
        bic: account.bic,
        iban: sealed.ciphertext,
        iban_key: sealed.keyId,
        iban_country: sealed.country,
        iban_last_four: sealed.lastFour,
        verified_at: account.verifiedAt,
        effective_from: account.effectiveFrom,
      };
    }),
  };
}

function accountsOf(company: DemoCompany): readonly SeedAccount[] {
  const known = company.employees.filter(
    ({ id }) => id !== personWithoutAccount,
  );
  const changed = known.filter(({ id }) => id === personWithNewAccount);
  return [
    ...known.map((employee) => accountOf(employee)),
    ...changed.map((employee) => ({
      ...accountOf(employee, 5_000),
      id: `bnk_${employee.id.slice("emp_".length)}_2`,
      verifiedAt: null,
      effectiveFrom: new Date(`${addDays(company.today, 2)}T09:30:00Z`),
    })),
  ];
}

function accountOf(employee: DemoEmployee, offset = 0): SeedAccount {
  const opened = new Date(`${employee.employments[0]?.hireDate}T08:00:00Z`);
  return {
    id: `bnk_${employee.id.slice("emp_".length)}_1`,
    employeeId: employee.id,
    holder: employee.displayName,
    iban: ibanOf(employee, offset),
    bic: employee.legalEntityId === "le_gb" ? "DEMOGB00XXX" : "DEMODE00XXX",
    verifiedAt: opened,
    effectiveFrom: opened,
  };
}

function ibanOf(employee: DemoEmployee, offset: number): string {
  const number = Number(employee.employeeNumber.slice(2)) * 7_919 + offset;
  return employee.legalEntityId === "le_gb"
    ? withCheckDigits("GB", `DEMO000000${String(number).padStart(8, "0")}`)
    : withCheckDigits("DE", `00000000${String(number).padStart(10, "0")}`);
}

/** ISO 13616: letters count from 10, and the whole is 1 modulo 97. */
function withCheckDigits(country: string, account: string): string {
  const digits = [...`${account}${country}00`]
    .map((character) => parseInt(character, 36))
    .join("");
  const check = 98n - (BigInt(digits) % 97n);
  return country + String(check).padStart(2, "0") + account;
}
