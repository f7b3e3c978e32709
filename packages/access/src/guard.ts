import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { keyFields } from "./key-fields.ts";
import { policiesIn } from "./policies.ts";
import {
  type PolicyFile,
  policyFileFaults,
  toRequirement,
} from "./policy-file.ts";
import type { Principal } from "./principal.ts";
import { type Reached, covers, everyRow, reachUnder } from "./reach.ts";
import { type Requirement, conjoin, meets, open } from "./requirement.ts";
import { RulesError, readRules } from "./rules.ts";
import {
  type Subject,
  type Subjects,
  isRoot,
  reachFaults,
  subjectFaults,
} from "./subject.ts";

/** What the guard says of one lock to one caller. */
export type Decision =
  | { readonly kind: "closed"; readonly requirement: Requirement }
  | {
      readonly kind: "open";
      /** A field: for parent rows of these. A type: these rows. A root field narrows by itself. */
      readonly rows: Reached;
    };

/** One question the guard can be asked. */
export type Lock = {
  /** Dense, from 0: for arrays in the place of maps. */
  readonly index: number;
  /** What a refusal names. */
  readonly coordinate: string;
  /** Everything that must hold. Open: there is nothing to ask. */
  readonly requirement: Requirement;
  /** The coordinate asks for something by itself, not only its parent. */
  readonly isProtected: boolean;
};

/** The decisions for one caller, each made once. */
export type Decisions = (lock: Lock) => Decision;

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
  /** May rows be chosen or put in order by this, at that field? */
  criterion(criterion: Criterion): Lock;
  /** Whose record a row is; `inherited` when only its parent knows. */
  subject(typeName: string): Subject | undefined;
  decisions(principal: Principal, policies: ReadonlySet<string>): Decisions;
};

/** An argument, input field or enum value that tells something of the rows a field returns. */
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
  readonly decidesPolicies?: boolean;
};

/** What the federation specification adds; `_entities` is guarded type by type. */
const federationTypes = new Set(["_Entity", "_Service", "_Any"]);
const federationFields = new Set(["_entities", "_service"]);

/**
 * Compiles the composed policy AND the subgraph's own directives into one lock
 * per field and per type. Never laxer than either.
 * @throws RulesError listing every coordinate the policy does not know, every
 *   rule with a `:self` or `:reports` alternative whose subject nobody declared
 *   and every policy nobody decides.
 */
export function createGuard(options: GuardOptions): Guard {
  const { schema, subjects } = options;
  const faults = [...policyFileFaults(options.policy, options.name)];
  if (faults.length > 0) throw new RulesError(faults);
  const locks = compile(options, faults);
  faults.push(...subjectFaults(schema, subjects));
  const policies = policiesIn([...locks.all].map((lock) => lock.requirement));
  if (!options.decidesPolicies) faults.push(...undecided(locks.all));
  if (faults.length > 0) throw new RulesError([...new Set(faults)]);
  return {
    policies,
    field: (typeName, fieldName) =>
      known(locks.fields, `${typeName}.${fieldName}`),
    key: (typeName, fieldName) => locks.keys.get(`${typeName}.${fieldName}`),
    entry: (typeName) => known(locks.entries, typeName),
    criterion: (criterion) => locks.criterion(criterion),
    subject: (typeName) => subjects[typeName],
    decisions: rememberWhere(policies.size === 0),
  };
}

type Compiled = Lock & {
  decide(principal: Principal, policies: ReadonlySet<string>): Decision;
};

type Locks = {
  readonly all: Iterable<Compiled>;
  readonly fields: ReadonlyMap<string, Compiled>;
  readonly keys: ReadonlyMap<string, Compiled>;
  readonly entries: ReadonlyMap<string, Compiled>;
};
