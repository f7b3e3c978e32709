import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  getNamedType,
  isAbstractType,
  isCompositeType,
  visit,
} from "graphql";
import {
  type FieldSelection,
  type FilteredOperation,
  type Selection,
  isAlive,
} from "./filter-operation.ts";

/** Carries the runtime type where completion has to know it. */
export function typenameKey(prefix: string): string {
  return `${prefix}t`;
}

/**
 * The operation to plan and run: what was kept, under our keys, without
 * conditions, fragments in place, unused variables dropped. Null when nothing is left.
 */
export function wireOperation(
  filtered: FilteredOperation,
  prefix: string,
): DocumentNode | null {
  const root = printable(filtered.selections, filtered.rootType, prefix);
  if (root.length === 0) return null;
  const { operation } = filtered;
  const selectionSet = set(root);
  const used = variablesIn(selectionSet);
  const definition: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    ...(operation.name && { name: operation.name }),
    variableDefinitions: (operation.variableDefinitions ?? [])
      .filter(({ variable }) => used.has(variable.name.value))
      .map((one): VariableDefinitionNode => ({ ...one, directives: [] })),
    selectionSet,
  };
  return { kind: Kind.DOCUMENT, definitions: [definition] };
}

/** Root `__typename` is known without asking, so it alone sends nothing. */
function printable(
  selections: readonly Selection[],
  parent: GraphQLCompositeType,
  prefix: string,
): readonly SelectionNode[] {
  return selections.flatMap((one): readonly SelectionNode[] => {
    if (one.kind === "field") return field(one, prefix);
    if (one.denied || !isAlive(one.selections)) return [];
    const inner = printable(one.selections, one.on, prefix);
    if (inner.length === 0) return [];
    if (one.on === parent) return inner;
    return [
      {
        kind: Kind.INLINE_FRAGMENT,
        typeCondition: {
          kind: Kind.NAMED_TYPE,
          name: { kind: Kind.NAME, value: one.on.name },
        },
        selectionSet: set(inner),
      },
    ];
  });
}

function field(one: FieldSelection, prefix: string): readonly FieldNode[] {
  if (one.outcome !== "kept" || one.name === "__typename") return [];
  const type = getNamedType(one.type);
  const base: FieldNode = {
    kind: Kind.FIELD,
    name: one.node.name,
    ...(one.wireKey !== one.name && {
      alias: { kind: Kind.NAME, value: one.wireKey },
    }),
    arguments: one.node.arguments ?? [],
  };
  if (!isCompositeType(type)) return [base];
  const inner = printable(one.selections, type, prefix);
  const wantsType = isAbstractType(type) || inner.length === 0;
  return [
    {
      ...base,
      selectionSet: set(wantsType ? [typename(prefix), ...inner] : inner),
    },
  ];
}

function typename(prefix: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: typenameKey(prefix) },
    name: { kind: Kind.NAME, value: "__typename" },
  };
}

function set(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

function variablesIn(selectionSet: SelectionSetNode): ReadonlySet<string> {
  const used = new Set<string>();
  visit(selectionSet, {
    Variable: (node) => {
      used.add(node.name.value);
    },
  });
  return used;
}
