export { measureOperation } from "./bounds.ts";
export type { OperationSize } from "./bounds.ts";
export {
  clientPath,
  collectFields,
  completeResponse,
  conditionHolds,
} from "./complete-response.ts";
export { accessFeatureOf, directiveName, readLinks } from "./features.ts";
export type { DecisionEvent, DenialReason, Mode } from "./decision-event.ts";
export { filterOperation } from "./filter-operation.ts";
export type {
  Denial,
  FieldSelection,
  FilterInput,
  FilteredOperation,
  Selection,
} from "./filter-operation.ts";
export { createGuard } from "./guard.ts";
export type { Criterion, Guard, GuardOptions } from "./guard.ts";
export type { Decision, Decisions, Lock } from "./lock.ts";
export { covers, everyRow, reachUnder } from "./reach.ts";
export type { Reached } from "./reach.ts";
export { mixedReaches, objectTypesOf } from "./subject.ts";
export type { Subject, Subjects } from "./subject.ts";
export {
  policyFor,
  readSubgraphs,
  scopesOf,
  toRequirement,
} from "./policy-file.ts";
export type { PolicyEntry, PolicyFile, ServedSubgraph } from "./policy-file.ts";
export { compileCost } from "./cost/operation-cost.ts";
export type { OperationCost } from "./cost/operation-cost.ts";
export { keyFields } from "./key-fields.ts";
export { grantedPolicies, policiesIn } from "./policies.ts";
export type { PolicyEvaluator } from "./policies.ts";
export { anonymous } from "./principal.ts";
export type { Principal } from "./principal.ts";
export {
  conjoin,
  isOpen,
  meets,
  mentioned,
  multiply,
  open,
} from "./requirement.ts";
export type { Alternatives, Dnf, Requirement } from "./requirement.ts";
export { readCosts } from "./cost/read-costs.ts";
export type { Costs } from "./cost/read-costs.ts";
export {
  reportScopes,
  requiredScopes,
  requirementOf,
  survey,
} from "./required-scopes.ts";
export type { Holder, ScopeReport } from "./required-scopes.ts";
export { RulesError, maximumAlternatives, readRules } from "./rules.ts";
export type { Rules } from "./rules.ts";
export { allScopes, reachOf, scopeDescriptions } from "./scopes.ts";
export type { Reach, Scope } from "./scopes.ts";
export { summarise } from "./summarise.ts";
export type { Summary } from "./summarise.ts";
export { describedSchema, viewSchema } from "./view-schema.ts";
export type { Visibility } from "./view-schema.ts";
export { typenameKey, wireOperation } from "./wire-operation.ts";
