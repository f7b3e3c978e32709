export { ConfigError, environment, readConfig } from "./config.ts";
export type { Caller, Reach } from "./caller.ts";
export {
  BadInput,
  Forbidden,
  Unauthorized,
  aggregateErrors,
  createErrorFormatter,
  errorCodes,
  formatLikeApollo,
} from "./errors.ts";
export type { FormatError } from "./errors.ts";
export type { BodyFault } from "./json-body.ts";
export { graphqlOverHttp } from "./graphql-http.ts";
export type {
  Admitted,
  AnswerPrepared,
  Arrival,
  AskedOverHttp,
  GraphQLHttpOptions,
  PreparedAnswer,
} from "./graphql-http.ts";
export { createLogger, faultName } from "./log.ts";
export type { Logger } from "./log.ts";
export { run } from "./run.ts";
export { readSecretKey, secretKeyVariable } from "./secret-key.ts";
export {
  clockOf,
  demandDatabase,
  placeOf,
  subgraphVariables,
  wantsDemo,
} from "./subgraph-config.ts";
export type { SubgraphConfig } from "./subgraph-config.ts";
export type { Criteria } from "./criteria.ts";
export { DateScalar, DateTimeScalar } from "./scalars.ts";
export { sendJson, serve } from "./serve.ts";
export type { Dependencies, Route, Running, ServeOptions } from "./serve.ts";
export { LoginTooOld, meetsStepUp, stepUpVariables } from "./step-up.ts";
export type { StepUp } from "./step-up.ts";
export { startSubgraph } from "./start-subgraph.ts";
export type { SubgraphPlace } from "./start-subgraph.ts";
export type {
  Context,
  Resolvers,
  SubgraphOptions,
} from "./subgraph-options.ts";
export type { Subject } from "@hr/access";
export { createDecisionLog, operationHash } from "./decision-log.ts";
export type { DecisionLog, DecisionSink } from "./decision-log.ts";
export { after } from "./promise.ts";
export {
  counter,
  createCounts,
  createDurations,
  gauge,
  histogram,
  sample,
  samplesOf,
} from "./metrics.ts";
export type { Counts, Durations, Metric, Snapshot } from "./metrics.ts";
export { exposeMetrics } from "./metrics-exposure.ts";
export type { ExposeOptions, Exposed } from "./metrics-exposure.ts";
export type { MetricsAddress } from "./metrics-listener.ts";
