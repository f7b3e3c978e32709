import {
  type Holder,
  type Requirement,
  type ScopeReport,
  reportScopes,
  requirementOf,
} from "@hr/access";
import type { Graph } from "./read-graph.ts";
import type { ReadOperation } from "./read-operations.ts";

export type OperationNeeds = Pick<ReadOperation, "name" | "source"> &
  Pick<ScopeReport, "smallest" | "alternatives" | "truncated"> & {
    readonly type: "query" | "mutation" | "subscription";
    /** As it stands, before it is multiplied out. */
    readonly requirement: Requirement;
  };

/** What an operation needs of a holder, with every conditional selection counted. */
export function needsOf(
  { name, source, operation, fragments }: ReadOperation,
  { api, rules }: Graph,
  kind: Holder["kind"],
): OperationNeeds {
  const schema = api;
  const requirement = requirementOf({ schema, rules, operation, fragments });
  const report = reportScopes(requirement.scopes, { kind, scopes: new Set() });
  const { smallest, alternatives, truncated } = report;
  const type = operation.operation;
  return { name, type, source, requirement, smallest, alternatives, truncated };
}
