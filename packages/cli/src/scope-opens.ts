import { mentioned, multiply } from "@hr/access";
import { requirementToReach } from "./access-matrix.ts";
import { CliError } from "./cli-error.ts";
import { didYouMean } from "./near-names.ts";
import type { Graph } from "./read-graph.ts";
import { coordinatesOf } from "./who-reaches.ts";

export type OpenedField = {
  readonly coordinate: string;
  /** What has to be held beside the scope; `[[]]`: nothing. */
  readonly with: readonly (readonly string[])[];
  /** Further alternatives are left out. */
  readonly truncated: boolean;
};

/**
 * The fields a scope opens: those with an alternative that names it, by their own
 * rule, by that of the type they stand on or of what they return.
 * @throws CliError naming near ones when no rule names the scope.
 */
export function scopeOpens(
  scope: string,
  graph: Graph,
): readonly OpenedField[] {
  const rules = [...graph.rules.coordinates.values()];
  const known = new Set(rules.flatMap((rule) => [...mentioned(rule)]));
  if (!known.has(scope))
    throw new CliError(
      `No rule names the scope ${scope}.${didYouMean(scope, [...known])}`,
    );
  return coordinatesOf(graph)
    .filter((coordinate) => coordinate.includes("."))
    .flatMap((coordinate) => {
      const { scopes } = requirementToReach(coordinate, graph.rules);
      const { alternatives, truncated } = multiply(scopes);
      const others = alternatives
        .filter((all) => all.includes(scope))
        .map((all) => all.filter((one) => one !== scope));
      return others.length > 0 ? [{ coordinate, with: others, truncated }] : [];
    });
}
