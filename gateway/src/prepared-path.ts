import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import type { PreparedAnswer } from "@hr/service";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { answerErrors } from "./answer-errors.ts";
import type { Decision } from "./authorize.ts";
import {
  type CompiledOperation,
  type Plans,
  type Ran,
  judged as checked,
} from "./compiled/plans.ts";
type WriteResponse = (root: object) => string | undefined;
const compileWriter = (_: object): WriteResponse | undefined => undefined;
import { type FinishParts, denied, extension, finish } from "./finish.ts";
import type { GatewayContext } from "./forward.ts";
import type { Inquiry, Judged, Judgement } from "./judge.ts";
import { createKnownOperations } from "./known-operations.ts";

/** The last word on an error before it leaves, as Apollo Server calls it. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/**
 * Answers a JSON body; `undefined` when Apollo Server has to: then nothing has been
 * recorded or run.
 */
export type AnswerPrepared = (
  body: unknown,
  context: GatewayContext,
) => Promise<PreparedAnswer | undefined>;

export type PreparedPath = {
  /** Remembers an operation that is valid and was judged. */
  learn(request: GatewayGraphQLRequestContext): void;
  readonly answer: AnswerPrepared;
};

export type PreparedPathParts = {
  readonly judge: (inquiry: Inquiry) => Judgement | Promise<Judgement>;
  readonly record: (judged: Judged) => void;
  readonly plans: Plans;
  readonly finishing: FinishParts;
  readonly formatError: FormatError;
};

/**
 * Answers operations seen before without parsing, validating or planning them. It
 * judges and runs as the full path does and answers the same bytes; what it cannot
 * answer with status 200 it leaves to that path.
 */
export function createPreparedPath(parts: PreparedPathParts): PreparedPath {
  const { judge, record, plans } = parts;
  const known = createKnownOperations();
  const write = createWriting(parts);
  return {
    learn: (request) => known.learn(request),
    async answer(body, context) {
      const found = known.find(body);
      if (!found) return undefined;
      const { variables } = found;
      const judging = judge({ ...found.operation, variables, context });
      const judged = "kind" in judging ? judging : await judging;
      if (judged.kind === "invalid" || judged.refusal) return undefined;
      const { wire } = judged.run;
      const compiled = wire ? plans.compiled(wire.hash) : nothing;
      if (!compiled) return undefined;
      record(judged);
      try {
        const ran = await compiled.run({ variables: variables ?? {}, context });
        return { status: 200, text: write(judged, compiled, ran) };
      } catch (error) {
        return { status: 500, text: writeFault(error, parts.formatError) };
      }
    },
  };
}

/** Where nothing is left to ask. */
const nothing: CompiledOperation = {
  run: () => Promise.resolve({ root: {}, errors: [] }),
  check: () => ({ data: null, problems: [] }),
};

/** What is the same in every answer to one decision, as JSON text. */
type Standing = {
  /** Formatted errors with a comma between them. */
  readonly errors: string;
  /** The member `extensions` with a comma before it. */
  readonly extensions: string;
  readonly data: WriteResponse | undefined;
};

function createWriting({ finishing, formatError }: PreparedPathParts) {
  const standing = new WeakMap<Decision, Standing>();

  function standingOf(judged: Judged): Standing {
    const before = standing.get(judged.decision);
    if (before) return before;
    const { apiSchema: schema, prefix } = finishing;
    const { filtered } = judged.run;
    const authorization = extension(finishing, judged);
    const made = {
      errors: textOf(denied(finishing, judged)),
      extensions: extensionsMember(authorization && { authorization }),
      data: compileWriter({ schema, prefix, filtered }),
    };
    standing.set(judged.decision, made);
    return made;
  }

  function textOf(errors: readonly GraphQLError[]): string {
    return errors
      .map((error) => JSON.stringify(formatError(enriched(error), error)))
      .join(",");
  }

  return (judged: Judged, { check }: CompiledOperation, ran: Ran): string => {
    const { errors, extensions, data } = standingOf(judged);
    const text = data?.(ran.root);
    if (text === undefined) {
      const answer = finish(finishing, judged, checked(check, ran));
      return bodyOf({
        ...answerText(answer),
        errors: textOf(answer.errors ?? []),
      });
    }
    if (ran.errors.length === 0)
      return bodyOf({ errors, data: text, extensions });
    const { detail } = finishing.enforcement;
    const more = textOf(answerErrors(judged.run.filtered, ran, detail));
    const all = errors === "" ? more : `${errors},${more}`;
    return bodyOf({ errors: all, data: text, extensions });
  };
}

function answerText({ data, extensions }: GatewayExecutionResult) {
  return {
    data: JSON.stringify(data),
    extensions: extensionsMember(extensions),
  };
}

function extensionsMember(extensions: unknown): string {
  return extensions ? `,"extensions":${JSON.stringify(extensions)}` : "";
}

/** As Apollo Server orders and ends it. */
function bodyOf({
  errors,
  data,
  extensions,
}: Readonly<Record<"errors" | "data" | "extensions", string>>): string {
  const first = errors === "" ? "" : `"errors":[${errors}],`;
  return `{${first}"data":${data}${extensions}}\n`;
}

function writeFault(fault: unknown, formatError: FormatError): string {
  const error = new GraphQLError("", { originalError: fault as Error });
  const errors = [formatError(enriched(error), error)];
  return `${JSON.stringify({ errors })}\n`;
}

/** What Apollo Server hands to the formatter. */
function enriched(error: GraphQLError): GraphQLFormattedError {
  const { extensions } = error;
  const code = extensions["code"] ?? "INTERNAL_SERVER_ERROR";
  return { ...error.toJSON(), extensions: { ...extensions, code } };
}
