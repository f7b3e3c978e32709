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
import { BadInput, Forbidden } from "./errors.ts";
import { guardEntities } from "./guard-entities.ts";
import type { ReferenceGuard } from "./guard-reference.ts";
import { type RowGuard, rowGuard } from "./guard-rows.ts";
import {
  type GuardState,
  type GuardedContext,
  type Standing,
  isInReach,
  refused,
  subjectOf,
  takeStand,
} from "./guard-state.ts";
import { after } from "./promise.ts";

type Arguments = Readonly<Record<string, unknown>>;
type FieldConfig = GraphQLFieldConfig<unknown, GuardedContext, Arguments>;
type Resolve = GraphQLFieldResolver<unknown, GuardedContext, Arguments>;

type GuardParts = {
  readonly criteria: (coordinate: string) => CriteriaCheck | undefined;
  /** By the type they load. */
  readonly references: ReadonlyMap<string, ReferenceGuard>;
};

const maximumRepresentations = 1_000;

/**
 * Puts a lock on **every** field of every object type: scopes before the
 * resolver runs, the parent row's reach before it, each returned row's after it.
 * A field with nothing to ask of anybody keeps its own resolver.
 */
export function guardSchema(
  schema: GraphQLSchema,
  guard: Guard,
  { criteria, references }: GuardParts,
): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, fieldName, typeName) => {
      if (typeName === "_Service") return closed(config);
      if (typeName === query && fieldName === "_service") return closed(config);
      if (typeName === query && fieldName === "_entities")
        return bounded(
          { ...config, resolve: guardEntities(references) },
          entityNames(schema),
        );
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
  const resolve = config.resolve ?? defaultFieldResolver;
  const judge = judged(resolve, field);
  return {
    ...config,
    resolve(source, args, context, info) {
      const standing = standingAt(field, lock, context.guard, info);
      return standing.everyRow || isOpenRow(standing, field, source, context)
        ? resolve(source, args, context, info)
        : judge(source, args, context, info);
    },
  };
}

/** The short way for a row that is known to be in reach; what it does not settle, `judge` does. */
function isOpenRow(
  standing: Standing,
  { owner }: FieldGuard,
  row: unknown,
  context: GuardedContext,
): boolean {
  const { decision } = standing;
  if (!standing.byRow || decision.kind === "closed") return false;
  if (isInReach(decision.rows, owner, row, context) !== true) return false;
  standing.opened = true;
  return true;
}

function judged(resolve: Resolve, field: FieldGuard): Resolve {
  const { owner, rows } = field;
  return (source, args, context, info) => {
    const { guard } = context;
    const isKey = info.path.key === info.fieldName;
    const lock = (isKey && field.key) || field.lock;
    const standing = standingAt(field, lock, guard, info);
    const { decision } = standing;
    const place = { context, info, nullable: !isNonNullType(info.returnType) };
    if (decision.kind === "closed") return refused(standing, place);
    field.criteria?.(args, context);
    return after(isInReach(decision.rows, owner, source, context), (is) => {
      if (!is) return refused(standing, place);
      standing.opened = true;
      const value: unknown = resolve(source, args, context, info);
      if (!rows) return value;
      const subject = subjectOf(owner, source, guard);
      return rows.check(value, { standing, subject, context, info });
    });
  };
}

function standingAt(
  { rows, criteria }: FieldGuard,
  lock: Lock,
  guard: GuardState,
  info: GraphQLResolveInfo,
): Standing {
  const before = guard.standings[lock.index];
  if (before) return before;
  const learns = rows?.learns(guard.decisions, info) ?? false;
  const idle = !learns && (rows?.isIdle(guard.decisions) ?? true);
  return takeStand(lock, guard, { alone: idle && !criteria, learns });
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
    resolve(source, args, context, info) {
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
