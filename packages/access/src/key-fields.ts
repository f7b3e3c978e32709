import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
} from "graphql";
import { readLinks } from "./features.ts";

const federation = "https://specs.apollo.dev/federation";

/**
 * Coordinates of all fields that are part of a `@key`, nested ones included.
 * `@key` is known by the federation link, under whatever name it goes by here.
 */
export function keyFields(
  document: DocumentNode,
  schema: GraphQLSchema,
): ReadonlySet<string> {
  const names = new Set(
    readLinks(document)
      .filter(({ identity }) => identity === federation)
      .map(
        ({ imports, namespace }) => imports.get("@key") ?? `@${namespace}__key`,
      ),
  );
  const found = new Set<string>();
  for (const node of document.definitions) {
    if (!("name" in node) || !("directives" in node) || !node.name) continue;
    const type = schema.getType(node.name.value);
    for (const directive of node.directives ?? [])
      if (type && names.has(`@${directive.name.value}`))
        collect(fieldSet(directive), type, schema, found);
  }
  return found;
}

function fieldSet({ arguments: given }: DirectiveNode): SelectionSetNode {
  const value = given?.find(({ name }) => name.value === "fields")?.value;
  const fields = value?.kind === Kind.STRING ? value.value : "";
  const [operation] = parse(`{ ${fields} }`, { noLocation: true }).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION
    ? operation.selectionSet
    : { kind: Kind.SELECTION_SET, selections: [] };
}

function collect(
  { selections }: SelectionSetNode,
  type: GraphQLNamedType,
  schema: GraphQLSchema,
  found: Set<string>,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const narrower = schema.getType(
        selection.typeCondition?.name.value ?? "",
      );
      collect(selection.selectionSet, narrower ?? type, schema, found);
      continue;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    const field = type.getFields()[selection.name.value];
    if (!field) continue;
    for (const owner of objectsOf(type, schema))
      found.add(`${owner.name}.${field.name}`);
    if (selection.selectionSet)
      collect(selection.selectionSet, getNamedType(field.type), schema, found);
  }
}

function objectsOf(type: GraphQLNamedType, schema: GraphQLSchema) {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}
