export { readEmployeeConfig } from "./config.ts";
export type { EmployeeConfig } from "./config.ts";
export { nationalIdKey } from "./national-id.ts";
export { bringUpToDate } from "./reporting.repository.ts";
export { seed } from "./seed.ts";
export { employeeSubgraph, startEmployee } from "./subgraph.ts";
export type { Tables } from "./tables.ts";
