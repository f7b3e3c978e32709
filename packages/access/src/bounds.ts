import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** Once every fragment is expanded in place. */
export type OperationSize = {
  readonly selections: number;
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
};

const nothing: OperationSize = {
  selections: 0,
  depth: 0,
  rootFields: 0,
  aliases: 0,
  directives: 0,
};
const endless: OperationSize = {
  selections: Infinity,
  depth: Infinity,
  rootFields: Infinity,
  aliases: Infinity,
  directives: Infinity,
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
  const known = new Map<string, OperationSize>();
  const ofFragment = (name: string): OperationSize => {
    const before = known.get(name);
    if (before) return before;
    const definition = fragments.get(name);
    if (!definition) return nothing;
    known.set(name, endless);
    const size = ofSet(definition.selectionSet);
    known.set(name, size);
    return size;
  };
  // `rootFields` of a set are the fields that stand in it, through fragments.
  const ofSet = (set: SelectionSetNode): OperationSize => {
    const sum = { ...nothing };
    for (const one of set.selections) {
      const field = one.kind === Kind.FIELD ? 1 : 0;
      const inner =
        one.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(one.name.value)
          : one.selectionSet
            ? ofSet(one.selectionSet)
            : nothing;
      sum.selections += inner.selections + 1;
      sum.depth = Math.max(sum.depth, inner.depth + field);
      sum.rootFields += field || inner.rootFields;
      sum.aliases += inner.aliases + ("alias" in one && one.alias ? 1 : 0);
      sum.directives += inner.directives + (one.directives?.length ?? 0);
    }
    return sum;
  };
  const size = ofSet(operation.selectionSet);
  const ofOwn = operation.directives?.length ?? 0;
  return { ...size, directives: size.directives + ofOwn };
}
