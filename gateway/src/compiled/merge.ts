import { type JsonObject, isObject } from "./json.ts";

/**
 * Adds to an object what another answer says of it: objects and lists of one length
 * are merged, anything else is replaced. Values are taken over, not copied.
 */
export function merge(target: JsonObject, source: JsonObject): void {
  for (const key of Object.keys(source)) {
    if (Object.hasOwn(target, key))
      target[key] = merged(target[key], source[key]);
    else if (key === "__proto__") define(target, key, source[key]);
    else target[key] = source[key];
  }
}

/** A copy that shares nothing: one answer given to two objects must not join them. */
export function copy<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copy) as Value;
  if (!isObject(value)) return value;
  const made: JsonObject = { ...value };
  for (const key of Object.keys(made))
    if (typeof made[key] === "object") made[key] = copy(made[key]);
  return made as Value;
}

function merged(before: unknown, after: unknown): unknown {
  if (isObject(before) && isObject(after)) {
    merge(before, after);
    return before;
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return after;
  if (before.length !== after.length) return after;
  for (let at = 0; at < after.length; at += 1)
    before[at] = merged(before[at], after[at]);
  return before;
}

/** Assigning would set the prototype. */
function define(target: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
