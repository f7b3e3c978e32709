import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from "graphql";
import { readEnforced } from "./enforced-rules.ts";
import { keyFields } from "./key-fields.ts";
import {
  type Decisions,
  type Lock,
  createLocksmith,
  decisionsOf,
} from "./lock.ts";
import { policiesIn } from "./policies.ts";
import { type PolicyFile, policyFileFaults } from "./policy-file.ts";
import type { Principal } from "./principal.ts";
import { type Requirement, conjoin, isOpen, open } from "./requirement.ts";
import { RulesError } from "./rules.ts";
import {
  type Subject,
  type Subjects,
  isRoot,
  reachFaults,
  subjectFaults,
} from "./subject.ts";

export type Guard = {
  /** Every policy its rules name. */
  readonly policies: ReadonlySet<string>;
  field(typeName: string, fieldName: string): Lock;
  /**
   * The same field where the gateway reads it as part of a `@key`: without the
   * rules on itself and on its scalar, for only the planner can still be asking.
   * Undefined where the field is part of none.
   */
  key(typeName: string, fieldName: string): Lock | undefined;
  /** May this type be entered, and in which rows? */
  entry(typeName: string): Lock;
  /** Cuts a lock: to be called once for each, when the subgraph starts. */
  criterion(criterion: Criterion): Lock;
  /** Whose record a row is; `inherited` when only its parent knows. */
  subject(typeName: string): Subject | undefined;
  decisions(principal: Principal, policies: ReadonlySet<string>): Decisions;
};

/**
 * An argument, input field or enum value by which rows are chosen or put in
 * order, so that it tells something of them. It is open where the caller may read
 * what it tells of in every row the field can return: those its own rule reaches.
 */
export type Criterion = {
  readonly coordinate: string;
  /** Coordinates of the fields it tells of. */
  readonly tells: readonly string[];
  /** Coordinate of the field it is given to. */
  readonly at: string;
};

export type GuardOptions = {
  /** Name of the subgraph. */
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly policy: PolicyFile;
  readonly subjects: Subjects;
  /** Whether anybody decides `@policy` here. */
  readonly decidesPolicies: boolean;
};

type GuardedField = {
  readonly lock: Lock;
  /** Instead, where it is read as part of a key. */
  readonly key: Lock | undefined;
  /** What the field itself asks for. */
  readonly own: Requirement;
};

/** What the federation specification adds; `_entities` is guarded type by type. */
const federationTypes = new Set(["_Entity", "_Service", "_Any"]);
const federationFields = new Set(["_entities", "_service"]);

/**
 * Compiles the composed policy AND the subgraph's own directives into a lock for
 * each type and field. Never laxer than either.
 * @throws RulesError listing every coordinate the policy does not know, every
 *   rule with a `:self` or `:reports` alternative whose subject nobody declared
 *   and every rule that names a policy when nobody decides them.
 */
export function createGuard(options: GuardOptions): Guard {
  refuse(policyFileFaults(options.policy, options.name));
  const subjects = new Map(Object.entries(options.subjects));
  const faults = [...subjectFaults(options.schema, subjects)];
  const { lock, covering } = createLocksmith();
  const { entries, fields } = cutLocks({ ...options, subjects }, lock, faults);
  const locks = [
    ...entries.values(),
    ...[...fields.values()].map((one) => one.lock),
  ];
  if (!options.decidesPolicies) faults.push(...undecided(locks));
  refuse(faults);
  const policies = policiesIn(locks.map(({ requirement }) => requirement));
  const fieldAt = (coordinate: string) => known(fields, coordinate);
  return {
    policies,
    field: (typeName, fieldName) => fieldAt(`${typeName}.${fieldName}`).lock,
    key: (typeName, fieldName) => fieldAt(`${typeName}.${fieldName}`).key,
    entry: (typeName) => known(entries, typeName),
    criterion: ({ coordinate, tells, at }) =>
      covering({
        coordinate,
        requirement: conjoin(
          ...tells.map((told) => fieldAt(told).lock.requirement),
        ),
        narrowing: fieldAt(at).own,
      }),
    subject: (typeName) => subjects.get(typeName),
    decisions: decisionsOf({ remembered: policies.size === 0 }),
  };
}

type Cut = ReturnType<typeof createLocksmith>["lock"];

function cutLocks(
  options: Omit<GuardOptions, "subjects"> & {
    readonly subjects: ReadonlyMap<string, Subject>;
  },
  lock: Cut,
  faults: string[],
) {
  const { schema, subjects } = options;
  const rules = readEnforced(options, faults);
  const keyed = keyFields(options.document, schema);
  const entries = new Map<string, Lock>();
  const fields = new Map<string, GuardedField>();
  for (const type of guardedTypes(schema)) {
    const { name } = type;
    const entry = rules.entry(type);
    const root = isRoot(type, schema);
    faults.push(...reachFaults(name, entry, subjects.get(name)));
    entries.set(
      name,
      lock({
        ...{ coordinate: name, requirement: entry, narrowing: entry },
        isProtected: !isOpen(entry),
      }),
    );
    for (const field of guardedFields(type, schema)) {
      const coordinate = `${name}.${field.name}`;
      const rule = { entry, ...rules.field(coordinate, field.type) };
      const subject = subjects.get(root ? coordinate : name);
      faults.push(
        ...reachFaults(coordinate, conjoin(entry, rule.own), subject),
      );
      const isKey = keyed.has(coordinate);
      fields.set(coordinate, cutField(lock, { coordinate, root, isKey, rule }));
    }
  }
  return { entries, fields };
}

type FieldRule = {
  /** Of the parent type. */
  readonly entry: Requirement;
  readonly own: Requirement;
  /** Of the type of the rows that come back. */
  readonly returned: Requirement;
};

function cutField(
  lock: Cut,
  field: {
    readonly coordinate: string;
    readonly root: boolean;
    readonly isKey: boolean;
    readonly rule: FieldRule;
  },
): GuardedField {
  const { coordinate, root, isKey, rule } = field;
  const { entry, own, returned } = rule;
  const cut = (itself: Requirement) =>
    lock({
      coordinate,
      requirement: conjoin(entry, itself, returned),
      // A root field has no parent row: its row policy applies the reach.
      narrowing: root ? open : conjoin(entry, itself),
      isProtected: !isOpen(conjoin(itself, returned)),
    });
  const key = isKey && !isOpen(own) ? cut(open) : undefined;
  return { own, lock: cut(own), key };
}

function guardedTypes(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType =>
      isObjectType(type) &&
      !type.name.startsWith("__") &&
      !federationTypes.has(type.name),
  );
}

function guardedFields(type: GraphQLObjectType, schema: GraphQLSchema) {
  const isQuery = type === schema.getQueryType();
  return Object.values(type.getFields()).filter(
    ({ name }) => !isQuery || !federationFields.has(name),
  );
}

function undecided(locks: readonly Lock[]): readonly string[] {
  return locks
    .filter(({ requirement }) => requirement.policies.length > 0)
    .map(
      ({ coordinate, requirement }) =>
        `${coordinate} names the policies ${[...policiesIn([requirement])].join(", ")}, but nobody decides them here: give startSubgraph an evaluator`,
    );
}

function known<T>(all: ReadonlyMap<string, T>, coordinate: string): T {
  const found = all.get(coordinate);
  if (!found) throw new RulesError([`${coordinate} has no rule: it is closed`]);
  return found;
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new RulesError([...new Set(faults)]);
}
