import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  isInterfaceType,
  isObjectType,
} from "graphql";
import {
  type Dnf,
  type Requirement,
  isOpen,
  mentioned,
} from "./requirement.ts";
import type { Rules } from "./rules.ts";

/**
 * What one subgraph has to enforce, as composed: for each type it serves the
 * requirement to enter it, for each field the requirement on the field itself.
 * A requirement another subgraph declared on a shared coordinate is included.
 * A coordinate that is not listed is closed.
 */
export type PolicyFile = {
  /** SHA-256 of the composed SDL this was read from. */
  readonly supergraph: string;
  readonly subgraph: string;
  readonly coordinates: Readonly<Record<string, PolicyEntry>>;
};

/** An open coordinate is `{}`. */
export type PolicyEntry = {
  readonly authenticated?: true;
  readonly scopes?: readonly Dnf[];
  readonly policies?: readonly Dnf[];
};

export type ServedSubgraph = {
  /** As in `supergraph.yaml`: `payroll`. */
  readonly name: string;
  readonly url: string;
  /** Its value of the enum `join__Graph`. */
  readonly graph: string;
};

/** The subgraphs of a composed SDL, from its enum `join__Graph`. */
export function readSubgraphs(
  document: DocumentNode,
): readonly ServedSubgraph[] {
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION) return [];
    if (node.name.value !== "join__Graph") return [];
    return (node.values ?? []).map((value) => {
      const graph = value.directives?.find(
        ({ name }) => name.value === "join__graph",
      );
      return {
        graph: value.name.value,
        name: text(graph, "name") ?? value.name.value,
        url: text(graph, "url") ?? "",
      };
    });
  });
}

export function policyFor(
  subgraph: ServedSubgraph,
  supergraph: {
    readonly document: DocumentNode;
    readonly schema: GraphQLSchema;
    readonly rules: Rules;
    readonly hash: string;
  },
): PolicyFile {
  const { document, schema, rules } = supergraph;
  const coordinates: Record<string, PolicyEntry> = {};
  for (const node of document.definitions) {
    if (!("directives" in node) || !("name" in node) || !node.name) continue;
    const typeName = node.name.value;
    if (!servesType(node.directives, subgraph.graph)) continue;
    coordinates[typeName] = toEntry(rules.entry(typeName));
    const type = schema.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of fieldsOf(node)) {
      if (!servesField(field.directives, subgraph.graph)) continue;
      const coordinate = `${typeName}.${field.name.value}`;
      coordinates[coordinate] = toEntry(rules.own(coordinate));
    }
  }
  const sorted = Object.entries(coordinates).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return {
    supergraph: supergraph.hash,
    subgraph: subgraph.name,
    coordinates: Object.fromEntries(sorted),
  };
}

/** The scopes a token for this subgraph may carry: no others mean anything to it. */
export function scopesOf(policy: PolicyFile): ReadonlySet<string> {
  return new Set(
    Object.values(policy.coordinates).flatMap((entry) => [
      ...mentioned(toRequirement(entry)),
    ]),
  );
}

/**
 * What is wrong with a policy file that was read: it belongs to another
 * subgraph, a part is missing, or an entry could be misread as open.
 */
export function policyFileFaults(
  policy: unknown,
  subgraph: string,
): readonly string[] {
  const cure = "run npm run compose";
  if (!isRecord(policy) || !isRecord(policy["coordinates"]))
    return [`The policy of ${subgraph} lists no coordinates: ${cure}`];
  if (typeof policy["supergraph"] !== "string")
    return [
      `The policy of ${subgraph} does not say which supergraph it was read from: ${cure}`,
    ];
  if (policy["subgraph"] !== subgraph)
    return [
      `This is the policy of ${JSON.stringify(policy["subgraph"])}, not of ${subgraph}`,
    ];
  return Object.entries(policy["coordinates"])
    .filter(([, entry]) => !isEntry(entry))
    .map(
      ([coordinate]) =>
        `${coordinate}: its entry in the policy of ${subgraph} cannot be read: ${cure}`,
    );
}

export function toRequirement(entry: PolicyEntry): Requirement {
  return {
    authenticated: entry.authenticated ?? false,
    scopes: entry.scopes ?? [],
    policies: entry.policies ?? [],
  };
}

function toEntry(requirement: Requirement): PolicyEntry {
  if (isOpen(requirement)) return {};
  return {
    ...(requirement.authenticated && { authenticated: true }),
    ...(requirement.scopes.length > 0 && { scopes: requirement.scopes }),
    ...(requirement.policies.length > 0 && { policies: requirement.policies }),
  };
}

function isEntry(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  const { authenticated = true, scopes = [], policies = [], ...rest } = entry;
  return (
    authenticated === true &&
    isListOf(scopes, isDnf) &&
    isListOf(policies, isDnf) &&
    Object.keys(rest).length === 0
  );
}

/** An empty alternative would be open to everyone. */
function isDnf(value: unknown): boolean {
  const isAlternative = (all: unknown) =>
    isFilledListOf(all, (name) => typeof name === "string" && name !== "");
  return isFilledListOf(value, isAlternative);
}

function isFilledListOf(value: unknown, is: (item: unknown) => boolean) {
  return isListOf(value, is) && value.length > 0;
}

function isListOf(
  value: unknown,
  is: (item: unknown) => boolean,
): value is readonly unknown[] {
  return Array.isArray(value) && value.every(is);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Directives = readonly DirectiveNode[] | undefined;

function servesType(directives: Directives, graph: string): boolean {
  return named(directives, "join__type").some(
    (one) => text(one, "graph") === graph,
  );
}

/** Without `join__field`, a field is served by every subgraph of its type. */
function servesField(directives: Directives, graph: string): boolean {
  const joins = named(directives, "join__field").filter(
    (one) => text(one, "graph") !== undefined,
  );
  return (
    joins.length === 0 || joins.some((one) => text(one, "graph") === graph)
  );
}

function fieldsOf(node: DocumentNode["definitions"][number]) {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION
    ? (node.fields ?? [])
    : [];
}

function named(directives: Directives, name: string) {
  return (directives ?? []).filter((one) => one.name.value === name);
}

function text(
  directive: DirectiveNode | undefined,
  name: string,
): string | undefined {
  const value = directive?.arguments?.find(
    (one) => one.name.value === name,
  )?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM
    ? value.value
    : undefined;
}
