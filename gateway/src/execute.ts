import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import type { FormatError } from "@hr/service";
import type { GraphQLSchema } from "graphql";
import { type Wire, createAuthorizer } from "./authorize.ts";
import type { Plans } from "./compiled/plans.ts";
import type { Enforcement } from "./enforcement.ts";
import { finish } from "./finish.ts";
import type { GatewayContext } from "./forward.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import { type Introspection, createIntrospection } from "./introspect.ts";
import { introspectionFields } from "./introspection-fields.ts";
import { type Judged, createJudge } from "./judge.ts";
import { type AnswerPrepared, createPreparedPath } from "./prepared-path.ts";
import { recordDecision } from "./record-decision.ts";
import { unservable } from "./request-faults.ts";
import type { StepUps } from "./step-up.ts";
import type { Supergraph } from "./supergraph.ts";

export type ExecutorParts = {
  readonly supergraph: Supergraph;
  /** What its mutations demand of a sign-in. */
  readonly stepUps: StepUps;
  readonly apiSchema: GraphQLSchema;
  /** Plans and runs a document without knowing who may see what. */
  readonly plans: Plans;
  readonly enforcement: Enforcement;
  readonly formatError: FormatError;
  readonly metrics: GatewayMetrics;
};

export type Executor = {
  /** For Apollo Server, once a document is valid. */
  readonly execute: GatewayExecutor;
  /** Answers what `execute` has answered before. */
  readonly answerPrepared: AnswerPrepared;
  /** Nothing of it is told by metrics from now on. */
  close(): void;
};

/**
 * One request: bound, coerce, take out what the caller may not see, run the
 * rest, and answer the operation the client wrote.
 */
export function createExecutor(parts: ExecutorParts): Executor {
  const { supergraph, apiSchema, enforcement, stepUps, plans } = parts;
  const { rules, prefix } = supergraph;
  const introspection = createIntrospection(
    apiSchema,
    rules,
    enforcement.introspection,
  );
  const authorizer = createAuthorizer(supergraph, apiSchema, enforcement);
  const judge = createJudge({
    ...{ authorizer, apiSchema, enforcement, stepUps },
    introspectionPolicies: introspection.policies,
  });
  const finishing = { apiSchema, prefix, enforcement };
  const { formatError, metrics } = parts;
  const record = (judged: Judged) => recordDecision(parts, judged);
  const prepared = createPreparedPath({
    ...{ judge, record, plans, finishing, formatError, metrics },
  });
  const observed = [
    metrics.observeCache("documents", prepared.stats),
    metrics.observeCache("decisions", authorizer.stats),
    metrics.observeCache("plans", plans.stats),
  ];

  return {
    answerPrepared: prepared.answer,
    close: () => observed.forEach((end) => end()),
    async execute(request) {
      const fault = unservable(request, apiSchema);
      if (fault) return { errors: [fault] };
      const { document, operation } = request;
      const judged = await judge({
        ...{ document, operation, variables: request.request.variables },
        context: request.context as GatewayContext,
      });
      if (judged.kind === "invalid") return { errors: judged.errors };
      record(judged);
      if (judged.refusal) return judged.refusal();
      if (!judged.prepared.introspects) prepared.learn(request);
      const { wire } = judged.run;
      const answer = wire ? await execute(plans, request, wire) : {};
      const known = introspect(introspection, judged);
      return finish(finishing, judged, answer, known);
    },
  };
}

/** Runs what is left, with nothing that could stand for another caller's plan. */
function execute(
  plans: Plans,
  request: GatewayGraphQLRequestContext,
  wire: Wire,
): Promise<GatewayExecutionResult> {
  const variables = Object.fromEntries(
    Object.entries(request.request.variables ?? {}).filter(([name]) =>
      wire.variables.has(name),
    ),
  );
  const { document, operation, source, hash: queryHash } = wire;
  return plans.execute({
    ...request,
    request: { ...request.request, query: source, variables, extensions: {} },
    ...{ document, operation, source, queryHash },
  });
}

function introspect(
  introspection: Introspection,
  { prepared, asked: { principal, policies }, run, inquiry }: Judged,
): Readonly<Record<string, unknown>> {
  if (!prepared.introspects) return {};
  return introspection.answer({
    ...{ prepared, principal, granted: policies },
    fields: introspectionFields(run.filtered.selections),
    variables: inquiry.variables ?? {},
  });
}
