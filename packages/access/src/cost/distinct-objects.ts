import {
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  isAbstractType,
  isCompositeType,
  isObjectType,
  visit,
} from "graphql";

type Document = {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

/** The objects a type may be, but of those that no fragment of the document tells apart only one. */
export function distinctObjects(
  document: Document,
): (type: GraphQLCompositeType) => readonly GraphQLObjectType[] {
  const { schema } = document;
  let conditions: readonly GraphQLCompositeType[] | undefined;
  const known = new Map<string, readonly GraphQLObjectType[]>();
  return (type) => {
    if (isObjectType(type)) return [type];
    const before = known.get(type.name);
    if (before) return before;
    const told = (conditions ??= conditionsIn(document));
    const distinct = new Map(
      schema
        .getPossibleTypes(type)
        .map((object) => [
          told.map((one) => includes(schema, one, object)).join(),
          object,
        ]),
    );
    const objects = [...distinct.values()];
    known.set(type.name, objects);
    return objects;
  };
}

function conditionsIn({ schema, operation, fragments }: Document) {
  const conditions = new Set<GraphQLCompositeType>();
  for (const node of [operation, ...fragments.values()])
    visit(node, {
      NamedType({ name }) {
        const type = schema.getType(name.value);
        if (isCompositeType(type)) conditions.add(type);
      },
    });
  return [...conditions];
}

export function includes(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  object: GraphQLObjectType,
): boolean {
  return (
    type === object || (isAbstractType(type) && schema.isSubType(type, object))
  );
}
