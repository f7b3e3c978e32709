export { readPayrollConfig } from "./config.ts";
export type { PayrollConfig } from "./config.ts";
export { ibanKey } from "./iban.ts";
export { seed } from "./seed.ts";
export { migrations, payrollSubgraph, startPayroll } from "./subgraph.ts";
