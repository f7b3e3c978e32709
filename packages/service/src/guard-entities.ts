import type { GraphQLResolveInfo } from "graphql";
import type { Place, ReferenceGuard } from "./guard-reference.ts";
import type { GuardedContext } from "./guard-state.ts";
import { after, isPromise } from "./promise.ts";

type Representation = { readonly __typename: string };

/**
 * Resolves `_entities`: all rows are loaded at once, who reports to the caller is
 * learned once for all, and each is judged. The stock resolver makes promises for
 * every row; this makes one for the list, and none where no loader made any. What
 * fails is one row's null. Takes representations of the guarded entities alone.
 */
export function guardEntities(entities: ReadonlyMap<string, ReferenceGuard>) {
  return (
    _source: unknown,
    args: Readonly<Record<string, unknown>>,
    context: GuardedContext,
    info: GraphQLResolveInfo,
  ): unknown => {
    const asked = args["representations"] as readonly Representation[];
    const place = { context, info };
    const guards = asked.map(({ __typename }) => entities.get(__typename));
    const loading = asked.map((one, n) =>
      attempt(() => guards[n]?.load(one, place), failed),
    );
    return whenLoaded(loading, (rows) => {
      const subjects = rows.map((row, n) =>
        attempt(
          () => guards[n]?.whose(row, place) ?? null,
          () => null,
        ),
      );
      return after(context.guard.learn(subjects), () =>
        rows.map((row, n) =>
          attempt(() => answer(row, asked[n], guards[n], place), failed),
        ),
      );
    });
  };
}

function attempt<Made>(
  make: () => Made,
  otherwise: (error: Error) => Made,
): Made {
  try {
    return make();
  } catch (error) {
    return otherwise(error as Error);
  }
}

function failed(error: Error): unknown {
  return Promise.reject(error);
}

/** Leaves a promise that failed where it stands, for graphql-js to tell of. */
function whenLoaded(
  loading: readonly unknown[],
  then: (rows: readonly unknown[]) => unknown,
): unknown {
  if (!loading.some(isPromise)) return then(loading);
  return Promise.allSettled(loading).then((settled) =>
    then(
      settled.map((one, n) =>
        one.status === "fulfilled" ? one.value : loading[n],
      ),
    ),
  );
}

function answer(
  row: unknown,
  representation: Representation | undefined,
  guard: ReferenceGuard | undefined,
  place: Place,
): unknown {
  if (!guard || !representation || isPromise(row)) return row;
  return after(guard.judge(row, place), (judged) =>
    named(judged, representation.__typename),
  );
}

/** The union of all entities tells their types apart by this key. */
function named(row: unknown, typeName: string): unknown {
  if (typeof row !== "object" || row === null || row instanceof Error)
    return row;
  if (!("__typename" in row))
    return Object.defineProperty(row, "__typename", { value: typeName });
  return row.__typename === typeName ? row : { ...row, __typename: typeName };
}
