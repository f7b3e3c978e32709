import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type ValueNode,
  TypeNameMetaFieldDef,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getNamedType,
  isCompositeType,
  isUnionType,
  print,
} from "graphql";
import type { Requirement } from "./requirement.ts";
import type { Rules } from "./rules.ts";

/** A selection the filter took out. Data until an edge says it in its own words. */
export type Denial = {
  /** Schema names, never a response key: `Payslip.payRun`, or a type for a fragment. */
  readonly coordinate: string;
  /** Response keys as the client wrote them; no list indices, since nothing was fetched. */
  readonly path: readonly string[];
  readonly requirement: Requirement;
};

/**
 * `kept` is sent; `denied` was refused; `emptied` lost everything below it and is
 * not fetched; `introspection` is answered by the gateway itself.
 */
export type Outcome = "kept" | "denied" | "emptied" | "introspection";

export type FieldSelection = {
  readonly kind: "field";
  readonly node: FieldNode;
  readonly name: string;
  readonly responseKey: string;
  /** The key the planner and the subgraphs see in place of the client's. */
  readonly wireKey: string;
  readonly type: GraphQLOutputType;
  readonly outcome: Outcome;
  readonly selections: readonly Selection[];
};

export type FragmentSelection = {
  readonly kind: "fragment";
  readonly on: GraphQLCompositeType;
  readonly denied: boolean;
  readonly selections: readonly Selection[];
};

export type Selection = FieldSelection | FragmentSelection;

export type FilteredOperation = {
  readonly operation: OperationDefinitionNode;
  readonly rootType: GraphQLCompositeType;
  /** The original operation with fragments and conditions resolved, each part with its outcome. */
  readonly selections: readonly Selection[];
  readonly denials: readonly Denial[];
};

export type FilterInput = {
  /** The API schema the document was validated against. */
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced; null: unknown, so that every conditional selection counts. */
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly rules: Rules;
  /** Whether the caller meets a requirement. */
  readonly meets: (requirement: Requirement) => boolean;
  /** No name in the supergraph begins with it. */
  readonly prefix: string;
};

/**
 * Takes out of an operation what the caller's scopes do not reach, by the rules
 * of the schema alone: before planning, without seeing a row. Pure.
 */
export function filterOperation(input: FilterInput): FilteredOperation {
  const rootType = input.schema.getRootType(input.operation.operation);
  if (!rootType) throw new Error("The operation's root type is not served");
  const walk = new Walk(input, rootType.name);
  const { selections: nodes } = input.operation.selectionSet;
  const selections = walk.selections(nodes, rootType, []);
  return {
    operation: input.operation,
    rootType,
    selections,
    denials: walk.denials(),
  };
}

/** Whether anything of these selections is sent. */
export function isAlive(selections: readonly Selection[]): boolean {
  return selections.some((one) =>
    one.kind === "field"
      ? one.outcome === "kept"
      : !one.denied && isAlive(one.selections),
  );
}

type Described = Omit<FieldSelection, "outcome" | "selections">;

// The two maps live for one walk; a class would be the alternative to passing them along.
class Walk {
  readonly #input: FilterInput;
  readonly #root: string;
  readonly #denials = new Map<string, Denial>();
  readonly #wireKeys = new Map<string, string>();

  constructor(input: FilterInput, root: string) {
    this.#input = input;
    this.#root = root;
  }

  denials(): readonly Denial[] {
    return [...this.#denials.values()];
  }

  selections(
    nodes: readonly SelectionNode[],
    parent: GraphQLCompositeType,
    path: readonly string[],
  ): readonly Selection[] {
    return nodes.flatMap((node): readonly Selection[] => {
      if (this.#excluded(node)) return [];
      if (node.kind === Kind.FIELD) return [this.#field(node, parent, path)];
      return [this.#fragment(node, parent, path)];
    });
  }

  /** The keys of selections below one that is refused: null, and not judged. */
  #refused(
    nodes: readonly SelectionNode[],
    parent: GraphQLCompositeType,
  ): readonly Selection[] {
    return nodes.flatMap((node): readonly Selection[] => {
      if (this.#excluded(node)) return [];
      if (node.kind !== Kind.FIELD) {
        const on = this.#condition(node, parent);
        const selections = this.#refused(this.#inner(node), on);
        return [{ kind: "fragment", on, denied: true, selections }];
      }
      return [this.#closed(this.#described(node, parent))];
    });
  }

  #closed(field: Described): FieldSelection {
    const type = getNamedType(field.type);
    const nodes = field.node.selectionSet?.selections ?? [];
    const selections = isCompositeType(type) ? this.#refused(nodes, type) : [];
    return { ...field, outcome: "denied", selections };
  }

  #field(
    node: FieldNode,
    parent: GraphQLCompositeType,
    path: readonly string[],
  ): FieldSelection {
    const field = this.#described(node, parent);
    if (field.name === "__schema" || field.name === "__type")
      return { ...field, outcome: "introspection", selections: [] };
    const here = [...path, field.responseKey];
    const shut = this.#shut(field.name, parent, here);
    if (shut) {
      this.#deny({ ...shut, path: here });
      return this.#closed(field);
    }
    const type = getNamedType(field.type);
    if (!isCompositeType(type))
      return { ...field, outcome: "kept", selections: [] };
    const inner = node.selectionSet?.selections ?? [];
    const selections = this.selections(inner, type, here);
    return { ...field, outcome: this.#outcome(selections), selections };
  }

  /** What keeps the caller from a field: the root type, for fields that stand there, or its own rule. */
  #shut(
    name: string,
    parent: GraphQLCompositeType,
    path: readonly string[],
  ): Pick<Denial, "coordinate" | "requirement"> | undefined {
    const { rules, meets } = this.#input;
    if (path.length === 1 && this.#isRootShut())
      return { coordinate: this.#root, requirement: rules.entry(this.#root) };
    if (name === "__typename") return undefined;
    const requirement = rules.select(parent.name, name);
    return meets(requirement)
      ? undefined
      : { coordinate: `${parent.name}.${name}`, requirement };
  }

  #isRootShut(): boolean {
    return !this.#input.meets(this.#input.rules.entry(this.#root));
  }

  #fragment(
    node: Exclude<SelectionNode, FieldNode>,
    parent: GraphQLCompositeType,
    path: readonly string[],
  ): FragmentSelection {
    const on = this.#condition(node, parent);
    const inner = this.#inner(node);
    const { rules, meets } = this.#input;
    const requirement = rules.entry(on.name);
    // Below a closed root each field is denied for the root's sake.
    const isJudged =
      on !== parent && !(path.length === 0 && this.#isRootShut());
    if (isJudged && !meets(requirement)) {
      this.#deny({ coordinate: on.name, path, requirement });
      const selections = this.#refused(inner, on);
      return { kind: "fragment", on, denied: true, selections };
    }
    const selections = this.selections(inner, on, path);
    return { kind: "fragment", on, denied: false, selections };
  }

  /** What becomes of a field by what is left below it. */
  #outcome(selections: readonly Selection[]): Outcome {
    if (isAlive(selections)) return "kept";
    if (selections.every(isBlank)) return "kept";
    if (this.#input.operation.operation === OperationTypeNode.MUTATION)
      return "emptied";
    return hasDeniedField(selections) ? "kept" : "emptied";
  }

  #described(node: FieldNode, parent: GraphQLCompositeType): Described {
    const name = node.name.value;
    const responseKey = node.alias?.value ?? name;
    return {
      kind: "field" as const,
      node,
      name,
      responseKey,
      wireKey: this.#wireKey(node, responseKey),
      type: this.#typeOf(name, parent),
    };
  }

  /**
   * An alias, or the same field with other arguments, would merge with a field
   * the planner adds for its own use; under a key of ours it cannot. A field that
   * could take arguments and was given none is such a field too. Selections that
   * are one by the specification (5.3.2) get one key.
   */
  #wireKey(node: FieldNode, responseKey: string): string {
    const name = node.name.value;
    const takesArguments = this.#input.rules.fieldsWithArguments.has(name);
    if (responseKey === name && !takesArguments) return name;
    const identity = JSON.stringify([responseKey, name, ...identities(node)]);
    const known = this.#wireKeys.get(identity);
    if (known) return known;
    const key = `${this.#input.prefix}${this.#wireKeys.size}`;
    this.#wireKeys.set(identity, key);
    return key;
  }

  #typeOf(name: string, parent: GraphQLCompositeType): GraphQLOutputType {
    if (name === "__typename") return TypeNameMetaFieldDef.type;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (field) return field.type;
    if (name === "__schema" || name === "__type")
      return TypeNameMetaFieldDef.type;
    throw new Error(`${parent.name}.${name} is not in the schema`);
  }

  #condition(
    node: Exclude<SelectionNode, FieldNode>,
    parent: GraphQLCompositeType,
  ): GraphQLCompositeType {
    const condition =
      node.kind === Kind.INLINE_FRAGMENT
        ? node.typeCondition
        : this.#definition(node.name.value).typeCondition;
    if (!condition) return parent;
    const type = this.#input.schema.getType(condition.name.value);
    if (!isCompositeType(type))
      throw new Error(`${condition.name.value} cannot carry a fragment`);
    return type;
  }

  #inner(node: Exclude<SelectionNode, FieldNode>): readonly SelectionNode[] {
    return node.kind === Kind.INLINE_FRAGMENT
      ? node.selectionSet.selections
      : this.#definition(node.name.value).selectionSet.selections;
  }

  #definition(name: string): FragmentDefinitionNode {
    const definition = this.#input.fragments.get(name);
    if (!definition) throw new Error(`Fragment ${name} is not defined`);
    return definition;
  }

  #excluded(node: SelectionNode): boolean {
    const { variables } = this.#input;
    if (!variables) return false;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
    if (skip?.["if"] === true) return true;
    const include = getDirectiveValues(
      GraphQLIncludeDirective,
      node,
      variables,
    );
    return include?.["if"] === false;
  }

  #deny(denial: Denial): void {
    const identity = JSON.stringify([denial.path, denial.coordinate]);
    if (!this.#denials.has(identity)) this.#denials.set(identity, denial);
  }
}

/** Nothing was selected here, and nothing was denied. */
function isBlank(one: Selection): boolean {
  return (
    one.kind === "fragment" && !one.denied && one.selections.every(isBlank)
  );
}

function hasDeniedField(selections: readonly Selection[]): boolean {
  return selections.some((one) =>
    one.kind === "field"
      ? one.outcome !== "kept"
      : !one.denied && hasDeniedField(one.selections),
  );
}

/** Arguments and the fields of input objects have no order. */
function identities({ arguments: given = [] }: FieldNode): readonly string[] {
  return given
    .map(({ name, value }) => `${name.value}: ${print(sorted(value))}`)
    .sort();
}

function sorted(value: ValueNode): ValueNode {
  if (value.kind === Kind.LIST)
    return { ...value, values: value.values.map(sorted) };
  if (value.kind !== Kind.OBJECT) return value;
  const fields = value.fields
    .map((field) => ({ ...field, value: sorted(field.value) }))
    .sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
  return { ...value, fields };
}
