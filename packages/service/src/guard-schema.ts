import { MapperKind, mapSchema } from "@graphql-tools/utils";
import { type Guard, type Lock, type Subject, isOpen } from "@hr/access";
import {
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  defaultFieldResolver,
  isNonNullType,
  isUnionType,
} from "graphql";
import type { CriteriaCheck } from "./criteria.ts";
import { BadInput, Forbidden, Unauthorized } from "./errors.ts";
import { type RowGuard, rowGuard } from "./guard-rows.ts";
import {
  type GuardedContext,
  type Standing,
  isWithin,
  refused,
  standingOf,
  subjectOf,
} from "./guard-state.ts";
import { after } from "./promise.ts";

type FieldConfig = GraphQLFieldConfig<unknown, GuardedContext>;
type Resolve = GraphQLFieldResolver<unknown, GuardedContext>;
type Call = Parameters<Resolve>;

const maximumRepresentations = 1_000;

/**
 * Puts a lock on **every** field of every object type: scopes before the
 * resolver runs, the parent row's reach before it, each returned row's after it.
 * A field with nothing to ask of anybody keeps its own resolver.
 */
export function guardSchema(
  schema: GraphQLSchema,
  guard: Guard,
  criteria: (coordinate: string) => CriteriaCheck | undefined,
): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, fieldName, typeName) => {
      if (typeName === "_Service") return closed(config);
      if (typeName === query && fieldName === "_service") return closed(config);
      if (typeName === query && fieldName === "_entities")
        return bounded(config, entityNames(schema));
      return guarded(config, {
        lock: guard.field(typeName, fieldName),
        key: guard.key(typeName, fieldName),
        owner: guard.subject(typeName),
        rows: rowGuard(config.type, schema, guard),
        criteria: criteria(`${typeName}.${fieldName}`),
      });
    },
  });
}

/** Loads an entity by its key and answers for the row that was loaded, whatever the representation says. */
export function guardReference<Row>(
  guard: Guard,
  typeName: string,
  load: (reference: never, context: never, info: never) => Row,
) {
  const lock = guard.entry(typeName);
  const subject = guard.subject(typeName);
  return async (
    reference: unknown,
    context: GuardedContext,
    info: GraphQLResolveInfo,
  ): Promise<unknown> => {
    const standing = standingOf(lock, context.guard, () => true);
    const { decision } = standing;
    const place = { info, nullable: true };
    if (decision.kind === "closed")
      return refused(standing, place, () => unauthorized(standing, context));
    const row: unknown = await load(
      reference as never,
      context as never,
      info as never,
    );
    if (standing.everyRow || row === null || row === undefined) return row;
    if (row instanceof Error) return row;
    const whose = subjectOf(subject, row, context.guard);
    const within = await isWithin(decision.rows, whose, context);
    if (!within)
      return refused(standing, place, () => new Forbidden(lock.coordinate));
    standing.opened = true;
    return row;
  };
}

type FieldGuard = {
  readonly lock: Lock;
  readonly key: Lock | undefined;
  /** Whose a row of the parent type is. */
  readonly owner: Subject | undefined;
  readonly rows: RowGuard | undefined;
  readonly criteria: CriteriaCheck | undefined;
};

function guarded(config: FieldConfig, field: FieldGuard): FieldConfig {
  const { lock, rows, criteria } = field;
  if (isOpen(lock.requirement) && !rows && !criteria) return config;
  const { index } = lock;
  const resolve = config.resolve ?? defaultFieldResolver;
  return {
    ...config,
    resolve(source, args, context, info) {
      const standing =
        context.guard.standings[index] ?? fieldStanding(field, lock, context);
      return standing.everyRow
        ? resolve(source, args, context, info)
        : judge(field, resolve, [source, args, context, info]);
    },
  };
}

function judge(field: FieldGuard, resolve: Resolve, call: Call): unknown {
  const [source, args, context, info] = call;
  const { key, owner, rows } = field;
  const isKey = key !== undefined && info.path.key === info.fieldName;
  const standing = fieldStanding(field, isKey ? key : field.lock, context);
  const { decision } = standing;
  const place = { info, nullable: !isNonNullType(info.returnType) };
  if (decision.kind === "closed")
    return refused(standing, place, () => unauthorized(standing, context));
  field.criteria?.(args, context);
  const subject = subjectOf(owner, source, context.guard);
  return after(isWithin(decision.rows, subject, context), (is) => {
    const { coordinate } = standing.lock;
    if (!is) return refused(standing, place, () => new Forbidden(coordinate));
    standing.opened = true;
    const value: unknown = resolve(source, args, context, info);
    return rows ? rows.check(value, { standing, subject, context, info }) : value;
  });
}

function fieldStanding(
  { rows, criteria }: FieldGuard,
  lock: Lock,
  { guard }: GuardedContext,
): Standing {
  return standingOf(
    lock,
    guard,
    (decisions) => !criteria && (!rows || rows.opensEvery(decisions)),
  );
}

function unauthorized(
  { lock, decision }: Standing,
  { principal }: GuardedContext,
): Unauthorized {
  const requirement =
    decision.kind === "closed" ? decision.requirement : lock.requirement;
  return new Unauthorized(lock.coordinate, requirement, principal);
}

/** The SDL is composed from files; nobody needs it from a running subgraph. */
function closed(config: FieldConfig): FieldConfig {
  return {
    ...config,
    resolve() {
      throw new Forbidden("Query._service");
    },
  };
}

function bounded(
  config: FieldConfig,
  entities: ReadonlySet<unknown>,
): FieldConfig {
  const resolve = config.resolve ?? defaultFieldResolver;
  return {
    ...config,
    resolve(source, args: Record<string, unknown>, context, info) {
      const asked = args["representations"];
      if (!Array.isArray(asked)) throw strange();
      if (asked.length > maximumRepresentations)
        throw new BadInput(
          "representations",
          `holds ${asked.length} items; the limit is ${maximumRepresentations}`,
        );
      if (!asked.every((one) => entities.has(typeNameIn(one)))) throw strange();
      return resolve(source, args, context, info);
    },
  };
}

function entityNames(schema: GraphQLSchema): ReadonlySet<unknown> {
  const union = schema.getType("_Entity");
  return new Set(
    isUnionType(union) ? union.getTypes().map(({ name }) => name) : [],
  );
}

function typeNameIn(value: unknown): unknown {
  return typeof value === "object" && value !== null && "__typename" in value
    ? value.__typename
    : undefined;
}

function strange(): BadInput {
  return new BadInput(
    "representations",
    "holds something that is no entity of this subgraph",
  );
}
