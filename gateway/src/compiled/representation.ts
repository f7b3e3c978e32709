import {
  type FetchDataRewrite,
  type QueryPlanFieldNode,
  type QueryPlanSelectionNode,
  getResponseName,
} from "@apollo/query-planner";
import { type JsonObject, isObject, own } from "./json.ts";
import { merge } from "./merge.ts";
import type { TypeConditions } from "./type-conditions.ts";
import { UnknownPlan } from "./unknown-plan.ts";

/** The JSON text by which a subgraph knows an object; null when it lacks a part of it. */
export type Represent = (object: JsonObject) => string | null;

/** Compiles what a fetch requires. Once for each type that comes along. */
export function compileRepresent(
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[],
  conditions: TypeConditions,
): Represent {
  const rename = compileRename(rewrites, conditions);
  const byType = new Map<string, Represent>();
  return (object) => {
    const type = own(object, "__typename");
    if (typeof type !== "string") return null;
    const before = byType.get(type);
    if (before) return before(object);
    // A subgraph may make up any number of types: only those asked for are kept.
    if (!requires.some((one) => applies(one, type, conditions))) return null;
    const made = ofType(requires, type, { conditions, sent: rename(type) });
    byType.set(type, made);
    return made(object);
  };
}

/** An interface object's subgraph knows only the interface by name. */
function compileRename(
  rewrites: readonly FetchDataRewrite[],
  conditions: TypeConditions,
): (type: string) => string {
  const steps = rewrites.map((rewrite) => {
    const [fragment = "", key, ...rest] = rewrite.path;
    const value: unknown =
      rewrite.kind === "ValueSetter" ? rewrite.setValueTo : undefined;
    if (
      typeof value !== "string" ||
      !fragment.startsWith("... on ") ||
      key !== "__typename" ||
      rest.length > 0
    )
      throw new UnknownPlan("an input rewrite of another shape");
    return { on: conditions(fragment.slice("... on ".length)), value };
  });
  return (type) =>
    steps.reduce((now, { on, value }) => (on.has(now) ? value : now), type);
}

function applies(
  one: QueryPlanSelectionNode,
  type: string,
  conditions: TypeConditions,
): boolean {
  if (one.kind === "Field") return true;
  const { typeCondition } = one;
  return typeCondition !== undefined && conditions(typeCondition).has(type);
}

/** One set of fields is written straight to text; several that overlap are merged first. */
function ofType(
  requires: readonly QueryPlanSelectionNode[],
  type: string,
  { conditions, sent }: { conditions: TypeConditions; sent: string },
): Represent {
  const [first, ...more] = requires
    .filter((one) => applies(one, type, conditions))
    .map((one): readonly QueryPlanSelectionNode[] =>
      one.kind === "Field" ? [one] : one.selections,
    );
  if (first && more.length === 0 && isPlain(first)) {
    const others = first.filter(({ name }) => name !== "__typename");
    if (others.length === first.length) return () => null;
    return writeFields(others, `"__typename":${JSON.stringify(sent)}`);
  }
  return (object) => {
    const built = build(object, requires, conditions);
    if (!built || !Object.hasOwn(built, "__typename")) return null;
    return JSON.stringify({ ...built, __typename: sent });
  };
}

function isPlain(
  selections: readonly QueryPlanSelectionNode[],
): selections is readonly QueryPlanFieldNode[] {
  return selections.every(
    (one) =>
      one.kind === "Field" && (!one.selections || isPlain(one.selections)),
  );
}

function writeFields(
  fields: readonly QueryPlanFieldNode[],
  start = "",
): Represent {
  const parts = fields.map((field, at) => {
    const key = getResponseName(field);
    const comma = at > 0 || start !== "" ? "," : "";
    return {
      key,
      label: `${comma}${JSON.stringify(key)}:`,
      write: writeValue(field.selections),
    };
  });
  return (object) => {
    let text = `{${start}`;
    for (const { key, label, write } of parts) {
      const value = own(object, key);
      if (value === undefined) return null;
      text += label + write(value);
    }
    return `${text}}`;
  };
}

function writeValue(
  selections: readonly QueryPlanSelectionNode[] | undefined,
): (value: unknown) => string {
  if (!selections || !isPlain(selections)) return JSON.stringify;
  const object = writeFields(selections);
  const write = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
    return (isObject(value) && object(value)) || "null";
  };
  return write;
}

function build(
  object: JsonObject,
  selections: readonly QueryPlanSelectionNode[],
  conditions: TypeConditions,
): JsonObject | null {
  const built: JsonObject = {};
  for (const one of selections) {
    if (one.kind === "Field") {
      const value = own(object, getResponseName(one));
      if (value === undefined) return null;
      merge(built, {
        [getResponseName(one)]: buildValue(value, one.selections, conditions),
      });
    } else if (applies(one, String(own(object, "__typename")), conditions)) {
      const inner = build(object, one.selections, conditions);
      if (inner) merge(built, inner);
    }
  }
  return built;
}

function buildValue(
  value: unknown,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  conditions: TypeConditions,
): unknown {
  if (!selections) return value;
  if (Array.isArray(value))
    return value.map((one) => buildValue(one, selections, conditions));
  return isObject(value) ? build(value, selections, conditions) : null;
}
