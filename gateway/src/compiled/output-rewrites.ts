import type { FetchDataRewrite } from "@apollo/query-planner";
import { type JsonObject, isObject, own } from "./json.ts";
import type { TypeConditions } from "./type-conditions.ts";

/** Changes an answer in place, so that it reads as if it had been asked without detours. */
export type Rewrite = (answer: unknown) => void;

/** The planner gives fields of one key that cannot be merged keys of their own, and takes them back here. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[],
  conditions: TypeConditions,
): Rewrite | undefined {
  if (rewrites.length === 0) return undefined;
  const steps = rewrites.map((rewrite) => compileOne(rewrite, conditions));
  return (answer) => steps.forEach((step) => step(answer));
}

function compileOne(
  rewrite: FetchDataRewrite,
  conditions: TypeConditions,
): Rewrite {
  const key = rewrite.path.at(-1);
  if (key === undefined) return () => undefined;
  return rewrite.path
    .slice(0, -1)
    .reduceRight<Rewrite>(
      (next, element) =>
        everyObject(
          element.startsWith("... on ")
            ? onType(conditions(element.slice("... on ".length)), next)
            : (object) => next(own(object, element)),
        ),
      everyObject(change(rewrite, key)),
    );
}

function everyObject(act: (object: JsonObject) => void): Rewrite {
  const walk: Rewrite = (value) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isObject(value)) act(value);
  };
  return walk;
}

/** Where nobody asked for the type there is only one. */
function onType(
  types: ReadonlySet<string>,
  next: Rewrite,
): (object: JsonObject) => void {
  return (object) => {
    const type = own(object, "__typename");
    if (typeof type !== "string" || types.has(type)) next(object);
  };
}

function change(
  rewrite: FetchDataRewrite,
  key: string,
): (object: JsonObject) => void {
  if (rewrite.kind === "ValueSetter")
    return (object) => void (object[key] = rewrite.setValueTo as unknown);
  return (object) => {
    if (!Object.hasOwn(object, key)) return;
    object[rewrite.renameKeyTo] = object[key];
    delete object[key];
  };
}
