import {
  type Denial,
  type ScopeReport,
  completeResponse,
  grantedPolicies,
} from "@hr/access";
import { faultName } from "@hr/service";
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import {
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  getVariableValues,
} from "graphql";
import { answerErrors } from "./answer-errors.ts";
import {
  type Asked,
  type Decision,
  type Prepared,
  type Wire,
  createAuthorizer,
} from "./authorize.ts";
import {
  authorizationExtension,
  denialErrors,
  refusalErrors,
} from "./denials.ts";
import type { Enforcement } from "./enforcement.ts";
import type { GatewayContext } from "./forward.ts";
import { type Introspection, createIntrospection } from "./introspect.ts";
import { introspectionFields } from "./introspection-fields.ts";
import { recordDecision } from "./record-decision.ts";
import {
  asBadInput,
  nullConditions,
  introspectionClosed,
  tooLarge,
  unservable,
  variablesTooDeep,
} from "./request-faults.ts";
import { type StepUps, loginTooOld } from "./step-up.ts";
import type { Supergraph } from "./supergraph.ts";

export type ExecutorParts = {
  readonly supergraph: Supergraph;
  /** What its mutations demand of a sign-in. */
  readonly stepUps: StepUps;
  readonly apiSchema: GraphQLSchema;
  /** Plans and runs a document without knowing who may see what. */
  readonly inner: GatewayExecutor;
  readonly enforcement: Enforcement;
};

/**
 * One request: bound, coerce, take out what the caller may not see, run the
 * rest, and answer the operation the client wrote.
 */
export function createExecutor(parts: ExecutorParts): GatewayExecutor {
  const { supergraph, apiSchema, enforcement } = parts;
  const { rules, prefix } = supergraph;
  const { mode, detail } = enforcement;
  const authorizer = createAuthorizer(
    supergraph,
    apiSchema,
    enforcement.limits,
  );
  const introspection = createIntrospection(
    apiSchema,
    rules,
    enforcement.introspection,
  );

  return async (request) => {
    const fault = unservable(request, apiSchema);
    if (fault) return { errors: [fault] };
    const prepared = authorizer.prepare(request.document, request.operation);
    if (prepared.kind === "too-large") return { errors: [tooLarge(prepared)] };
    const deep = variablesTooDeep(
      request.request.variables,
      enforcement.variableDepth,
    );
    if (deep) return { errors: [deep] };
    const coerced = getVariableValues(
      apiSchema,
      request.operation.variableDefinitions ?? [],
      request.request.variables ?? {},
      { maxErrors: 10 },
    );
    if (coerced.errors) return { errors: coerced.errors.map(asBadInput) };
    const unsure = nullConditions(prepared.conditions, coerced.coerced);
    if (unsure.length > 0) return { errors: unsure.map(asBadInput) };
    const context = request.context as GatewayContext;
    const { principal } = context;
    if (prepared.introspects && isClosed(enforcement, context))
      return { errors: [introspectionClosed(enforcement)] };
    const asked: Asked = {
      variables: coerced.coerced,
      principal,
      policies: await policiesFor(prepared, context, {
        enforcement,
        introspection,
      }),
    };
    const decision = authorizer.decide(prepared, asked);
    recordDecision(parts, request, decision);
    const { denials } = decision.filtered;
    const report = () => authorizer.report(prepared, asked);
    if (denials.length > 0 && isRejected(enforcement, request.operation))
      return refuse({ denials, report }, context, enforcement);
    const run =
      mode === "dry-run" ? authorizer.whole(prepared, asked) : decision;
    const stale = loginTooOld(run.wire?.operation, parts.stepUps, {
      ...{ principal, challenge: enforcement.challenge },
      now: Date.now() / 1_000,
    });
    if (stale) return { errors: [stale] };
    const answer = run.wire ? await plan(parts, request, run.wire) : {};
    const data = completeResponse({
      ...{ schema: apiSchema, prefix, filtered: run.filtered },
      data: answer.data ?? null,
      introspection: introspect(introspection, request, {
        ...{ prepared, asked, run },
      }),
    });
    const errors = [
      ...denialErrors(run.filtered.denials, principal, detail),
      ...answerErrors(run.filtered, answer, detail),
    ];
    const authorization = authorizationExtension(mode, detail, {
      ...{ denials, principal, report },
    });
    return {
      data,
      ...(errors.length > 0 && { errors }),
      ...(authorization && { extensions: { authorization } }),
    };
  };
}

async function policiesFor(
  prepared: Prepared,
  { principal, requestId }: GatewayContext,
  parts: {
    readonly enforcement: Enforcement;
    readonly introspection: Introspection;
  },
): Promise<ReadonlySet<string>> {
  const names = prepared.introspects
    ? prepared.policies.union(parts.introspection.policies)
    : prepared.policies;
  const { policies, logger } = parts.enforcement;
  if (names.size === 0 || !policies) return new Set();
  return grantedPolicies(policies, { names, principal }, (error) =>
    logger.error(
      { event: "policies", requestId, fault: faultName(error) },
      "the policy evaluator failed; no policy holds",
    ),
  );
}

function isClosed(
  { anonymousIntrospection }: Enforcement,
  { principal }: GatewayContext,
): boolean {
  return principal.kind === "anonymous" && !anonymousIntrospection;
}

function isRejected(
  { mode, mutations }: Enforcement,
  { operation }: OperationDefinitionNode,
): boolean {
  if (mode === "dry-run") return false;
  return (
    mode === "reject" ||
    (mutations === "reject" && operation === OperationTypeNode.MUTATION)
  );
}

function refuse(
  denied: {
    readonly denials: readonly Denial[];
    readonly report: () => ScopeReport;
  },
  { principal }: GatewayContext,
  { mode, detail, challenge }: Enforcement,
): GatewayExecutionResult {
  const { denials } = denied;
  const report = denied.report();
  const authorization = authorizationExtension(mode, detail, {
    ...{ denials, principal, report: () => report },
  });
  return {
    data: null,
    errors: refusalErrors({ denials, principal, report, detail, challenge }),
    ...(authorization && { extensions: { authorization } }),
  };
}

/** Runs what is left, with nothing that could stand for another caller's plan. */
function plan(
  { inner }: ExecutorParts,
  request: GatewayGraphQLRequestContext,
  wire: Wire,
): Promise<GatewayExecutionResult> {
  const variables = Object.fromEntries(
    Object.entries(request.request.variables ?? {}).filter(([name]) =>
      wire.variables.has(name),
    ),
  );
  const { document, operation, source, hash: queryHash } = wire;
  return inner({
    ...request,
    request: { ...request.request, query: source, variables, extensions: {} },
    ...{ document, operation, source, queryHash },
  });
}

function introspect(
  introspection: Introspection,
  request: GatewayGraphQLRequestContext,
  of: {
    readonly prepared: Prepared;
    readonly asked: Asked;
    readonly run: Decision;
  },
): Readonly<Record<string, unknown>> {
  if (!of.prepared.introspects) return {};
  const { principal, policies } = of.asked;
  return introspection.answer({
    prepared: of.prepared,
    fields: introspectionFields(of.run.filtered.selections),
    variables: request.request.variables ?? {},
    ...{ principal, granted: policies },
  });
}
