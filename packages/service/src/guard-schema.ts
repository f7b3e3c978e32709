import { MapperKind, mapSchema } from "@graphql-tools/utils";
import type {
  Decision,
  Guard,
  GuardedField,
  Reached,
  Subject,
} from "@hr/access";
import DataLoader from "dataloader";
import {
  type GraphQLFieldConfig,
  type GraphQLSchema,
  defaultFieldResolver,
  getNamedType,
  isObjectType,
} from "graphql";
import type { Caller } from "./caller.ts";
import { BadInput, Forbidden, Unauthorized } from "./errors.ts";

/** Which of the candidates are below the manager, direct or indirect. */
export type Reports = (
  manager: string,
  candidates: readonly string[],
) => Promise<ReadonlySet<string>>;

/** What the guard remembers during one request. */
export type GuardState = {
  isReport(employee: string): boolean | Promise<boolean>;
  /** Subjects of value types, taken from the parent they came from. */
  readonly inherited: WeakMap<object, string | null>;
};

type GuardedContext = Caller & { readonly guard: GuardState };
type FieldConfig = GraphQLFieldConfig<unknown, GuardedContext>;

const maximumRepresentations = 1_000;

/**
 * Puts a lock on **every** field of every object type: scopes before the
 * resolver runs, the parent row's reach before it, each returned row's after it.
 */
export function guardSchema(
  schema: GraphQLSchema,
  guard: Guard,
): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, fieldName, typeName) => {
      if (typeName === "_Service") return closed(config);
      if (typeName === query && fieldName === "_service") return closed(config);
      if (typeName === query && fieldName === "_entities")
        return bounded(config);
      return guarded(config, guard, typeName, guard.field(typeName, fieldName));
    },
  });
}

/** Loads an entity by its key and answers for the row that was loaded, whatever the representation says. */
export function guardReference<Row>(
  guard: Guard,
  typeName: string,
  load: (reference: never, context: never, details: never) => Row,
) {
  const field = guard.entry(typeName);
  return async (
    reference: unknown,
    context: GuardedContext,
    details: unknown,
  ): Promise<unknown> => {
    const decision = opened(field, context);
    const row: unknown = await load(
      reference as never,
      context as never,
      details as never,
    );
    const check = returnedCheck(guard, typeName, undefined, field.coordinate);
    return check(row, decision, context, undefined);
  };
}

export function createGuardState(
  principal: { readonly employeeId: string | null },
  reports: Reports,
): GuardState {
  const manager = principal.employeeId;
  if (manager === null)
    return { isReport: () => false, inherited: new WeakMap() };
  const known = new Map<string, boolean>();
  const loader = new DataLoader<string, boolean>(async (candidates) => {
    // An error here, or an unknown person, means out of reach.
    const below = await reports(manager, candidates).catch(() => new Set());
    return candidates.map((candidate) => {
      const is = candidate !== manager && below.has(candidate);
      known.set(candidate, is);
      return is;
    });
  });
  return {
    isReport: (employee) => known.get(employee) ?? loader.load(employee),
    inherited: new WeakMap(),
  };
}

function guarded(
  config: FieldConfig,
  guard: Guard,
  typeName: string,
  field: GuardedField,
): FieldConfig {
  const resolve = config.resolve ?? defaultFieldResolver;
  const owner = guard.subject(typeName);
  const returned = getNamedType(config.type);
  const check = isObjectType(returned)
    ? returnedCheck(guard, returned.name, owner, field.coordinate)
    : undefined;
  return {
    ...config,
    resolve(source, args, context, info) {
      const decision = opened(field, context);
      const proceed = () => {
        const value = resolve(source, args, context, info);
        if (!check) return value;
        return isPromise(value)
          ? value.then((row) => check(row, decision, context, source))
          : check(value, decision, context, source);
      };
      if (decision.parent.length === 0) return proceed();
      const subject = subjectOf(owner, source, context.guard);
      const within = isWithin(decision.parent, subject, context);
      return after(within, (is) => {
        if (!is) throw new Forbidden(field.coordinate);
        return proceed();
      });
    },
  };
}

type OpenDecision = Extract<Decision, { kind: "open" }>;

function opened(field: GuardedField, context: GuardedContext): OpenDecision {
  const decision = field.decide(context.principal);
  if (decision.kind === "open") return decision;
  throw new Unauthorized(
    field.coordinate,
    decision.requirement,
    context.principal,
  );
}

/** Judges each returned row by the subject of its type; in a list, row by row. */
function returnedCheck(
  guard: Guard,
  typeName: string,
  owner: Subject | undefined,
  coordinate: string,
) {
  const subject = guard.subject(typeName);
  const check = (
    value: unknown,
    decision: OpenDecision,
    context: GuardedContext,
    parent: unknown,
  ): unknown => {
    if (value === null || value === undefined) return value;
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) =>
        after(item, (one) => check(one, decision, context, parent)),
      );
      return items.some(isPromise) ? Promise.all(items) : items;
    }
    if (subject?.kind === "inherited" && typeof value === "object")
      context.guard.inherited.set(
        value,
        subjectOf(owner, parent, context.guard),
      );
    if (decision.returned.length === 0 || value instanceof Error) return value;
    const whose = subjectOf(subject, value, context.guard);
    const within = isWithin(decision.returned, whose, context);
    // An Error as a value becomes that row's null and its error.
    return after(within, (is) => (is ? value : new Forbidden(coordinate)));
  };
  return check;
}

function subjectOf(
  subject: Subject | undefined,
  row: unknown,
  state: GuardState,
): string | null {
  if (subject?.kind === "of") return subject.id(row as never);
  if (subject?.kind === "inherited" && typeof row === "object" && row !== null)
    return state.inherited.get(row) ?? null;
  return null;
}

/** Within the reach of **every** rule. */
function isWithin(
  rules: readonly Reached[],
  subject: string | null,
  context: GuardedContext,
): boolean | Promise<boolean> {
  const self = context.principal.employeeId;
  if (subject === null || self === null) return false;
  if (subject === self) return rules.every((rule) => rule.self);
  if (!rules.every((rule) => rule.reports)) return false;
  return context.guard.isReport(subject);
}

function after<In, Out>(
  value: In | Promise<In>,
  then: (value: In) => Out,
): Out | Promise<Out> {
  return isPromise(value) ? value.then(then) : then(value);
}

function isPromise<T>(value: unknown): value is Promise<T> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
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

function bounded(config: FieldConfig): FieldConfig {
  const resolve = config.resolve ?? defaultFieldResolver;
  return {
    ...config,
    resolve(source, args: Record<string, unknown>, context, info) {
      const asked = args["representations"];
      if (Array.isArray(asked) && asked.length > maximumRepresentations)
        throw new BadInput(
          "representations",
          `holds ${asked.length} items; the limit is ${maximumRepresentations}`,
        );
      return resolve(source, args, context, info);
    },
  };
}
