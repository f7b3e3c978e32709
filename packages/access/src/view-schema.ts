import {
  type ASTNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  type OperationTypeDefinitionNode,
  OperationTypeNode,
  type StringValueNode,
  type TypeDefinitionNode,
  type TypeNode,
  buildASTSchema,
  isTypeDefinitionNode,
  visit,
} from "graphql";
import { reportScopes } from "./required-scopes.ts";
import { type Requirement, isOpen } from "./requirement.ts";
import type { Rules } from "./rules.ts";

/** What a caller may introspect: the two questions the filter asks, answered for one caller. */
export type Visibility = {
  /** May a value of this type be reached at all? */
  entry(typeName: string): boolean;
  /** May this field be selected, what it returns included? */
  select(typeName: string, fieldName: string): boolean;
};

/**
 * The part of an API schema (printed and parsed: no extensions) that a caller
 * reaches, for `__schema` and `__type`. A convenience, not a lock: what is hidden
 * here is refused by the filter whether it is seen or not.
 *
 * Promises that every operation which validates against the view is granted in
 * full (but `__typename` of a root that is itself closed), and that the view is a
 * valid schema but for a query root without fields, which is reported all the same.
 */
export function viewSchema(
  document: DocumentNode,
  visible: Visibility,
): GraphQLSchema {
  const granted = new Map(
    document.definitions
      .filter(isTypeDefinitionNode)
      .map((type) => [type.name.value, grantedPart(type, visible)]),
  );
  const types = settle(settle(granted, withoutDeadEnds), withoutBrokenPromises);
  const roots = rootsOf(document).filter(
    ({ operation, type }) =>
      operation === OperationTypeNode.QUERY ||
      !isEmpty(types.get(type.name.value)),
  );
  const directives = document.definitions.filter(
    ({ kind }) => kind === Kind.DIRECTIVE_DEFINITION,
  );
  const reached = reachable(types, [...roots, ...directives]);
  const before = document.definitions.find(
    (node) => node.kind === Kind.SCHEMA_DEFINITION,
  );
  return buildASTSchema(
    {
      kind: Kind.DOCUMENT,
      definitions: [
        { ...before, kind: Kind.SCHEMA_DEFINITION, operationTypes: roots },
        ...directives,
        ...[...types.values()].filter(({ name }) => reached.has(name.value)),
      ],
    },
    { assumeValid: true },
  );
}

/**
 * The whole API schema; the description of everything that is not open to
 * everybody ends in what it asks for: "Requires: a and b, or c."
 */
export function describedSchema(
  document: DocumentNode,
  rules: Rules,
): GraphQLSchema {
  const definitions = document.definitions.map((node) => {
    if (!isTypeDefinitionNode(node)) return node;
    const typeName = node.name.value;
    const type = described(node, rules.entry(typeName));
    if (!hasFields(type)) return type;
    const fields = (type.fields ?? []).map((field) =>
      described(field, rules.select(typeName, field.name.value)),
    );
    return { ...type, fields };
  });
  return buildASTSchema(
    { kind: Kind.DOCUMENT, definitions },
    { assumeValid: true },
  );
}

type Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

type Types = ReadonlyMap<string, TypeDefinitionNode>;

type Step = (type: TypeDefinitionNode, types: Types) => TypeDefinitionNode;

/** A type that may not be entered is left without fields, and so is a dead end. */
function grantedPart(
  type: TypeDefinitionNode,
  visible: Visibility,
): TypeDefinitionNode {
  if (!hasFields(type)) return type;
  const typeName = type.name.value;
  const fields = (type.fields ?? []).filter(
    ({ name }) =>
      visible.entry(typeName) && visible.select(typeName, name.value),
  );
  return { ...type, fields };
}

/** Takes steps, each of which can only make types smaller, until none does. */
function settle(types: Types, step: Step): Types {
  const next = new Map(
    [...types].map(([name, type]) => [name, step(type, types)]),
  );
  const size = (some: Types) => [...some.values()].flatMap(mentionedIn).length;
  return size(next) < size(types) ? settle(next, step) : types;
}

/** Without the fields and members whose type has nothing left to select. */
function withoutDeadEnds(
  type: TypeDefinitionNode,
  types: Types,
): TypeDefinitionNode {
  const leads = (name: string) => !isEmpty(types.get(name));
  if (type.kind === Kind.UNION_TYPE_DEFINITION) {
    const members = type.types?.filter(({ name }) => leads(name.value));
    return { ...type, types: members ?? [] };
  }
  if (!hasFields(type)) return type;
  const fields = type.fields?.filter((field) => leads(named(field.type)));
  return { ...type, fields: fields ?? [] };
}

/** Without the interfaces whose fields, as far as they are left, the type no longer has. */
function withoutBrokenPromises(
  type: TypeDefinitionNode,
  types: Types,
): TypeDefinitionNode {
  if (!hasFields(type)) return type;
  const interfaces = type.interfaces?.filter(({ name }) => {
    const promised = types.get(name.value);
    return promised && hasFields(promised) && keeps(type, promised, types);
  });
  return { ...type, interfaces: interfaces ?? [] };
}

function keeps(type: Fielded, promised: Fielded, types: Types): boolean {
  const fields = new Map(
    type.fields?.map((field) => [field.name.value, named(field.type)]),
  );
  return (
    !isEmpty(promised) &&
    (promised.fields ?? []).every((field) => {
      const own = fields.get(field.name.value);
      return own !== undefined && isSubtype(own, named(field.type), types);
    })
  );
}

function isSubtype(name: string, above: string, types: Types): boolean {
  return (
    name === above ||
    interfacesOf(types.get(name)).includes(above) ||
    membersOf(types.get(above)).includes(name)
  );
}

/** Everything named on the way, and what may stand for an interface that is. */
function reachable(
  types: Types,
  from: readonly ASTNode[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const reach = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const type = types.get(name);
    if (type) mentionedIn(type).forEach(reach);
    for (const [other, below] of types)
      if (interfacesOf(below).includes(name)) reach(other);
  };
  from.flatMap(mentionedIn).forEach(reach);
  return found;
}

function mentionedIn(node: ASTNode): readonly string[] {
  const names: string[] = [];
  visit(node, {
    NamedType: ({ name }) => {
      names.push(name.value);
    },
  });
  return names;
}

/** Written out, or by their customary names. */
function rootsOf(
  document: DocumentNode,
): readonly OperationTypeDefinitionNode[] {
  const written = document.definitions.find(
    (node) => node.kind === Kind.SCHEMA_DEFINITION,
  );
  if (written) return written.operationTypes;
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const operation = customaryRoots.get(node.name.value);
    if (!operation) return [];
    const type = { kind: Kind.NAMED_TYPE, name: node.name } as const;
    return [{ kind: Kind.OPERATION_TYPE_DEFINITION, operation, type } as const];
  });
}

const customaryRoots: ReadonlyMap<string, OperationTypeNode> = new Map([
  ["Query", OperationTypeNode.QUERY],
  ["Mutation", OperationTypeNode.MUTATION],
  ["Subscription", OperationTypeNode.SUBSCRIPTION],
]);

function hasFields(type: TypeDefinitionNode): type is Fielded {
  return (
    type.kind === Kind.OBJECT_TYPE_DEFINITION ||
    type.kind === Kind.INTERFACE_TYPE_DEFINITION
  );
}

function isEmpty(type: TypeDefinitionNode | undefined): boolean {
  if (type?.kind === Kind.UNION_TYPE_DEFINITION) return !type.types?.length;
  return type !== undefined && hasFields(type) && !type.fields?.length;
}

function interfacesOf(type: TypeDefinitionNode | undefined) {
  return type && hasFields(type) ? namesOf(type.interfaces) : [];
}

function membersOf(type: TypeDefinitionNode | undefined) {
  return type?.kind === Kind.UNION_TYPE_DEFINITION ? namesOf(type.types) : [];
}

function namesOf(nodes: readonly NamedTypeNode[] = []): readonly string[] {
  return nodes.map(({ name }) => name.value);
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
}

function described<Node extends TypeDefinitionNode | FieldDefinitionNode>(
  node: Node,
  requirement: Requirement,
): Node {
  if (isOpen(requirement)) return node;
  const before = node.description?.value;
  const description: StringValueNode = {
    kind: Kind.STRING,
    value: [before, inWords(requirement)].filter(Boolean).join("\n\n"),
    block: true,
  };
  return { ...node, description };
}

/** Scopes imply a signed-in caller, so only a requirement without any says so. */
function inWords({ authenticated, scopes, policies }: Requirement): string {
  const alone = authenticated && scopes.length === 0;
  const { alternatives, truncated } = reportScopes([
    ...(alone ? [[["a signed-in caller"]]] : []),
    ...scopes,
    ...policies.map((dnf) =>
      dnf.map((all) => all.map((name) => `the policy ${name}`)),
    ),
  ]);
  const choices = alternatives.map((all) =>
    all.toSorted((a, b) => rank(a) - rank(b)).join(" and "),
  );
  if (truncated) choices.push("others");
  return `Requires: ${choices.join(", or ")}.`;
}

/** Policies last; a scope holds no space. */
function rank(word: string): number {
  return word.startsWith("the policy ") ? 1 : 0;
}
