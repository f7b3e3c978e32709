import { type JsonObject, isObject, own } from "./json.ts";

export type ResponsePath = readonly (string | number)[];

/** The path of a Flatten node; `@` is every element of a list. */
export type FlattenPath = readonly string[];

/** The objects at a path of the answer so far, in order. */
export type Collect = (root: JsonObject) => readonly JsonObject[];

export function compileCollect(path: FlattenPath): Collect {
  const walk = path.reduceRight<Walk>(
    (next, key) => (key === "@" ? each(next) : below(key, next)),
    (value, found) => {
      if (isObject(value)) found.push(value);
    },
  );
  return (root) => {
    const found: JsonObject[] = [];
    walk(root, found);
    return found;
  };
}

/** Where those objects stand, known by identity: only an error needs it. */
export function locate(
  root: JsonObject,
  path: FlattenPath,
): ReadonlyMap<unknown, ResponsePath> {
  const places = new Map<unknown, ResponsePath>();
  const walk = (value: unknown, at: number, here: ResponsePath): void => {
    const key = path[at];
    if (key === undefined) places.set(value, here);
    else if (key === "@" && Array.isArray(value))
      value.forEach((one, index) => walk(one, at + 1, [...here, index]));
    else if (isObject(value)) walk(own(value, key), at + 1, [...here, key]);
  };
  walk(root, 0, []);
  return places;
}

/** As far as the path is the same for all of them. */
export function stem(path: FlattenPath): ResponsePath {
  const end = path.indexOf("@");
  return end < 0 ? path : path.slice(0, end);
}

type Walk = (value: unknown, found: JsonObject[]) => void;

function each(next: Walk): Walk {
  return (value, found) => {
    if (Array.isArray(value)) for (const one of value) next(one, found);
  };
}

function below(key: string, next: Walk): Walk {
  return (value, found) => {
    if (isObject(value) && Object.hasOwn(value, key)) next(value[key], found);
  };
}
