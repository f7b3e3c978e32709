import type { ApolloServerPlugin } from "@apollo/server";
import type { DecisionEvent } from "@hr/access";
import type {
  DocumentNode,
  GraphQLFormattedError,
  OperationDefinitionNode,
} from "graphql";
import { type DecisionLog, operationHash } from "./decision-log.ts";
import { aggregateErrors } from "./errors.ts";
import type { GuardedContext, Standing } from "./guard-state.ts";
import type { Logger } from "./log.ts";

export type DecisionOptions = {
  readonly subgraph: string;
  /** Hash of the composed SDL that is enforced. */
  readonly policy: string;
  readonly log: DecisionLog;
  readonly logger: Logger;
  readonly clock: () => Date;
};

/** What ran, and what is told of it. */
export type Ran = {
  readonly context: GuardedContext;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
};

/** Returns the errors to tell. */
export type RecordDecision = (
  ran: Ran,
) => readonly GraphQLFormattedError[] | undefined;

/**
 * Joins what the guard says of many rows, and records one decision event for
 * each request that ran, also when everything was granted. What was denied is
 * read off the answer, so that it holds the refusals of the domain too.
 */
export function createDecisionRecorder(
  options: DecisionOptions,
): RecordDecision {
  return (ran) => {
    const errors = ran.errors && aggregateErrors(ran.errors);
    options.log.record(eventOf(options, { ...ran, errors }));
    warnWherePoliciesDiffer(options.logger, ran.context);
    return errors;
  };
}

/** The same for what Apollo Server runs. */
export function recordDecisions<Context extends GuardedContext>(
  record: RecordDecision,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ response, document, operation, contextValue }) {
          if (response.body.kind !== "single" || !document || !operation)
            return Promise.resolve();
          const { singleResult: result } = response.body;
          const ran = { context: contextValue, document, operation };
          const errors = record({ ...ran, errors: result.errors });
          if (errors) response.body.singleResult = { ...result, errors };
          return Promise.resolve();
        },
      }),
  };
}

function eventOf(
  options: DecisionOptions,
  { context, document, operation, errors }: Ran,
): DecisionEvent {
  const { principal, requestId, guard } = context;
  const operationName = operation.name?.value;
  return {
    at: options.clock().toISOString(),
    requestId,
    enforcer: `subgraph:${options.subgraph}`,
    policy: options.policy,
    mode: "filter",
    subject: principal.subject,
    clientId: principal.clientId,
    operationName: operationName ?? null,
    operationHash: operationHash(document, operationName),
    granted: coordinatesOf(
      guard.standings,
      ({ lock, opened }) => opened && lock.isProtected,
    ),
    denied: denials(errors ?? []),
  };
}

function denials(
  errors: readonly GraphQLFormattedError[],
): DecisionEvent["denied"] {
  const found = new Map<string, DecisionEvent["denied"][number]>();
  for (const { extensions = {} } of errors) {
    const { coordinate, occurrences } = extensions;
    const reason = reasonOf(extensions);
    if (!reason || typeof coordinate !== "string") continue;
    const identity = `${coordinate} ${reason}`;
    const count = (found.get(identity)?.count ?? 0) + Number(occurrences ?? 1);
    found.set(identity, { coordinate, reason, count });
  }
  return [...found.values()];
}

function reasonOf(extensions: Readonly<Record<string, unknown>>) {
  if (extensions["code"] === "FORBIDDEN") return "reach";
  if (extensions["code"] !== "UNAUTHORIZED_FIELD_OR_TYPE") return undefined;
  const { missingScopes, requiredPolicies } = extensions;
  const hasScopes = Array.isArray(missingScopes) && missingScopes.length === 0;
  return hasScopes && requiredPolicies !== undefined ? "policy" : "scope";
}

/** The gateway takes out what the scopes do not reach: here it can only be asked for by another policy. */
function warnWherePoliciesDiffer(
  logger: Logger,
  { guard, requestId }: GuardedContext,
): void {
  const coordinates = coordinatesOf(
    guard.standings,
    ({ decision, refusals }) => decision.kind === "closed" && refusals.size > 0,
  );
  if (coordinates.length > 0)
    logger.warn(
      { event: "policies differ", requestId, coordinates },
      "the gateway asked for what this subgraph denies",
    );
}

function coordinatesOf(
  standings: readonly (Standing | undefined)[],
  counts: (standing: Standing) => boolean,
): readonly string[] {
  const found = new Set<string>();
  for (const standing of standings)
    if (standing && counts(standing)) found.add(standing.lock.coordinate);
  return [...found].sort();
}
