import type { Selection } from "@hr/access";
import type { FieldNode } from "graphql";

/** The introspection fields of an operation, wherever fragments put them. */
export function introspectionFields(
  selections: readonly Selection[],
): readonly FieldNode[] {
  return selections.flatMap((one) => {
    if (one.kind === "fragment") return introspectionFields(one.selections);
    return one.outcome === "introspection" ? [one.node] : [];
  });
}
