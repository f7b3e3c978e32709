/** What may be shown of an account: the number itself stays sealed in its row. */
export type BankAccount = {
  readonly employeeId: string;
  readonly holder: string;
  /** Two letters, as the IBAN begins. */
  readonly country: string;
  readonly lastFour: string;
  readonly bic: string | null;
  readonly verifiedAt: Date | null;
  readonly effectiveFrom: Date;
};
