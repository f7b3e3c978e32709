import type { Selection } from "@hr/access";
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
 * pass that changes nothing. Nulls where they may be are as promised, and so is what
 * was refused. Undefined for an operation with introspection, or with a refusal that
 * takes all of the data away; a refusal that takes a part is left to the slow way too,
 * whenever that part is there. `form` is for measuring and tests: without leave to
 * generate code the closures write.
 */
export function compileWriter(
  input: Omit<ShapeInput, "compile">,
  form: "code" | "closures" = "code",
): WriteResponse | undefined {
  if (introspects(input.filtered.selections)) return undefined;
  const compile = form === "code" ? writeByCodeIfAllowed : writeByClosures;
  const shape = shapeOf({ ...input, compile });
  return shape && compile(shape);
}

function introspects(selections: readonly Selection[]): boolean {
  return selections.some(
    (one) =>
      (one.kind === "field" && one.outcome === "introspection") ||
      introspects(one.selections),
  );
}

function writeByCodeIfAllowed(shape: ObjectShape): Write {
  try {
    return writeByCode(shape);
  } catch (error) {
    if (error instanceof EvalError) return writeByClosures(shape);
    throw error;
  }
}
