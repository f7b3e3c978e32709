import {
  type Principal,
  type Rules,
  describedSchema,
  meets,
  mentioned,
  policiesIn,
  viewSchema,
} from "@hr/access";
import {
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type TypeNode,
  executeSync,
  parse,
  printSchema,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { Prepared } from "./authorize.ts";

/** Whose schema introspection shows: the caller's, or everybody's with what each field asks for. */
export type IntrospectionMode = "scoped" | "all";

export type Introspection = {
  /** Policies a view may depend on. */
  readonly policies: ReadonlySet<string>;
  /** Answers to `__schema` and `__type` by response key. */
  answer(asked: IntrospectionRequest): Readonly<Record<string, unknown>>;
};

export type IntrospectionRequest = {
  readonly prepared: Prepared;
  readonly fields: readonly FieldNode[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  readonly granted: ReadonlySet<string>;
};

const maximumViews = 64;

/**
 * Answers introspection from a view of the API schema: what the caller's scopes
 * reach. A convenience and no lock, for a hidden field that is selected is denied
 * as any other. The stock executor never sees these fields; it would show everything.
 */
export function createIntrospection(
  apiSchema: GraphQLSchema,
  rules: Rules,
  mode: IntrospectionMode,
): Introspection {
  const document = parse(printSchema(apiSchema), { noLocation: true });
  const requirements = [...rules.coordinates.values()];
  const scopes = [
    ...new Set(requirements.flatMap((one) => [...mentioned(one)])),
  ];
  const views = new LRUCache<string, GraphQLSchema>({ max: maximumViews });

  const keyOf = ({ principal, granted }: IntrospectionRequest) =>
    mode === "all"
      ? mode
      : JSON.stringify([
          principal.kind === "anonymous",
          scopes.filter((scope) => principal.scopes.has(scope)),
          [...granted].sort(),
        ]);
  const make = ({ principal, granted }: IntrospectionRequest) =>
    mode === "all"
      ? describedSchema(document, rules)
      : viewSchema(document, {
          entry: (type) => meets(rules.entry(type), principal, granted),
          select: (type, field) =>
            meets(rules.select(type, field), principal, granted),
        });

  return {
    policies: mode === "all" ? new Set() : policiesIn(requirements),
    answer(asked) {
      const key = keyOf(asked);
      const view = views.get(key) ?? make(asked);
      views.set(key, view);
      const { operation: original } = asked.prepared;
      const operation: OperationDefinitionNode = {
        ...original,
        // A view may lack the types of the other variables.
        variableDefinitions: (original.variableDefinitions ?? []).filter(
          ({ type }) => isBuiltIn(type),
        ),
        selectionSet: { kind: Kind.SELECTION_SET, selections: asked.fields },
      };
      const result = executeSync({
        schema: view,
        document: {
          kind: Kind.DOCUMENT,
          definitions: [operation, ...asked.prepared.fragments.values()],
        },
        variableValues: asked.variables,
      });
      return result.data ?? {};
    },
  };
}

/** What arguments of introspection fields and `@skip` take. */
function isBuiltIn(type: TypeNode): boolean {
  if (type.kind !== Kind.NAMED_TYPE)
    return type.kind === Kind.NON_NULL_TYPE && isBuiltIn(type.type);
  return ["Boolean", "String", "ID"].includes(type.name.value);
}
