import { type ScopeReport, grantedPolicies } from "@hr/access";
import { after, faultName } from "@hr/service";
import type { GatewayExecutionResult } from "@apollo/server-gateway-interface";
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  getVariableValues,
} from "graphql";
import { tooCostly } from "./cost.ts";
import type { Asked, Authorizer, Decision, Prepared } from "./authorize.ts";
import { authorizationExtension, refusalErrors } from "./denials.ts";
import type { Enforcement } from "./enforcement.ts";
import type { GatewayContext } from "./forward.ts";
import {
  asBadInput,
  introspectionClosed,
  nullConditions,
  tooLarge,
  variablesTooDeep,
} from "./request-faults.ts";
import { type StepUps, loginTooOld } from "./step-up.ts";

/** An operation of a valid document, and who asks for it. */
export type Inquiry = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As sent. */
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly context: GatewayContext;
};

/** What is to become of an inquiry. Nothing has been recorded or run yet. */
export type Judgement = Invalid | Judged;

/** Nothing of it was decided. */
export type Invalid = {
  readonly kind: "invalid";
  readonly errors: readonly GraphQLError[];
};

export type Judged = {
  readonly kind: "judged";
  readonly inquiry: Inquiry;
  readonly prepared: Prepared;
  readonly asked: Asked;
  /** By the rules. */
  readonly decision: Decision;
  /** What is run: the same, but the whole of it in a dry run. */
  readonly run: Decision;
  /** Makes the answer, when nothing is run. */
  readonly refusal: (() => GatewayExecutionResult) | undefined;
  /** What would open everything. */
  readonly report: () => ScopeReport;
};

export type JudgeParts = {
  readonly authorizer: Authorizer;
  readonly apiSchema: GraphQLSchema;
  readonly enforcement: Enforcement;
  /** What its mutations demand of a sign-in. */
  readonly stepUps: StepUps;
  /** Policies that decide what introspection shows. */
  readonly introspectionPolicies: ReadonlySet<string>;
};

/** Bounds, coerces and decides. Waits only where a policy has to be asked. */
export function createJudge(
  parts: JudgeParts,
): (inquiry: Inquiry) => Judgement | Promise<Judgement> {
  const { authorizer, apiSchema, enforcement } = parts;
  return (inquiry) => {
    const { document, operation, variables, context } = inquiry;
    const prepared = authorizer.prepare(document, operation);
    if (prepared.kind === "too-large") return invalid(tooLarge(prepared));
    const deep = variablesTooDeep(variables, enforcement.variableDepth);
    if (deep) return invalid(deep);
    const { coerced, errors } = getVariableValues(
      apiSchema,
      operation.variableDefinitions ?? [],
      variables ?? {},
      { maxErrors: 10 },
    );
    if (errors) return invalid(...errors.map(asBadInput));
    const unsure = nullConditions(prepared.conditions, coerced);
    if (unsure.length > 0) return invalid(...unsure.map(asBadInput));
    const costly = tooCostly(prepared.cost, coerced, enforcement.cost.limit);
    if (costly) return invalid(costly);
    if (prepared.introspects && isClosed(enforcement, context))
      return invalid(introspectionClosed(enforcement));
    const { principal } = context;
    return after(policiesFor(prepared, context, parts), (policies) =>
      decide(parts, {
        ...{ inquiry, prepared },
        asked: { variables: coerced, principal, policies },
      }),
    );
  };
}

function invalid(...errors: readonly GraphQLError[]): Invalid {
  return { kind: "invalid", errors };
}

function isClosed(
  { anonymousIntrospection }: Enforcement,
  { principal }: GatewayContext,
): boolean {
  return principal.kind === "anonymous" && !anonymousIntrospection;
}

const noPolicies: ReadonlySet<string> = new Set();

function policiesFor(
  prepared: Prepared,
  { principal, requestId, memory }: GatewayContext,
  { enforcement, introspectionPolicies }: JudgeParts,
): ReadonlySet<string> | Promise<ReadonlySet<string>> {
  const { policies, logger } = enforcement;
  const names = prepared.introspects
    ? prepared.policies.union(introspectionPolicies)
    : prepared.policies;
  if (names.size === 0 || !policies) return noPolicies;
  if (memory.policies?.of === prepared) return memory.policies.granted;
  const granted = grantedPolicies(policies, { names, principal }, (error) =>
    logger.error(
      { event: "policies", requestId, fault: faultName(error) },
      "the policy evaluator failed; no policy holds",
    ),
  );
  memory.policies = { of: prepared, granted };
  return granted;
}

function decide(
  parts: JudgeParts,
  { inquiry, prepared, asked }: Pick<Judged, "inquiry" | "prepared" | "asked">,
): Judged {
  const { authorizer } = parts;
  const decision = authorizer.decide(prepared, asked);
  const run =
    parts.enforcement.mode === "dry-run"
      ? authorizer.whole(prepared, asked)
      : decision;
  const report = () => authorizer.report(prepared, asked);
  const refusal = refusalOf(parts, { prepared, asked, decision, run, report });
  // Written out: spreading costs more than everything else here.
  const kind = "judged";
  return { kind, inquiry, prepared, asked, decision, run, report, refusal };
}

type Decided = Omit<Judged, "kind" | "inquiry" | "refusal">;

function refusalOf(
  { enforcement, stepUps }: JudgeParts,
  decided: Decided,
): Judged["refusal"] {
  const { prepared, asked, run } = decided;
  const isDenied = decided.decision.filtered.denials.length > 0;
  if (isDenied && isRejected(enforcement, prepared.operation))
    return () => refuse(decided, enforcement);
  if (stepUps.size === 0) return undefined;
  const stale = loginTooOld(run.wire?.operation, stepUps, {
    principal: asked.principal,
    challenge: enforcement.challenge,
    now: Date.now() / 1_000,
  });
  return stale && (() => ({ errors: [stale] }));
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
  { decision, asked: { principal }, report: makeReport }: Decided,
  { mode, detail, challenge }: Enforcement,
): GatewayExecutionResult {
  const { denials } = decision.filtered;
  const report = makeReport();
  const authorization = authorizationExtension(mode, detail, {
    ...{ denials, principal, report: () => report },
  });
  return {
    data: null,
    errors: refusalErrors({ denials, principal, report, detail, challenge }),
    ...(authorization && { extensions: { authorization } }),
  };
}
