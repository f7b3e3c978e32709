import {
  type Decisions,
  type Guard,
  type Lock,
  objectTypesOf,
  reachOf,
} from "@hr/access";
import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  defaultTypeResolver,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
} from "graphql";
import { Forbidden } from "./errors.ts";
import {
  type GuardedContext,
  type Standing,
  inherit,
  isWithin,
  refused,
  subjectOf,
} from "./guard-state.ts";
import { after } from "./promise.ts";

/** Where rows come from. */
export type Source = {
  /** Of the field that returns them. */
  readonly standing: Standing;
  /** Whose the parent row is. */
  readonly subject: string | null;
  readonly context: GuardedContext;
  readonly info: GraphQLResolveInfo;
};

export type RowGuard = {
  /** Value types are among them, which have to be told whose they are. */
  readonly inherits: boolean;
  /** Whether the caller may have them all, so that none need be looked at. */
  opensEvery(decisions: Decisions): boolean;
  /** The value with each row out of reach refused, however deep its lists. */
  check(value: unknown, source: Source): unknown;
};

/**
 * Judges the rows a field returns, each by the rule of its own type, also where
 * the field returns an interface or a union. A union is no door: its rows of a
 * type whose scopes are missing pass, and every field of theirs is closed.
 * Undefined where no row need be looked at, whoever asks.
 */
export function rowGuard(
  type: GraphQLOutputType,
  schema: GraphQLSchema,
  guard: Guard,
): RowGuard | undefined {
  const types = objectTypesOf(type, schema).map(({ name }) => name);
  const narrowed = types.map((name) => guard.entry(name)).filter(hasReach);
  const inherits = types.some(
    (name) => guard.subject(name)?.kind === "inherited",
  );
  if (narrowed.length === 0 && !inherits) return undefined;
  const typeOf = rowType(type);
  const checkRow = (row: unknown, source: Source, nullable: boolean) =>
    after(typeOf(row, source), (typeName) =>
      types.includes(typeName)
        ? judge(row, { ...source, typeName, guard, nullable })
        : row,
    );
  return {
    inherits,
    opensEvery: (decisions) =>
      !inherits &&
      narrowed.every((lock) => {
        const decision = decisions(lock);
        return decision.kind === "closed" || decision.rows.everyone;
      }),
    check: (value, source) =>
      eachRow(type, value, (row, nullable) => checkRow(row, source, nullable)),
  };
}

function judge(
  row: unknown,
  at: Source & {
    readonly typeName: string;
    readonly guard: Guard;
    readonly nullable: boolean;
  },
): unknown {
  const { typeName, guard, context, standing } = at;
  const subject = guard.subject(typeName);
  if (subject?.kind === "inherited") inherit(row, at.subject, context.guard);
  const decision = context.guard.decisions(guard.entry(typeName));
  if (decision.kind === "closed") return row;
  const whose = subjectOf(subject, row, context.guard);
  return after(isWithin(decision.rows, whose, context), (is) =>
    is
      ? row
      : refused(standing, at, () => new Forbidden(standing.lock.coordinate)),
  );
}

/** Leaves to graphql-js what does not fit the type. */
function eachRow(
  type: GraphQLOutputType,
  value: unknown,
  visit: (row: unknown, nullable: boolean) => unknown,
): unknown {
  return after(value, (settled) => {
    if (settled === null || settled === undefined || settled instanceof Error)
      return settled;
    const nullable = !isNonNullType(type);
    const bare = isNonNullType(type) ? type.ofType : type;
    if (!isListType(bare)) return visit(settled, nullable);
    if (!isIterable(settled)) return settled;
    // Promises stay in the list, so that one that fails is one row's null.
    return Array.from(settled, (item) => eachRow(bare.ofType, item, visit));
  });
}

function rowType(type: GraphQLOutputType) {
  const named = getNamedType(type);
  if (!isAbstractType(named)) return () => named.name;
  const resolveType = named.resolveType ?? defaultTypeResolver;
  return (row: unknown, { context, info }: Source) =>
    after(resolveType(row, context, info, named), (name) => name ?? "");
}

function hasReach({ requirement }: Lock): boolean {
  return requirement.scopes
    .flat(2)
    .some((scope) => reachOf(scope) !== "everyone");
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
