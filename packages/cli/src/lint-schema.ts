import {
  allScopes,
  isOpen,
  keyFields,
  mixedReaches,
  reachOf,
  readLinks,
  readRules,
} from "@hr/access";
import {
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  Kind,
  buildASTSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from "graphql";

const scopeGrammar = /^[a-z]+(:[a-z]+){1,2}(:(self|reports))?$/;
const authDirectives = ["authenticated", "requiresScopes", "policy"];

/**
 * The house rules no composer checks (docs/access.md): each fault names its
 * subgraph and coordinate.
 */
export function lintSubgraph(name: string, sdl: string): readonly string[] {
  const document = parse(sdl);
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const unlinked = lintLinks(document);
  // Without the link the rules below would be read as none at all.
  if (unlinked.length > 0) return unlinked.map((fault) => `${name}: ${fault}`);
  const faults = [
    ...lintScopes(document, schema),
    ...lintRoots(document, schema),
    ...lintNullability(document, schema),
    ...lintRequires(document),
  ];
  return faults.map((fault) => `${name}: ${fault}`);
}

function lintLinks(document: DocumentNode): readonly string[] {
  const federation = readLinks(document).find(
    ({ identity }) => identity === "https://specs.apollo.dev/federation",
  );
  if (!federation)
    return [
      "it links no Federation 2 specification, so its scopes would vanish",
    ];
  return document.definitions.flatMap((node) =>
    node.kind === Kind.DIRECTIVE_DEFINITION &&
    authDirectives.includes(node.name.value)
      ? [
          `@${node.name.value} is defined here, so it would compose to nothing: import it`,
        ]
      : [],
  );
}

function lintScopes(
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly string[] {
  const faults: string[] = [];
  const keys = keyFields(document, schema);
  for (const [coordinate, rule] of readRules(document, schema).coordinates) {
    faults.push(...mixedReaches(coordinate, rule));
    for (const dnf of rule.scopes)
      for (const scopes of dnf) {
        if (keys.has(coordinate) && scopes.some(hasReach))
          faults.push(
            `${coordinate} is part of a @key: put [${scopes.join(", ")}] on its type, where the reach counts`,
          );
        for (const scope of scopes) {
          if (!scopeGrammar.test(scope))
            faults.push(`${coordinate}: ${scope} does not follow the grammar`);
          if (!(allScopes as readonly string[]).includes(scope))
            faults.push(`${coordinate}: ${scope} is not in the vocabulary`);
        }
        const wide = scopes.map(withoutReach);
        const hasTwin = dnf.some(
          (other) =>
            other.length === wide.length &&
            wide.every((s) => other.includes(s)),
        );
        if (!hasTwin)
          faults.push(
            `${coordinate}: [${scopes.join(", ")}] stands without its company-wide twin [${wide.join(", ")}]`,
          );
      }
  }
  return faults;
}

/** Closed until a scope opens it: every way into the graph carries a rule. */
function lintRoots(
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly string[] {
  const rules = readRules(document, schema);
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.keys(root?.getFields() ?? {})
      .map((field) => `${root?.name}.${field}`)
      .filter((coordinate) => isOpen(rules.own(coordinate)))
      .map((coordinate) => `${coordinate} carries no rule, so it is open`),
  );
}

function lintNullability(
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly string[] {
  const rules = readRules(document, schema);
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const coordinate = `${type.name}.${field.name}`;
      const own = rules.own(coordinate);
      const entry = rules.entry(getNamedType(field.type).name);
      if (own.scopes.length > 0 && isNonNullType(field.type))
        return [
          `${coordinate} carries scopes and is non-null: one missing scope would null its parent`,
        ];
      const page = /(Connection|Edge)$/.test(type.name) || isList(field.type);
      if (entry.scopes.length > 0 && isNonNullType(field.type) && !page)
        return [
          `${coordinate} is a non-null reference to a scoped type: one missing scope would null its parent`,
        ];
      return [];
    });
  });
}

function lintRequires(document: DocumentNode): readonly string[] {
  return fieldsOf(document).flatMap(([coordinate, field]) =>
    (field.directives ?? []).flatMap((directive) => {
      if (directive.name.value !== "requires") return [];
      const fields = directive.arguments?.find(
        ({ name }) => name.value === "fields",
      )?.value;
      return fields?.kind === Kind.STRING && fields.value.includes("(")
        ? [
            `${coordinate}: @requires with arguments; two of them may disagree and one would win`,
          ]
        : [];
    }),
  );
}

function fieldsOf(
  document: DocumentNode,
): readonly (readonly [string, FieldDefinitionNode])[] {
  return document.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (node.fields ?? []).map(
          (field) => [`${node.name.value}.${field.name.value}`, field] as const,
        )
      : [],
  );
}

function hasReach(scope: string): boolean {
  return reachOf(scope) !== "everyone";
}

function withoutReach(scope: string): string {
  const reach = reachOf(scope);
  return reach === "everyone" ? scope : scope.slice(0, -(reach.length + 1));
}

/** Pages are closed as a whole by the field that leads to them. */
function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}
