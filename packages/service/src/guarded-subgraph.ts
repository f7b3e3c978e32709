import { buildSubgraphSchema } from "@apollo/subgraph";
import {
  type Guard,
  type PolicyEvaluator,
  type Principal,
  createGuard,
  grantedPolicies,
} from "@hr/access";
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  parse,
} from "graphql";
import { createCaller } from "./caller.ts";
import { ConfigError } from "./config.ts";
import { compileCriteria } from "./criteria.ts";
import { type ReferenceGuard, guardReference } from "./guard-reference.ts";
import { guardSchema } from "./guard-schema.ts";
import { type GuardState, createGuardState } from "./guard-state.ts";
import { type Logger, faultName } from "./log.ts";
import { type StepUp, demandStepUp } from "./step-up.ts";
import type { Context, SubgraphOptions } from "./subgraph-options.ts";

/** A schema that answers no one without asking its guard, and what a request to it needs. */
export type GuardedSubgraph<Own> = {
  readonly schema: GraphQLSchema;
  /** Made anew for each request: policies are decided before anything runs. */
  readonly contextOf: (
    request: Request,
  ) => Promise<Context<Own> & { guard: GuardState }>;
};

type Request = {
  readonly principal: Principal;
  readonly requestId: string;
  readonly acceptLanguage: string | undefined;
};

/**
 * @throws RulesError when schema, policy, subjects and criteria do not fit together.
 * @throws ConfigError naming the entities that no reference resolver loads.
 */
export function guardSubgraph<Own extends object>(
  options: SubgraphOptions<Own>,
  {
    logger,
    clock,
    stepUp,
  }: {
    readonly logger: Logger;
    readonly clock: () => Date;
    readonly stepUp?: StepUp;
  },
): GuardedSubgraph<Own> {
  const { guard, schema } = buildGuardedSchema(options, stepUp);
  return {
    schema,
    async contextOf(request) {
      const caller = createCaller(request.principal, { ...request, clock });
      const state = await stateOf(request, options, guard, logger);
      return { ...caller, ...options.context(caller), guard: state };
    },
  };
}

async function stateOf<Own>(
  { principal, requestId }: Request,
  { policies, reports }: SubgraphOptions<Own>,
  guard: Guard,
  logger: Logger,
): Promise<GuardState> {
  const failed = (event: string) => (error: unknown) =>
    logger.error(
      { event, requestId, fault: faultName(error) },
      "what depends on it is closed",
    );
  const evaluate: PolicyEvaluator = policies ?? (() => []);
  const granted = await grantedPolicies(
    evaluate,
    { names: guard.policies, principal },
    failed("policies not decided"),
  );
  return createGuardState(principal, {
    decisions: guard.decisions(principal, granted),
    reports,
    onFailure: failed("reporting line not answered"),
  });
}

function buildGuardedSchema<Own extends object>(
  options: SubgraphOptions<Own>,
  stepUp?: StepUp,
): { readonly guard: Guard; readonly schema: GraphQLSchema } {
  const document = parse(options.schema);
  const module = { typeDefs: document, resolvers: options.resolvers };
  const bare = buildSubgraphSchema([module] as never);
  const guard = createGuard({
    name: options.name,
    schema: bare,
    document,
    policy: options.policy,
    subjects: options.subjects,
    decidesPolicies: options.policies !== undefined,
  });
  const criteria = compileCriteria(bare, guard, options.criteria ?? {});
  // Inside the guard: who lacks a scope is told so before it signs in again.
  const schema = stepUp ? demandStepUp(bare, stepUp) : bare;
  demandReferenceResolvers(options, schema);
  const references = referencesOf(options, schema, guard);
  return {
    guard,
    schema: guardSchema(schema, guard, { criteria, references }),
  };
}

function referencesOf<Own>(
  { resolvers }: SubgraphOptions<Own>,
  schema: GraphQLSchema,
  guard: Guard,
): ReadonlyMap<string, ReferenceGuard> {
  const references = new Map<string, ReferenceGuard>();
  for (const [name, type] of Object.entries(resolvers)) {
    const load = "__resolveReference" in type && type.__resolveReference;
    if (load)
      references.set(
        name,
        guardReference(guard, objectType(schema, name), load),
      );
  }
  return references;
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (isObjectType(type)) return type;
  throw new ConfigError(
    `${name}.__resolveReference: only an object type can be loaded by reference, so that its rows can be judged.`,
  );
}

/** Without one, a representation would be believed as it stands. */
function demandReferenceResolvers<Own>(
  options: SubgraphOptions<Own>,
  schema: GraphQLSchema,
): void {
  const entities = schema.getType("_Entity");
  if (!entities || !("getTypes" in entities)) return;
  const lacking = entities
    .getTypes()
    .filter(isObjectType)
    .map(({ name }) => name)
    .filter((name) => {
      const type = options.resolvers[name];
      return !type || !("__resolveReference" in type);
    });
  if (lacking.length > 0)
    throw new ConfigError(
      `Entities without a reference resolver in ${options.name}: ${lacking.join(", ")}. Load the row by its key in __resolveReference.`,
    );
}
