import { getNamedType, isCompositeType } from "graphql";
import type { DenialReason } from "./decision-event.ts";
import type { FilteredOperation, Selection } from "./filter-operation.ts";
import { type Requirement, isOpen } from "./requirement.ts";
import type { Rules } from "./rules.ts";

/** What was decided about an operation, in names of the schema alone. */
export type Summary = {
  /** Coordinates that ask for anything and are sent; sorted, each once. */
  readonly granted: readonly string[];
  readonly denied: readonly {
    readonly coordinate: string;
    readonly reason: DenialReason;
    readonly count: number;
  }[];
};

/** For the record (authorization section 10): `reason` tells why a requirement is not met. */
export function summarise(
  filtered: FilteredOperation,
  rules: Rules,
  reason: (requirement: Requirement) => DenialReason,
): Summary {
  const granted = new Set<string>();
  const visit = (selections: readonly Selection[], parent: string) => {
    for (const one of selections) {
      if (one.kind === "fragment") {
        if (!one.denied) visit(one.selections, one.on.name);
        continue;
      }
      if (one.outcome !== "kept" || one.name === "__typename") continue;
      if (!isOpen(rules.select(parent, one.name)))
        granted.add(`${parent}.${one.name}`);
      const type = getNamedType(one.type);
      if (isCompositeType(type)) visit(one.selections, type.name);
    }
  };
  visit(filtered.selections, filtered.rootType.name);
  const denied = new Map<string, Summary["denied"][number]>();
  for (const { coordinate, requirement } of filtered.denials) {
    const count = (denied.get(coordinate)?.count ?? 0) + 1;
    denied.set(coordinate, { coordinate, reason: reason(requirement), count });
  }
  return { granted: [...granted].sort(), denied: [...denied.values()] };
}
