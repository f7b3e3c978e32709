import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export type OperationSize = {
  /** Selections once every fragment is expanded in place. */
  readonly selections: number;
  readonly depth: number;
};

/**
 * Measures an operation without expanding it: each fragment is counted once and
 * multiplied, so nested fragments that grow exponentially cost nothing here.
 * Fragment cycles are the validator's; here they count as infinitely large.
 */
export function measureOperation(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): OperationSize {
  const known = new Map<string, OperationSize | "measuring">();
  const ofFragment = (name: string): OperationSize => {
    const before = known.get(name);
    if (before === "measuring")
      return { selections: Infinity, depth: Infinity };
    if (before) return before;
    const definition = fragments.get(name);
    if (!definition) return { selections: 0, depth: 0 };
    known.set(name, "measuring");
    const size = ofSet(definition.selectionSet);
    known.set(name, size);
    return size;
  };
  const ofSet = (set: SelectionSetNode): OperationSize => {
    let selections = 0;
    let depth = 0;
    for (const one of set.selections) {
      const isField = one.kind === Kind.FIELD;
      const inner =
        one.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(one.name.value)
          : one.selectionSet
            ? ofSet(one.selectionSet)
            : { selections: 0, depth: 0 };
      selections += inner.selections + 1;
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
    }
    return { selections, depth };
  };
  return ofSet(operation.selectionSet);
}
