import { createHash } from "node:crypto";
import {
  type Costs,
  type PolicyFile,
  type Rules,
  RulesError,
  accessFeatureOf,
  directiveName,
  mentioned,
  policyFor,
  readCosts,
  readLinks,
  readRules,
  readSubgraphs,
  scopesOf,
} from "@hr/access";
import {
  type DocumentNode,
  type GraphQLSchema,
  buildASTSchema,
  parse,
  print,
  visit,
} from "graphql";

/** A composed supergraph, split: rules for us, a runnable SDL for the stock gateway. */
export type Supergraph = {
  /** SHA-256 of the SDL as composed. */
  readonly hash: string;
  readonly rules: Rules;
  /** What `@cost` and `@listSize` say, hidden coordinates included. */
  readonly costs: Costs;
  /** Without the access features, which `@apollo/gateway` refuses. */
  readonly runnable: string;
  readonly subgraphs: readonly RoutedSubgraph[];
  /** No name in the supergraph begins with it: ours for response keys. */
  readonly prefix: string;
};

export type RoutedSubgraph = {
  readonly name: string;
  readonly url: string;
  /** The scopes a token for it may carry. */
  readonly scopes: ReadonlySet<string>;
  /** Names of the mutations it serves. */
  readonly mutations: ReadonlySet<string>;
};

export type SupergraphOptions = {
  /** Whether somebody decides `@policy`. */
  readonly policies?: boolean;
  /** The scopes it may name; any when left out. */
  readonly vocabulary?: ReadonlySet<string> | undefined;
};

/**
 * Splits a composed SDL in two. The original alone feeds the rules; its hash
 * stands on the first line of the copy, so that a change of scopes alone is a change.
 * @throws RulesError when the rules cannot be read without guessing.
 */
export function readSupergraph(
  sdl: string,
  { policies = false, vocabulary }: SupergraphOptions = {},
): Supergraph {
  const document = parseSdl(sdl);
  const schema = buildSchema(document);
  const rules = readRules(document, schema);
  if (!policies) refusePolicies(rules);
  if (vocabulary) refuseUnknownScopes(rules, vocabulary);
  const hash = createHash("sha256").update(sdl).digest("hex");
  const subgraphs = readSubgraphs(document);
  if (subgraphs.length === 0)
    throw new RulesError([
      "there is no enum join__Graph: compose the subgraphs into a supergraph first",
    ]);
  return {
    hash,
    rules,
    costs: readCosts(document, schema),
    runnable: `# policy ${hash}\n${print(withoutAccess(document))}\n`,
    subgraphs: subgraphs.map((subgraph) => {
      const policy = policyFor(subgraph, { document, schema, rules, hash });
      return {
        name: subgraph.name,
        url: subgraph.url,
        scopes: scopesOf(policy),
        mutations: mutationsIn(policy, schema),
      };
    }),
    prefix: choosePrefix(document),
  };
}

function mutationsIn(
  { coordinates }: PolicyFile,
  schema: GraphQLSchema,
): ReadonlySet<string> {
  const type = schema.getMutationType();
  const fields = Object.keys(type?.getFields() ?? {});
  return new Set(
    fields.filter((field) =>
      Object.hasOwn(coordinates, `${type?.name}.${field}`),
    ),
  );
}

/** Nobody would decide them, and a rule nobody decides is none. */
function refusePolicies({ coordinates }: Rules): void {
  const faults = [...coordinates]
    .filter(([, requirement]) => requirement.policies.length > 0)
    .map(
      ([coordinate]) =>
        `${coordinate}: @policy is used, but this gateway has no policy evaluator: give POLICY_MODULE`,
    );
  if (faults.length > 0) throw new RulesError(faults);
}

/** A misspelt scope locks a field for everybody, or opens it to the wrong ones. */
function refuseUnknownScopes(
  { coordinates }: Rules,
  vocabulary: ReadonlySet<string>,
): void {
  const faults = [...coordinates].flatMap(([coordinate, requirement]) =>
    [...mentioned(requirement)]
      .filter((scope) => !vocabulary.has(scope))
      .map((scope) => `${coordinate}: ${scope} is not in SCOPE_VOCABULARY`),
  );
  if (faults.length > 0) throw new RulesError(faults);
}

function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl, { noLocation: true });
  } catch (error) {
    throw new RulesError([
      `it is no GraphQL SDL: ${error instanceof Error ? error.message : "unreadable"}`,
    ]);
  }
}

function buildSchema(document: DocumentNode): GraphQLSchema {
  try {
    return buildASTSchema(document, { assumeValidSDL: true });
  } catch (error) {
    throw new RulesError([
      `it is no schema: ${error instanceof Error ? error.message : "unreadable"}`,
    ]);
  }
}

/** Takes the three features off by identity; `@inaccessible` stays and keeps hiding. */
function withoutAccess(document: DocumentNode): DocumentNode {
  const links = readLinks(document).filter(accessFeatureOf);
  const nodes = new Set(links.map(({ node }) => node));
  const directives = new Set(
    links.map((link) => directiveName(link, accessFeatureOf(link) ?? "")),
  );
  const scalars = links.map(({ namespace }) => `${namespace}__`);
  const imported = new Set(
    links.flatMap(({ imports }) => [...imports.values()]),
  );
  return visit(document, {
    Directive: (node) =>
      nodes.has(node as never) || directives.has(node.name.value)
        ? null
        : undefined,
    DirectiveDefinition: (node) =>
      directives.has(node.name.value) ? null : undefined,
    ScalarTypeDefinition: (node) =>
      imported.has(node.name.value) ||
      scalars.some((start) => node.name.value.startsWith(start))
        ? null
        : undefined,
  });
}

/** Starts no name of the SDL, hidden ones included, nor anything the planner makes up. */
function choosePrefix(document: DocumentNode): string {
  const names: string[] = [];
  visit(document, {
    Name: (node) => {
      names.push(node.value);
    },
  });
  for (let n = 7; ; n += 1) {
    const prefix = `r${n}_`;
    if (!names.some((name) => name.startsWith(prefix))) return prefix;
  }
}
