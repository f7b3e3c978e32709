import { createHash } from "node:crypto";
import {
  type FilteredOperation,
  type OperationCost,
  type OperationSize,
  type Principal,
  type Requirement,
  type ScopeReport,
  type Summary,
  compileCost,
  filterOperation,
  measureOperation,
  meets,
  mentioned,
  policiesIn,
  reportScopes,
  requirementOf,
  summarise,
  survey,
  wireOperation,
} from "@hr/access";
import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  visit,
} from "graphql";
import type { CacheStats } from "./cache-metrics.ts";
import { createCountedCache } from "./counted-cache.ts";
import { introspectionFields } from "./introspection-fields.ts";
import type { CostSettings, Limits } from "./limits.ts";
import type { Supergraph } from "./supergraph.ts";

/** What is known of an operation, whoever sends it. */
export type Prepared = {
  readonly kind: "prepared";
  readonly id: number;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables that `@skip` and `@include` look at. */
  readonly conditions: readonly string[];
  /** Everything it may ask for, every condition counted. */
  readonly scopes: readonly string[];
  readonly policies: ReadonlySet<string>;
  /** It asks for `__schema` or `__type`. */
  readonly introspects: boolean;
  readonly cost: OperationCost;
};

export type TooLarge = {
  readonly kind: "too-large";
  readonly what: keyof Limits;
  readonly limit: number;
  readonly measured: number;
};

/** What may be planned and run. */
export type Wire = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly source: string;
  /** Of the source: no plan is found by another text. */
  readonly hash: string;
  /** The variables it still uses. */
  readonly variables: ReadonlySet<string>;
};

/** What callers of one kind get of one operation. Shared, so it holds nothing of a person. */
export type Decision = {
  readonly filtered: FilteredOperation;
  /** Null when nothing is left to ask. */
  readonly wire: Wire | null;
  readonly summary: Summary;
};

export type Asked = {
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** Those that hold, of the ones the operation names. */
  readonly policies: ReadonlySet<string>;
};

export type Authorizer = {
  prepare(
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): Prepared | TooLarge;
  /** The operation cut to what the caller may see. */
  decide(prepared: Prepared, asked: Asked): Decision;
  /** The operation as it stands, under our keys: for a dry run. */
  whole(prepared: Prepared, asked: Asked): Decision;
  /** The scopes the operation as a whole needs, nearest to what the caller holds. */
  report(prepared: Prepared, asked: Asked): ScopeReport;
  readonly stats: () => CacheStats;
};

const maximumDecisions = 5_000;
const maximumBytes = 256 * 1_048_576;
/** Of what is kept for each character that is sent, and for anything at all. */
const bytesForCharacter = 100;
const bytesForAny = 2_048;

/** About: the operation cut, what is sent of it, and how its answer is written. */
function weigh(one: Decision | ScopeReport): number {
  const sent = "wire" in one ? (one.wire?.source.length ?? 0) : 0;
  return bytesForAny + bytesForCharacter * sent;
}

/**
 * Decides operations by the rules of one generation. A decision is remembered by
 * the operation, the values of its conditions, and of the caller only what the
 * operation can ask for: two callers it cannot tell apart share one.
 */
export function createAuthorizer(
  supergraph: Supergraph,
  schema: GraphQLSchema,
  { limits, cost }: { readonly limits: Limits; readonly cost: CostSettings },
): Authorizer {
  const { rules, prefix, costs } = supergraph;
  const assumedListSize = cost.listSize;
  const known = new WeakMap<OperationDefinitionNode, Prepared | TooLarge>();
  const remembered = createCountedCache<Decision | ScopeReport>({
    entries: maximumDecisions,
    bytes: maximumBytes,
    bytesOf: weigh,
  });
  let prepared = 0;

  const remember = <Value extends Decision | ScopeReport>(
    key: string,
    make: () => Value,
  ): Value => {
    const before = remembered.get(key) as Value | undefined;
    if (before) return before;
    const made = make();
    remembered.set(key, made);
    return made;
  };

  const cut = (
    { operation, fragments }: Prepared,
    { variables, principal }: Asked,
    open: (requirement: Requirement) => boolean,
  ): Decision => {
    const filtered = filterOperation({
      ...{ schema, rules, prefix, operation, fragments, variables },
      meets: open,
    });
    const summary = summarise(filtered, rules, (requirement) =>
      meets({ ...requirement, policies: [] }, principal) ? "policy" : "scope",
    );
    return { filtered, summary, wire: wireOf(wireOperation(filtered, prefix)) };
  };

  const examine = (
    operation: OperationDefinitionNode,
    fragments: Prepared["fragments"],
  ): Prepared => {
    const { requirement, whole } = survey({
      ...{ schema, rules, operation, fragments },
    });
    return {
      ...{ kind: "prepared", id: (prepared += 1), operation, fragments },
      conditions: conditionsIn(operation, fragments),
      scopes: [...mentioned(requirement)],
      policies: policiesIn([requirement]),
      introspects: introspectionFields(whole.selections).length > 0,
      cost: compileCost({
        ...{ schema, costs, operation, fragments, assumedListSize },
      }),
    };
  };

  return {
    prepare(document, operation) {
      const before = known.get(operation);
      if (before) return before;
      const fragments = fragmentsOf(document);
      const size = measureOperation(operation, fragments);
      const made = tooLarge(size, limits) ?? examine(operation, fragments);
      known.set(operation, made);
      return made;
    },
    decide: (of, asked) =>
      remember(`cut ${keyOf(of, asked)}`, () =>
        cut(of, asked, (requirement) =>
          meets(requirement, asked.principal, asked.policies),
        ),
      ),
    whole: (of, asked) =>
      remember(`whole ${of.id} ${conditionsKey(of, asked)}`, () =>
        cut(of, asked, () => true),
      ),
    report: (of, asked) =>
      remember(`report ${keyOf(of, asked)}`, () => {
        const { operation, fragments } = of;
        const { variables, principal } = asked;
        const needed = { schema, rules, operation, fragments, variables };
        return reportScopes(requirementOf(needed).scopes, principal);
      }),
    stats: remembered.stats,
  };
}

/** Everything of the caller that this operation's decision can depend on, and nothing else. */
function keyOf(prepared: Prepared, asked: Asked): string {
  const { principal, policies } = asked;
  let key = `${prepared.id} ${principal.kind} `;
  for (const scope of prepared.scopes)
    key += principal.scopes.has(scope) ? "1" : "0";
  if (policies.size > 0) key += JSON.stringify([...policies].sort());
  return `${key} ${conditionsKey(prepared, asked)}`;
}

function conditionsKey({ conditions }: Prepared, { variables }: Asked): string {
  let key = "";
  for (const name of conditions) key += variables[name] === true ? "1" : "0";
  return key;
}

function tooLarge(size: OperationSize, limits: Limits): TooLarge | undefined {
  const names = Object.keys(limits) as (keyof Limits)[];
  const what = names.find((name) => size[name] > limits[name]);
  return (
    what && {
      kind: "too-large",
      what,
      limit: limits[what],
      measured: size[what],
    }
  );
}

function wireOf(document: DocumentNode | null): Wire | null {
  const [operation] = document?.definitions ?? [];
  if (!document || operation?.kind !== Kind.OPERATION_DEFINITION) return null;
  const source = print(document);
  return {
    ...{ document, operation, source },
    hash: createHash("sha256").update(source).digest("hex"),
    variables: new Set(
      operation.variableDefinitions?.map(({ variable }) => variable.name.value),
    ),
  };
}

/** Of the operation and the fragments it spreads: another operation's do not count. */
function conditionsIn(
  operation: OperationDefinitionNode,
  fragments: Prepared["fragments"],
): readonly string[] {
  const conditions = new Set<string>();
  // A set yields what is added to it on the way: each fragment once.
  const nodes = new Set<ASTNode>([operation]);
  for (const node of nodes)
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment) nodes.add(fragment);
      },
      Directive({ name, arguments: given }) {
        if (name.value !== "skip" && name.value !== "include") return;
        for (const { value } of given ?? [])
          if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
      },
    });
  return [...conditions];
}

function fragmentsOf(
  document: DocumentNode,
): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
}
