import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Dnf,
  type PolicyFile,
  type Requirement,
  type Rules,
  conjoin,
  isOpen,
  open,
  readRules,
  toRequirement,
} from "@hr/access";
import { type SubgraphName, checkout, subgraphNames } from "@hr/cli";
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  buildASTSchema,
  getNamedType,
  isObjectType,
  parse,
} from "graphql";
import type { Requirements } from "./expected.ts";
import { type Way, fieldsOf, waysTo } from "./ways.ts";

/** A type or field that asks for something, by itself, by the type it stands on or by what it returns. */
export type Coordinate = {
  readonly name: string;
  readonly type: string;
  /** Null for the type itself. */
  readonly field: string | null;
  readonly scopes: readonly Dnf[];
  readonly ways: readonly Way[];
};

/** One subgraph as its own files describe it. */
export type SubgraphRules = {
  readonly schema: GraphQLSchema;
  /** What its SDL says, whoever else declares more. */
  readonly local: Rules;
  /** What it has to enforce. */
  readonly composed: Requirements;
  /** Types `_entities` resolves. */
  readonly entities: ReadonlySet<string>;
  readonly coordinates: readonly Coordinate[];
};

export async function readSubgraph(name: SubgraphName): Promise<SubgraphRules> {
  const folder = join(checkout, "subgraphs", name);
  const [sdl, json] = await Promise.all([
    readFile(join(folder, "schema.graphql"), "utf8"),
    readFile(join(folder, "policy.json"), "utf8"),
  ]);
  const document = parse(sdl);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const local = readRules(document, schema);
  const policy = JSON.parse(json) as PolicyFile;
  const inPolicy = (coordinate: string) => {
    const entry = policy.coordinates[coordinate];
    return entry ? toRequirement(entry) : open;
  };
  const composed: Requirements = {
    own: (coordinate) => conjoin(inPolicy(coordinate), local.own(coordinate)),
    entry: (type) => conjoin(inPolicy(type), local.entry(type)),
  };
  const entities = entitiesOf(document);
  const coordinates = coordinatesOf(schema, composed, entities);
  return { schema, local, composed, entities, coordinates };
}

export function coordinatesOf(
  schema: GraphQLSchema,
  rules: Requirements,
  entities: ReadonlySet<string> = new Set(),
): readonly Coordinate[] {
  const ways = waysTo(schema, entities);
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith("_")) return [];
    const entry = rules.entry(type.name);
    const shared = { type: type.name, ways: ways.get(type.name) ?? [] };
    const itself = { ...shared, name: type.name, field: null, rule: entry };
    const fields = fieldsOf(schema, type.name).map((field) => {
      const name = `${type.name}.${field.name}`;
      const returned = rules.entry(getNamedType(field.type).name);
      const rule = conjoin(entry, rules.own(name), returned);
      return { ...shared, name, field: field.name, rule };
    });
    return [itself, ...fields]
      .filter(({ rule }) => !isOpen(rule))
      .map(({ rule, ...one }) => ({ ...one, scopes: rule.scopes }));
  });
}

/**
 * What another subgraph's SDL asks for at coordinates this one serves too and asks
 * less for: read from the schemas, whatever the policy files say.
 */
export function declaredElsewhere(
  name: SubgraphName,
  all: Readonly<Record<SubgraphName, SubgraphRules>>,
) {
  const { schema, local, entities } = all[name];
  return subgraphNames.flatMap((by) => {
    const own = (coordinate: string) =>
      difference(all[by].local.own(coordinate), local.own(coordinate));
    return coordinatesOf(schema, { own, entry: own }, entities)
      .filter((one) => own(one.name).scopes.length > 0)
      .map((one) => ({ ...one, by, subgraph: name }));
  });
}

function difference(theirs: Requirement, ours: Requirement): Requirement {
  const known = ours.scopes.map((dnf) => JSON.stringify(dnf));
  const scopes = theirs.scopes.filter(
    (dnf) => !known.includes(JSON.stringify(dnf)),
  );
  return { ...open, scopes };
}

function entitiesOf(document: DocumentNode): ReadonlySet<string> {
  const names = document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const keys = node.directives?.filter(({ name }) => name.value === "key");
    const isResolvable = keys?.some((key) =>
      key.arguments?.every(({ name }) => name.value !== "resolvable"),
    );
    return isResolvable ? [node.name.value] : [];
  });
  return new Set(names);
}
