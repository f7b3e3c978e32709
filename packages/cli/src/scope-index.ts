import { type Dnf, isOpen, multiply } from "@hr/access";
import { CliError } from "./cli-error.ts";
import type { Graph } from "./read-graph.ts";
import { coordinatesOf } from "./who-reaches.ts";

/**
 * `gateway/scopes.json`: each coordinate of the API that is not open, with the scopes
 * it needs as one DNF, the smallest alternative first: types by their entry, fields
 * with what they return. `[[]]` needs a signed-in caller, or a policy, and no scope.
 * @throws CliError naming a coordinate with more alternatives than can be listed.
 */
export function scopeIndex(graph: Graph): Readonly<Record<string, Dnf>> {
  const entries = [...coordinatesOf(graph)].sort().flatMap((coordinate) => {
    const [type = "", field] = coordinate.split(".");
    const requirement =
      field === undefined
        ? graph.rules.entry(type)
        : graph.rules.select(type, field);
    if (isOpen(requirement)) return [];
    const { alternatives, truncated } = multiply(requirement.scopes);
    if (truncated)
      throw new CliError(
        `${coordinate} has more than ${alternatives.length} alternatives`,
      );
    return [[coordinate, alternatives] as const];
  });
  return Object.fromEntries(entries);
}
