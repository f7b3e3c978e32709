import type { JsonObject } from "./json.ts";
import { writeByClosures } from "./write-closures.ts";
import { writeByCode } from "./write-code.ts";
import type { Write } from "./write-leaf.ts";
import { type ObjectShape, type ShapeInput, shapeOf } from "./write-shape.ts";

/**
 * Writes the `data` of an answer as JSON text; undefined when something in the data
 * is not as the schema promises: then the slow way has to judge it.
 */
export type WriteResponse = (root: JsonObject) => string | undefined;

/**
 * Compiles the writer of one filtered operation's answers: what `compileCheck`,
 * `completeResponse` and `JSON.stringify` make of data that are as promised, in one
 * pass that changes nothing. As promised are nulls where they may be, and what was
 * refused. Undefined for an operation that asks for the schema, or that has lost all
 * its data to a refusal; where a part is lost, the slow way is taken whenever that part
 * comes along. `form` is for measuring and tests: where code must not be generated,
 * closures write.
 */
export function compileWriter(
  input: Omit<ShapeInput, "compile">,
  form: "code" | "closures" = "code",
): WriteResponse | undefined {
  const compile = form === "code" ? writeByCodeIfAllowed : writeByClosures;
  const shape = shapeOf({ ...input, compile });
  return shape && compile(shape);
}

function writeByCodeIfAllowed(shape: ObjectShape): Write {
  try {
    return writeByCode(shape);
  } catch (error) {
    if (error instanceof EvalError) return writeByClosures(shape);
    throw error;
  }
}
