import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import type { Law } from "./test-oracle-law.ts";
import type { World } from "./test-world.ts";

/** One operation as the oracle reads it: nothing expanded, nothing prepared. */
export type Asking = {
  readonly law: Law;
  readonly world: World;
  readonly operation: OperationDefinitionNode;
  readonly fragments: readonly FragmentDefinitionNode[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly asked: Set<string>;
  readonly broken: Set<string>;
};

export function opened(
  asking: Asking,
  node: Exclude<SelectionNode, FieldNode>,
  on: string,
): { readonly set: SelectionSetNode; readonly on: string } {
  const fragment =
    node.kind === Kind.INLINE_FRAGMENT
      ? node
      : asking.fragments.find(({ name }) => name.value === node.name.value);
  if (!fragment) throw new Error("A spread names a fragment");
  return {
    set: fragment.selectionSet,
    on: fragment.typeCondition?.name.value ?? on,
  };
}

export function isSkipped(asking: Asking, node: SelectionNode): boolean {
  return (node.directives ?? []).some(({ name, arguments: given }) => {
    const value = given?.[0] && valueIn(asking, given[0].value);
    return value === (name.value === "skip");
  });
}

export function argumentsOf(asking: Asking, node: FieldNode): unknown {
  return objectOf(asking, node.arguments ?? []);
}

function objectOf(
  asking: Asking,
  fields: readonly {
    readonly name: { readonly value: string };
    readonly value: ValueNode;
  }[],
): Readonly<Record<string, unknown>> {
  const entries = fields.map(
    ({ name, value }) => [name.value, valueIn(asking, value)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueIn(asking: Asking, node: ValueNode): unknown {
  if (node.kind === Kind.VARIABLE) return asking.variables[node.name.value];
  if (node.kind === Kind.INT) return Number(node.value);
  if (node.kind === Kind.OBJECT) return objectOf(asking, node.fields);
  return "value" in node ? node.value : null;
}

export function keyOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}
