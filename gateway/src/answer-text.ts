import { type FormatError, formatLikeApollo } from "@hr/service";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { answerErrors } from "./answer-errors.ts";
import type { Decision } from "./authorize.ts";
import {
  type CompiledOperation,
  type Ran,
  judged as checked,
} from "./compiled/plans.ts";
import {
  type WriteResponse,
  compileWriter,
} from "./compiled/write-response.ts";
import { type FinishParts, denied, extension, finish } from "./finish.ts";
import type { Judged } from "./judge.ts";

/** A GraphQL response as Apollo Server would write it. */
export type AnswerText = {
  readonly text: string;
  readonly hasData: boolean;
  readonly errors: readonly GraphQLFormattedError[];
};

export type AnswerWriter = {
  /** The answer to what ran of an operation. */
  answer(judged: Judged, compiled: CompiledOperation, ran: Ran): AnswerText;
  /** The answer when something here broke: masked. */
  fault(cause: unknown): AnswerText;
};

/** What is the same in every answer to one decision. */
type Standing = {
  readonly errors: readonly GraphQLFormattedError[];
  /** Those errors, with a comma between them. */
  readonly errorsText: string;
  /** The member `extensions` with a comma before it. */
  readonly extensions: string;
  readonly writeData: WriteResponse | undefined;
};

/**
 * Writes answers from what a plan gathered: as text straight away where everything is
 * as the schema promises, and else by way of `finish`, as the full path does.
 */
export function createAnswerWriter(
  finishing: FinishParts,
  formatError: FormatError,
): AnswerWriter {
  const known = new WeakMap<Decision, Standing>();
  const format = (error: GraphQLError) => formatLikeApollo(error, formatError);

  function standingOf(judged: Judged): Standing {
    const before = known.get(judged.decision);
    if (before) return before;
    const { apiSchema: schema, prefix } = finishing;
    const errors = denied(finishing, judged).map(format);
    const authorization = extension(finishing, judged);
    const made = {
      errors,
      errorsText: textOf(errors),
      extensions: extensionsText(authorization && { authorization }),
      writeData: compileWriter({
        ...{ schema, prefix, filtered: judged.run.filtered },
      }),
    };
    known.set(judged.decision, made);
    return made;
  }

  function finished(
    judged: Judged,
    { check }: CompiledOperation,
    ran: Ran,
  ): AnswerText {
    const answer = finish(finishing, judged, checked(check, ran));
    const errors = (answer.errors ?? []).map(format);
    return answerText({
      ...{ errors, errorsText: textOf(errors) },
      data: JSON.stringify(answer.data),
      extensions: extensionsText(answer.extensions),
    });
  }

  return {
    answer(judged, compiled, ran) {
      const standing = standingOf(judged);
      const data = dataText(standing, ran);
      if (data === undefined) return finished(judged, compiled, ran);
      if (ran.errors.length === 0) return answerText({ ...standing, data });
      const { filtered } = judged.run;
      const { detail } = finishing.enforcement;
      const more = answerErrors(filtered, ran, detail).map(format);
      const errors = [...standing.errors, ...more];
      const errorsText = textOf(errors);
      return answerText({ ...standing, data, errors, errorsText });
    },
    fault(cause) {
      const errors = [
        format(new GraphQLError("", { originalError: cause as Error })),
      ];
      const text = `${JSON.stringify({ errors })}\n`;
      return { text, hasData: false, errors };
    },
  };
}

/** Undefined also for what cannot be written, such as a scalar nested too deep: it may come to be null. */
function dataText({ writeData }: Standing, { root }: Ran): string | undefined {
  try {
    return writeData?.(root);
  } catch {
    return undefined;
  }
}

function textOf(errors: readonly GraphQLFormattedError[]): string {
  return errors.map((error) => JSON.stringify(error)).join(",");
}

function extensionsText(extensions: unknown): string {
  return extensions ? `,"extensions":${JSON.stringify(extensions)}` : "";
}

/** As Apollo Server orders and ends it. */
function answerText(
  parts: Pick<Standing, "errors" | "errorsText" | "extensions"> & {
    readonly data: string;
  },
): AnswerText {
  const { errors, errorsText, data, extensions } = parts;
  const first = errorsText === "" ? "" : `"errors":[${errorsText}],`;
  const text = `{${first}"data":${data}${extensions}}\n`;
  return { text, hasData: data !== "null", errors };
}
