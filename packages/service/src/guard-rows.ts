import {
  type Decision,
  type Decisions,
  type Guard,
  type Lock,
  objectTypesOf,
} from "@hr/access";
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  defaultTypeResolver,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
} from "graphql";
import {
  type GuardedContext,
  type Standing,
  inherit,
  isInReach,
  refused,
  subjectOf,
} from "./guard-state.ts";
import { after, isPromise } from "./promise.ts";
import {
  type RowType,
  dependsOnReports,
  isNarrowed,
  narrowedLocks,
  rowTypeOf,
} from "./row-type.ts";

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
  /** Whether the caller may have every row as it comes. */
  isIdle(decisions: Decisions): boolean;
  /** Whether what is asked of the rows will depend on who reports to the caller. */
  learns(decisions: Decisions, info: GraphQLResolveInfo): boolean;
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
  const objects = objectTypesOf(type, schema);
  const types = objects.map((one) => rowTypeOf(one, guard));
  const inheriting = locksOfValues(objects, schema, guard);
  const concerned = types.filter(
    ({ entry, onReports }) => isNarrowed(entry) || onReports.length > 0,
  );
  if (concerned.length === 0 && inheriting.length === 0) return undefined;
  const typeOf = rowType(type, new Map(types.map((one) => [one.name, one])));
  return {
    isIdle: (decisions) =>
      concerned.every(({ entry }) => isAlike(decisions(entry))) &&
      inheriting.every((lock) => isAlike(decisions(lock))),
    learns: (decisions, info) =>
      concerned.some((one) => dependsOnReports(one, decisions, info)),
    check: (value, source) => eachRow(type, value, { ...source, typeOf }),
  };
}

type TypedSource = Source & {
  /** Undefined for what is no row of the field's type: graphql-js says so. */
  readonly typeOf: (
    row: unknown,
    source: Source,
  ) => RowType | undefined | Promise<RowType | undefined>;
};

/** Leaves to graphql-js what does not fit the type. */
function eachRow(
  type: GraphQLOutputType,
  value: unknown,
  source: TypedSource,
): unknown {
  if (isPromise(value))
    return value.then((settled) => eachRow(type, settled, source));
  if (value === null || value === undefined || value instanceof Error)
    return value;
  const nullable = !isNonNullType(type);
  const bare = isNonNullType(type) ? type.ofType : type;
  if (!isListType(bare))
    return after(learn([value], source), () => judge(value, nullable, source));
  if (!isIterable(value)) return value;
  // Promises stay in the list, so that one that fails is one row's null.
  const items = [...value];
  return after(learn(items, source), () =>
    items.map((item) => eachRow(bare.ofType, item, source)),
  );
}

/** Asks once for all rows what each field of theirs would else have to wait for. */
function learn(
  rows: readonly unknown[],
  source: TypedSource,
): Promise<unknown> | undefined {
  if (!source.standing.learns) return undefined;
  const { guard } = source.context;
  const subjects = rows.map((row) => {
    if (row === null || row === undefined || isPromise(row)) return null;
    const type = source.typeOf(row, source);
    if (!type || isPromise(type)) return null;
    return type.subject?.kind === "inherited"
      ? source.subject
      : subjectOf(type.subject, row, guard);
  });
  return guard.learn(subjects);
}

function judge(row: unknown, nullable: boolean, source: TypedSource): unknown {
  const { standing, subject, context, info } = source;
  const { guard } = context;
  return after(source.typeOf(row, source), (type) => {
    if (!type) return row;
    if (type.subject?.kind === "inherited") inherit(row, subject, guard);
    const decision = guard.decisions(type.entry);
    if (decision.kind === "closed") return row;
    return after(isInReach(decision.rows, type.subject, row, context), (is) =>
      is ? row : refused(standing, { context, info, nullable }),
    );
  });
}

/** Whether it says the same of every row, so that nobody need know whose it is. */
function isAlike(decision: Decision): boolean {
  return decision.kind === "closed" || decision.rows.everyone;
}

/** What can be asked of value types among these, and of those below them, whose subject they hand on. */
function locksOfValues(
  types: readonly GraphQLObjectType[],
  schema: GraphQLSchema,
  guard: Guard,
): readonly Lock[] {
  const values = new Set<GraphQLObjectType>();
  const add = (type: GraphQLObjectType) => {
    if (values.has(type) || guard.subject(type.name)?.kind !== "inherited")
      return;
    values.add(type);
    for (const field of Object.values(type.getFields()))
      objectTypesOf(field.type, schema).forEach(add);
  };
  types.forEach(add);
  return [...values].flatMap((type) => narrowedLocks(type, guard));
}

function rowType(
  type: GraphQLOutputType,
  types: ReadonlyMap<string, RowType>,
): TypedSource["typeOf"] {
  const named = getNamedType(type);
  const only = types.get(named.name);
  if (!isAbstractType(named)) return () => only;
  const resolveType = named.resolveType ?? defaultTypeResolver;
  return (row, { context, info }) =>
    after(resolveType(row, context, info, named), (name) =>
      types.get(name ?? ""),
    );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === "object" && value !== null && Symbol.iterator in value
  );
}
