export type PayComponentKind =
  | "EARNING"
  | "DEDUCTION"
  | "TAX"
  | "EMPLOYER_COST"
  | "REIMBURSEMENT"
  | "INFORMATION";

export type PayComponent = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: PayComponentKind;
  readonly taxable: boolean;
  readonly active: boolean;
};
