import { OperationTypeNode } from "graphql";
import { createActualCost } from "./actual-cost.ts";
import { type Variables, createFormula } from "./formula.ts";
import type { Demand } from "./list-length.ts";
import { type CostInput, compileSelections } from "./selection-cost.ts";

export type Estimate =
  { readonly kind: "cost"; readonly cost: number } | Unsliced;

/** Not exactly one was given of the arguments that say how long a list gets. */
export type Unsliced = {
  readonly kind: "unsliced";
  readonly coordinate: string;
  readonly slicing: readonly string[];
  readonly given: number;
};

export type OperationCost = {
  /** The cost where it is the same for all variables: nothing is left to compute. */
  readonly constant: number | undefined;
  /** What it may cost at most, before it runs. Saturates at `Number.MAX_SAFE_INTEGER`. */
  readonly estimate: (variables: Variables) => Estimate;
  /** What an answer did cost: by its lists as they came, a null nothing. */
  readonly actual: (data: unknown, variables: Variables) => number;
};

/**
 * Compiles what an operation costs by `@cost` and `@listSize` (IBM's cost
 * directives, as Federation 2.9 has them): an object 1, a leaf nothing, a list its
 * length times one of it, a mutation 10, and of an abstract type the most any of
 * its objects may. Linear in the document, however fragments are nested.
 *
 * An upper bound: selections that will merge count each, since telling them from
 * those that will not takes every fragment expanded at every path.
 */
export function compileCost(input: CostInput): OperationCost {
  const { operation, fragments } = input;
  const root = input.schema.getRootType(operation.operation);
  if (!root) throw new Error("The operation's root type is not served");
  const formula = createFormula();
  const { total, demands, fields } = compileSelections(input, root, formula);
  const base = operation.operation === OperationTypeNode.MUTATION ? 10 : 0;
  const cost = formula.sum([base, total]);
  const isConstant =
    typeof cost === "number" && (cost < Infinity || demands.length === 0);
  const actual = createActualCost(operation.selectionSet, fragments, fields);
  return {
    constant: isConstant ? saturated(cost) : undefined,
    estimate(variables) {
      const estimated = formula.evaluate(variables)(cost);
      const unmet = estimated === Infinity && unsliced(demands, variables);
      return unmet || { kind: "cost", cost: saturated(estimated) };
    },
    actual: (data, variables) =>
      base + actual(data, formula.evaluate(variables)),
  };
}

function unsliced(
  demands: readonly Demand[],
  variables: Variables,
): Unsliced | undefined {
  const unmet = demands.find(({ given }) => given(variables) !== 1);
  return (
    unmet && {
      kind: "unsliced",
      coordinate: unmet.coordinate,
      slicing: unmet.slicing,
      given: unmet.given(variables),
    }
  );
}

function saturated(cost: number): number {
  return Math.min(cost, Number.MAX_SAFE_INTEGER);
}
