export { accessMatrix } from "./access-matrix.ts";
export type { MatrixRow, Rows } from "./access-matrix.ts";
export { CliError } from "./cli-error.ts";
export { ComposeError, compose, writeArtefacts } from "./compose.ts";
export type { Artefact } from "./compose.ts";
export { provisionAll } from "./databases.ts";
export type { DatabaseUrls } from "./databases.ts";
export type { GraphPlan } from "./environments.ts";
export { samples } from "./first-run.ts";
export type { Sample } from "./first-run.ts";
export { findPorts } from "./free-ports.ts";
export { lintSubgraph } from "./lint-schema.ts";
export { machineClients, secretClients, secretVariable } from "./secrets.ts";
export {
  checkout,
  portVariable,
  serviceNames,
  standardPorts,
  subgraphNames,
  urlOf,
} from "./services.ts";
export type { Ports, ServiceName, SubgraphName } from "./services.ts";
export { signIn } from "./sign-in.ts";
export { startProcesses } from "./start-processes.ts";
export type { Hooks, Processes } from "./start-processes.ts";
export { clientToken } from "./token.ts";
