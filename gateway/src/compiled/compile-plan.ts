import type { ConditionNode, PlanNode, QueryPlan } from "@apollo/query-planner";
import { type FetchParts, compileFetch } from "./compile-fetch.ts";
import type { FlattenPath } from "./flatten-path.ts";
import type { Run, Step } from "./run.ts";
import { UnknownPlan } from "./unknown-plan.ts";

export type PlanParts = FetchParts & {
  /** Values of variables that a request does not give. */
  readonly defaults: Readonly<Record<string, unknown>>;
};

/**
 * Turns a plan into closures that hold everything a request does not change.
 * @throws UnknownPlan for what only the stock executor knows.
 */
export function compilePlan({ node }: QueryPlan, parts: PlanParts): Step {
  return compileNode(node, [], parts);
}

function compileNode(
  node: QueryPlan["node"],
  path: FlattenPath,
  parts: PlanParts,
): Step {
  switch (node?.kind) {
    case undefined:
      return nothing;
    case "Fetch":
      return compileFetch(node, path, parts);
    case "Flatten":
      return compileNode(node.node, [...path, ...keysOf(node.path)], parts);
    case "Sequence":
      return sequence(node.nodes.map((one) => compileNode(one, path, parts)));
    case "Parallel":
      return parallel(node.nodes.map((one) => compileNode(one, path, parts)));
    case "Condition":
      return condition(node, path, parts);
    default:
      throw new UnknownPlan(`a node of kind ${node?.kind}`);
  }
}

const nothing: Step = () => undefined;

function keysOf(path: readonly (string | number)[]): FlattenPath {
  return path.map((key) => {
    if (typeof key !== "string") throw new UnknownPlan("an index in a path");
    return key;
  });
}

function sequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) {
      const going = step(run);
      if (going) await going;
    }
  };
}

function parallel(steps: readonly Step[]): Step {
  return (run) => {
    const going = steps.flatMap((step) => step(run) ?? []);
    if (going.length < 2) return going[0];
    return Promise.all(going).then(() => undefined);
  };
}

function condition(
  { condition: name, ifClause, elseClause }: ConditionNode,
  path: FlattenPath,
  parts: PlanParts,
): Step {
  const clauseOf = (clause: PlanNode | undefined) =>
    compileNode(clause, path, parts);
  const [yes, no] = [clauseOf(ifClause), clauseOf(elseClause)];
  const isMet = ({ variables }: Run) =>
    Object.hasOwn(variables, name) ? variables[name] : parts.defaults[name];
  return (run) => (isMet(run) === true ? yes(run) : no(run));
}
