import type { BankAccount } from "./bank-account.ts";
import type { PayrollContext } from "./context.ts";
import { maskIban } from "./iban.ts";

export const bankAccountResolvers = {
  Employee: {
    bankAccount: (
      { id }: { readonly id: string },
      _: unknown,
      { load }: PayrollContext,
    ) => load.bankAccount.load(id),
  },
  BankAccount: { ibanMasked: (account: BankAccount) => maskIban(account) },
};
