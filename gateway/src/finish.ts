import { completeResponse } from "@hr/access";
import type { GatewayExecutionResult } from "@apollo/server-gateway-interface";
import type { GraphQLError, GraphQLSchema } from "graphql";
import { answerErrors } from "./answer-errors.ts";
import { authorizationExtension, denialErrors } from "./denials.ts";
import { type CostReport, costReport } from "./cost.ts";
import type { Enforcement } from "./enforcement.ts";
import type { Judged } from "./judge.ts";

export type FinishParts = {
  readonly apiSchema: GraphQLSchema;
  readonly prefix: string;
  readonly enforcement: Enforcement;
};

/** The answer to the operation the client wrote, from the answer to what was run of it. */
export function finish(
  parts: FinishParts,
  judged: Judged,
  answer: GatewayExecutionResult,
  introspection: Readonly<Record<string, unknown>> = {},
): GatewayExecutionResult {
  const { filtered } = judged.run;
  const data = completeResponse({
    ...{ schema: parts.apiSchema, prefix: parts.prefix, filtered },
    ...{ data: answer.data ?? null, introspection },
  });
  const errors = [
    ...denied(parts, judged),
    ...answerErrors(filtered, answer, parts.enforcement.detail),
  ];
  const authorization = extension(parts, judged);
  const cost = costOf(parts, judged, data);
  const extensions = {
    ...(authorization && { authorization }),
    ...(cost && { cost }),
  };
  return {
    data,
    ...(errors.length > 0 && { errors }),
    ...((authorization ?? cost) && { extensions }),
  };
}

function costOf(
  { enforcement }: FinishParts,
  { inquiry: { context }, prepared: { cost }, asked: { variables } }: Judged,
  data: unknown,
): CostReport | undefined {
  if (!context.reportsCost) return undefined;
  return costReport(cost, { variables, data }, enforcement.cost.limit);
}

/** What was taken out: the same for all callers of this decision. */
export function denied(
  { enforcement }: FinishParts,
  { run, asked }: Judged,
): readonly GraphQLError[] {
  const { denials } = run.filtered;
  return denialErrors(denials, asked.principal, enforcement.detail);
}

/** `extensions.authorization`: the same for all callers of this decision. */
export function extension(
  { enforcement: { mode, detail } }: FinishParts,
  { decision, asked: { principal }, report }: Judged,
): Readonly<Record<string, unknown>> | undefined {
  const { denials } = decision.filtered;
  return authorizationExtension(mode, detail, { denials, principal, report });
}
