import type { OperationCost } from "@hr/access";
import { GraphQLError } from "graphql";

/** Coerced. */
type Variables = Readonly<Record<string, unknown>>;

/** What keeps an operation from running for its cost: more than the limit, or a list nobody bounds. */
export function tooCostly(
  cost: OperationCost,
  variables: Variables,
  limit: number,
): GraphQLError | undefined {
  if (cost.constant !== undefined && cost.constant <= limit) return undefined;
  const estimate = cost.estimate(variables);
  if (estimate.kind === "unsliced") {
    const { coordinate, slicing, given } = estimate;
    return new GraphQLError(
      `${coordinate} needs exactly one of ${slicing.join(", ")}; ${given} are given.`,
      { extensions: { code: "BAD_USER_INPUT", coordinate } },
    );
  }
  const measured = estimate.cost;
  if (measured <= limit) return undefined;
  return new GraphQLError(
    `The operation's cost comes to ${measured}; the limit is ${limit}.`,
    { extensions: { code: "QUERY_TOO_COMPLEX", limit, measured } },
  );
}

export type CostReport = {
  /** Before it ran: what it could cost at most. */
  readonly estimated: number;
  readonly actual: number;
  readonly limit: number;
};

/** `extensions.cost` of an answer to an operation that was not too costly. */
export function costReport(
  cost: OperationCost,
  answered: { readonly variables: Variables; readonly data: unknown },
  limit: number,
): CostReport | undefined {
  const { variables, data } = answered;
  const estimate = cost.estimate(variables);
  if (estimate.kind !== "cost") return undefined;
  const actual = cost.actual(data, variables);
  return { estimated: estimate.cost, actual, limit };
}
