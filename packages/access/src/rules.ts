import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type ValueNode,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isTypeDefinitionNode,
  isTypeExtensionNode,
} from "graphql";
import { type Feature, readFeatures } from "./features.ts";
import { type Dnf, type Requirement, conjoin, open } from "./requirement.ts";

/**
 * Who may see what, read off a composed supergraph or a subgraph's SDL.
 * `own` is what stands at a coordinate; `entry` and `select` are the closure of
 * it (interfaces over all implementations, the named return type of a field).
 */
export type Rules = {
  own(coordinate: string): Requirement;
  /** For a value of this type to be reached at all. */
  entry(typeName: string): Requirement;
  /** For a field to be selected: own, and entry of what it returns. */
  select(typeName: string, fieldName: string): Requirement;
  /** Every coordinate that carries a requirement of its own. */
  readonly coordinates: ReadonlyMap<string, Requirement>;
  /** Names of fields that take arguments on any type, hidden ones included. */
  readonly fieldsWithArguments: ReadonlySet<string>;
};

/** A supergraph or schema whose access rules cannot be read without guessing. */
export class RulesError extends Error {
  override readonly name = "RulesError";
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The access rules cannot be read:\n- ${faults.join("\n- ")}`);
    this.faults = faults;
  }
}

export const maximumAlternatives = 64;

/**
 * Reads the rules of an SDL document. Directives are found by the identity of
 * their `@link`, under whatever name it gives them.
 * @throws RulesError naming every coordinate that is malformed; nothing is guessed.
 */
export function readRules(
  document: DocumentNode,
  schema: GraphQLSchema,
): Rules {
  const faults: string[] = [];
  const features = readFeatures(document, faults);
  const coordinates = new Map<string, Requirement>();
  const fieldsWithArguments = new Set<string>();
  const note = (
    coordinate: string,
    directives: readonly ConstDirectiveNode[] = [],
  ) => {
    const own = readRequirement(coordinate, directives, features, faults);
    const before = coordinates.get(coordinate) ?? open;
    const both = conjoin(before, own);
    if (both !== open) coordinates.set(coordinate, both);
  };
  for (const node of document.definitions) {
    if (!isTypeNode(node)) continue;
    note(node.name.value, node.directives);
    if (!("fields" in node)) continue;
    for (const field of node.fields ?? []) {
      note(`${node.name.value}.${field.name.value}`, field.directives);
      if ("arguments" in field && field.arguments?.length)
        fieldsWithArguments.add(field.name.value);
    }
  }
  if (faults.length > 0) throw new RulesError(faults);
  return { ...closure(coordinates, schema), coordinates, fieldsWithArguments };
}

function closure(
  coordinates: ReadonlyMap<string, Requirement>,
  schema: GraphQLSchema,
): Pick<Rules, "own" | "entry" | "select"> {
  const own = (coordinate: string) => coordinates.get(coordinate) ?? open;
  const entry = memoise((typeName: string) => {
    const type = schema.getType(typeName);
    if (!isInterfaceType(type)) return own(typeName);
    return conjoin(
      own(typeName),
      ...schema.getPossibleTypes(type).map(({ name }) => own(name)),
    );
  });
  const reach = memoise((coordinate: string) => {
    const [typeName = "", fieldName = ""] = coordinate.split(".");
    return conjoin(
      own(coordinate),
      entry(namedReturnType(schema, typeName, fieldName).name),
    );
  });
  const select = memoise((coordinate: string) => {
    const [typeName = "", fieldName = ""] = coordinate.split(".");
    const type = schema.getType(typeName);
    if (!isInterfaceType(type)) return reach(coordinate);
    return conjoin(
      reach(coordinate),
      ...schema
        .getPossibleTypes(type)
        .flatMap(({ name }) => [own(name), reach(`${name}.${fieldName}`)]),
    );
  });
  return {
    own,
    entry,
    select: (typeName, fieldName) => select(`${typeName}.${fieldName}`),
  };
}

function namedReturnType(
  schema: GraphQLSchema,
  typeName: string,
  fieldName: string,
): GraphQLNamedOutputType {
  const type = schema.getType(typeName);
  const field =
    isObjectType(type) || isInterfaceType(type)
      ? type.getFields()[fieldName]
      : undefined;
  if (!field)
    throw new RulesError([`${typeName}.${fieldName} is not in the schema`]);
  return getNamedType(field.type);
}

function readRequirement(
  coordinate: string,
  directives: readonly ConstDirectiveNode[],
  features: ReadonlyMap<string, Feature>,
  faults: string[],
): Requirement {
  const parts = directives.map((directive): Requirement => {
    const feature = features.get(directive.name.value);
    if (!feature) return open;
    if (feature === "authenticated") return { ...open, authenticated: true };
    const argument = feature === "policy" ? "policies" : "scopes";
    const value = directive.arguments?.find(
      ({ name }) => name.value === argument,
    )?.value;
    const dnf = readDnf(value);
    if (typeof dnf === "string") {
      faults.push(
        `${coordinate}: @${directive.name.value}(${argument}:) ${dnf}`,
      );
      return open;
    }
    return feature === "policy"
      ? { ...open, policies: [dnf] }
      : { ...open, scopes: [dnf] };
  });
  return conjoin(...parts);
}

/** The DNF, or what is wrong with it. `[]`, `[[]]` and a flat list compose, and mean something else to each reader. */
function readDnf(value: ValueNode | undefined): Dnf | string {
  const shape = 'must be a list of lists of names such as [["a", "b"], ["c"]]';
  if (value?.kind !== Kind.LIST || value.values.length === 0) return shape;
  if (value.values.length > maximumAlternatives)
    return `has ${value.values.length} alternatives, more than ${maximumAlternatives}`;
  const dnf: string[][] = [];
  for (const inner of value.values) {
    if (inner.kind !== Kind.LIST || inner.values.length === 0) return shape;
    const all: string[] = [];
    for (const name of inner.values) {
      if (name.kind !== Kind.STRING) return shape;
      if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name.value))
        return `holds ${JSON.stringify(name.value)}, which no token can carry: a scope is printable ASCII without spaces, quotes or backslashes (RFC 6749 section 3.3)`;
      all.push(name.value);
    }
    dnf.push(all);
  }
  return dnf;
}

function isTypeNode(node: {
  kind: string;
}): node is TypeDefinitionNode | TypeExtensionNode {
  const definition = node as DocumentNode["definitions"][number];
  return isTypeDefinitionNode(definition) || isTypeExtensionNode(definition);
}

function memoise(compute: (key: string) => Requirement) {
  const known = new Map<string, Requirement>();
  return (key: string): Requirement => {
    const before = known.get(key);
    if (before) return before;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}
