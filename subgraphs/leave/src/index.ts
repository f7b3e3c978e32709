export { readLeaveConfig } from "./config.ts";
export type { LeaveConfig } from "./config.ts";
export { leaveSubgraph, startLeave } from "./subgraph.ts";
export type { Tables } from "./tables.ts";
