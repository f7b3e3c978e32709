/** Without a promise of its own where the value is there: graphql-js pays for each. */
export function after<In, Out>(
  value: In | Promise<In>,
  then: (value: In) => Out,
): Out | Promise<Awaited<Out>> {
  return isPromise(value)
    ? (value.then(then) as Promise<Awaited<Out>>)
    : then(value);
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
