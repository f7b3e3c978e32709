import { operationFromDocument } from "@apollo/federation-internals";
import type { QueryPlanner } from "@apollo/query-planner";
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import type { Logger } from "@hr/service";
import {
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from "graphql";
import type { CacheStats } from "../cache-metrics.ts";
import { createCountedCache } from "../counted-cache.ts";
import type { GatewayContext, Post } from "../forward.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { type CheckAnswer, compileCheck } from "./check-answer.ts";
import { compilePlan } from "./compile-plan.ts";
import type { ResponsePath } from "./flatten-path.ts";
import type { JsonObject } from "./json.ts";
import { createPlanningQueue } from "./planning-queue.ts";
import type { Run, Step } from "./run.ts";
import { createTypeConditions } from "./type-conditions.ts";
import { UnknownPlan } from "./unknown-plan.ts";

export type PlanExecutorOptions = {
  /** Of the supergraph as loaded. */
  readonly planner: QueryPlanner;
  readonly apiSchema: GraphQLSchema;
  /** How a subgraph is asked. */
  readonly post: (subgraph: string) => Post;
  /** Runs the plans that hold something unknown. */
  readonly stock: GatewayExecutor;
  readonly logger: Logger;
  readonly metrics?: Pick<GatewayMetrics, "planning" | "fallback">;
  /** Operations kept ready. Default 2,000. */
  readonly maximumOperations?: number;
  /** New operations that may wait to be planned. Default 1,000. */
  readonly maximumWaiting?: number;
};

/** An operation whose plan is compiled. */
export type CompiledOperation = {
  /** What the subgraphs said, merged; nothing of it is judged yet. */
  readonly run: (request: PlanRequest) => Promise<Ran>;
  readonly check: CheckAnswer;
};

export type PlanRequest = Pick<Run, "variables" | "context">;

export type Ran = Pick<Run, "root" | "errors">;

export type Plans = {
  /**
   * Runs operations without conditions or named fragments, as `wireOperation` makes
   * them. The first request of an operation (its `queryHash`) has it planned and the
   * plan compiled; the others only run it. The data are what the subgraphs said, merged,
   * with null for what the schema does not allow; of that `extensions.valueCompletion`
   * tells where nothing else failed, as the stock executor does.
   */
  readonly execute: GatewayExecutor;
  /** The operation of this `queryHash`, when its plan is compiled already. */
  readonly compiled: (hash: string) => CompiledOperation | undefined;
  readonly stats: () => CacheStats;
};

/** About what a plan takes, by the operation it is for. */
const bytesForCharacter = 50;
const bytesForAny = 2_048;
const maximumBytes = 128 * 1_048_576;

type Ready = {
  /** Of the operation. */
  readonly characters: number;
  readonly execute: GatewayExecutor;
  readonly compiled?: CompiledOperation;
};

/** Keeps the plans of operations, planned by the planner and run by us. */
export function createPlans(options: PlanExecutorOptions): Plans {
  const { maximumOperations = 2_000, maximumWaiting = 1_000 } = options;
  const ready = createCountedCache<Ready>({
    entries: maximumOperations,
    bytes: maximumBytes,
    bytesOf: ({ characters }) => bytesForAny + bytesForCharacter * characters,
  });
  const coming = new Map<string, Promise<Ready>>();
  const queue = createPlanningQueue(options.metrics?.planning);
  const compile = createCompiler(options);

  const prepare = (request: GatewayGraphQLRequestContext) => {
    const hash = request.queryHash;
    const planned = queue.enqueue(() => compile(request));
    const settle = (one: Ready) => {
      coming.delete(hash);
      ready.set(hash, one);
    };
    coming.set(hash, planned);
    // What cannot be planned is not tried again: each request gets the same error.
    planned.then(settle, () =>
      settle({
        characters: request.source.length,
        execute: (again) => planned.then((one) => one.execute(again)),
      }),
    );
    return planned;
  };

  return {
    execute(request) {
      const known = ready.get(request.queryHash);
      if (known) return known.execute(request);
      const begun = coming.get(request.queryHash);
      if (!begun && queue.waiting() >= maximumWaiting)
        return Promise.resolve({ errors: [busy()] });
      const planned = begun ?? prepare(request);
      return planned.then(({ execute }) => execute(request));
    },
    compiled: (hash) => ready.get(hash)?.compiled,
    stats: ready.stats,
  };
}

function busy(): GraphQLError {
  return new GraphQLError(
    "Too many new operations wait to be planned. Try again shortly.",
    { extensions: { code: "SERVICE_UNAVAILABLE" } },
  );
}

function createCompiler({
  planner,
  apiSchema,
  post,
  stock,
  logger,
  metrics,
}: PlanExecutorOptions): (request: GatewayGraphQLRequestContext) => Ready {
  const schema = planner.supergraph.apiSchema();
  const conditions = createTypeConditions(planner.supergraph.schema);
  return ({ document, operation, queryHash, source }) => {
    const characters = source.length;
    const plan = planner.buildQueryPlan(
      operationFromDocument(schema, document),
    );
    try {
      const defaults = defaultsOf(operation);
      const step = compilePlan(plan, { post, conditions, logger, defaults });
      const compiled = {
        run: runner(step),
        check: compileCheck(apiSchema, operation),
      };
      return { characters, execute: executor(compiled), compiled };
    } catch (error) {
      if (!(error instanceof UnknownPlan)) throw error;
      const { message: reason } = error;
      metrics?.fallback();
      logger.warn(
        { event: "plan", operation: queryHash, reason },
        "the stock executor runs an operation",
      );
      return { characters, execute: stock };
    }
  };
}

function runner(step: Step): CompiledOperation["run"] {
  return async ({ variables, context }) => {
    const root = Object.create(null) as JsonObject;
    const errors: GraphQLError[] = [];
    await step({ root, errors, variables, context });
    return { root, errors };
  };
}

function executor({ run, check }: CompiledOperation): GatewayExecutor {
  return async (request) =>
    judged(
      check,
      await run({
        variables: request.request.variables ?? {},
        context: request.context as GatewayContext,
      }),
    );
}

/** What ran, with null for what the schema does not allow, and the reasons. */
export function judged(
  check: CheckAnswer,
  { root, errors }: Ran,
): GatewayExecutionResult {
  const { data, problems } = check(root);
  if (errors.length > 0) return { data, errors };
  return problems.length > 0 ? { data, ...incomplete(problems) } : { data };
}

function incomplete(
  problems: readonly ResponsePath[],
): Pick<GatewayExecutionResult, "extensions"> {
  const valueCompletion = problems.map((path) => ({
    message: "The value is not what the schema promises.",
    path,
  }));
  return { extensions: { valueCompletion } };
}

function defaultsOf({
  variableDefinitions = [],
}: OperationDefinitionNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue
        ? [[variable.name.value, valueFromASTUntyped(defaultValue)]]
        : [],
    ),
  );
}
