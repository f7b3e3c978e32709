import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from "graphql";
import { type PolicyFile, toRequirement } from "./policy-file.ts";
import type { Principal } from "./principal.ts";
import {
  type Dnf,
  type Requirement,
  conjoin,
  meets,
  open,
} from "./requirement.ts";
import { RulesError, readRules } from "./rules.ts";
import { reachOf } from "./scopes.ts";

/** How the guard learns whose record a row of a type is. */
export type Subject =
  | {
      readonly kind: "of";
      /** Employee id; null: reachable with company-wide scopes only. */
      readonly id: (row: never) => string | null;
    }
  /** A value type: its parent row's subject. */
  | { readonly kind: "inherited" }
  /** A root field: the named row policy applies the reach. */
  | { readonly kind: "narrowed"; readonly by: string };

/** The rows one rule opens to a caller. `everyone` makes the others idle. */
export type Reached = {
  readonly everyone: boolean;
  readonly self: boolean;
  readonly reports: boolean;
};

export type Decision =
  | { readonly kind: "closed"; readonly requirement: Requirement }
  | {
      readonly kind: "open";
      /** A row must be in the reach of every one of these; none means every row. */
      readonly parent: readonly Reached[];
      readonly returned: readonly Reached[];
    };

export type GuardedField = {
  readonly coordinate: string;
  decide(principal: Principal): Decision;
};

export type Guard = {
  field(typeName: string, fieldName: string): GuardedField;
  /** For `_entities`: may this type be entered, and in which rows? */
  entry(typeName: string): GuardedField;
  /** Whose record a row is; `inherited` when only its parent knows. */
  subject(typeName: string): Subject | undefined;
};

/** What the federation specification adds; `_entities` is guarded type by type. */
const federationTypes = new Set(["_Entity", "_Service", "_Any"]);
const federationFields = new Set(["_entities", "_service"]);

/**
 * Compiles the composed policy AND the subgraph's own directives into one
 * decision per field. Never laxer than either.
 * @throws RulesError listing every coordinate the policy does not know and every
 *   rule with a `:self` or `:reports` alternative whose subject nobody declared.
 */
export function createGuard(options: {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly policy: PolicyFile;
  readonly subjects: Readonly<Record<string, Subject>>;
}): Guard {
  const { schema, policy, subjects } = options;
  const faults: string[] = [];
  const local = readRules(options.document, schema);
  const own = (coordinate: string): Requirement => {
    const entry = Object.hasOwn(policy.coordinates, coordinate)
      ? policy.coordinates[coordinate]
      : undefined;
    if (!entry)
      faults.push(
        `${coordinate} is not in the composed policy: run npm run compose`,
      );
    return conjoin(entry ? toRequirement(entry) : open, local.own(coordinate));
  };
  const fields = new Map<string, GuardedField>();
  const entries = new Map<string, GuardedField>();
  for (const type of guardedTypes(schema)) {
    const entry = own(type.name);
    demandSubject(type.name, entry, subjects[type.name], faults);
    entries.set(type.name, guardedField(type.name, open, entry));
    for (const field of Object.values(type.getFields())) {
      if (type === schema.getQueryType() && federationFields.has(field.name))
        continue;
      const coordinate = `${type.name}.${field.name}`;
      const before = conjoin(entry, own(coordinate));
      const root = isRoot(schema, type);
      const owner = subjects[root ? coordinate : type.name];
      demandSubject(coordinate, before, owner, faults);
      demandParent({ coordinate, field, root, subjects }, faults);
      const after = local.entry(getNamedType(field.type).name);
      const returned = conjoin(
        after,
        composedEntry(policy, getNamedType(field.type).name),
      );
      fields.set(coordinate, guardedField(coordinate, before, returned, root));
    }
  }
  if (faults.length > 0) throw new RulesError([...new Set(faults)]);
  return {
    field: (typeName, fieldName) => known(fields, `${typeName}.${fieldName}`),
    entry: (typeName) => known(entries, typeName),
    subject: (typeName) => subjects[typeName],
  };
}

function guardedTypes(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType =>
      isObjectType(type) &&
      !type.name.startsWith("__") &&
      !federationTypes.has(type.name),
  );
}

function guardedField(
  coordinate: string,
  parent: Requirement,
  returned: Requirement,
  root = false,
): GuardedField {
  const both = conjoin(parent, returned);
  const decisions = new WeakMap<Principal, Decision>();
  const decide = (principal: Principal): Decision => {
    if (!meets(both, principal)) return { kind: "closed", requirement: both };
    return {
      kind: "open",
      parent: root ? [] : narrow(parent, principal.scopes),
      returned: narrow(returned, principal.scopes),
    };
  };
  return {
    coordinate,
    decide(principal) {
      const before = decisions.get(principal);
      if (before) return before;
      const decision = decide(principal);
      decisions.set(principal, decision);
      return decision;
    },
  };
}

/** The rules that do not open every row to these scopes. */
function narrow(
  requirement: Requirement,
  held: ReadonlySet<string>,
): readonly Reached[] {
  return requirement.scopes
    .map((dnf) => reached(dnf, held))
    .filter(({ everyone }) => !everyone);
}

/** Union over the alternatives held of the narrowest scope in each. */
function reached(dnf: Dnf, held: ReadonlySet<string>): Reached {
  const reaches = dnf
    .filter((all) => all.every((scope) => held.has(scope)))
    .map(
      (all) => all.map(reachOf).find((one) => one !== "everyone") ?? "everyone",
    );
  return {
    everyone: reaches.includes("everyone"),
    self: reaches.includes("self"),
    reports: reaches.includes("reports"),
  };
}

function demandSubject(
  coordinate: string,
  requirement: Requirement,
  subject: Subject | undefined,
  faults: string[],
): void {
  for (const all of requirement.scopes.flat()) {
    const reaches = new Set(all.map(reachOf));
    if (reaches.has("self") && reaches.has("reports"))
      faults.push(
        `${coordinate}: [${all.join(", ")}] asks for :self and :reports, and no row is in both`,
      );
  }
  const narrowed = requirement.scopes
    .flat(2)
    .some((scope) => reachOf(scope) !== "everyone");
  if (narrowed && !subject)
    faults.push(
      `${coordinate} has a :self or :reports alternative, but nobody declared whose row it is: add it to the subjects`,
    );
}

function demandParent(
  at: {
    readonly coordinate: string;
    readonly field: GraphQLField<unknown, unknown>;
    readonly root: boolean;
    readonly subjects: Readonly<Record<string, Subject>>;
  },
  faults: string[],
): void {
  const returned = getNamedType(at.field.type).name;
  if (at.subjects[returned]?.kind !== "inherited") return;
  const parent = at.subjects[at.coordinate.split(".")[0] ?? ""];
  if (at.root || !parent || parent.kind === "narrowed")
    faults.push(
      `${at.coordinate} returns ${returned}, whose subject is its parent's, but the parent has none`,
    );
}

function composedEntry(policy: PolicyFile, typeName: string): Requirement {
  const entry = Object.hasOwn(policy.coordinates, typeName)
    ? policy.coordinates[typeName]
    : undefined;
  return entry ? toRequirement(entry) : open;
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType();
}

function known(
  fields: ReadonlyMap<string, GuardedField>,
  coordinate: string,
): GuardedField {
  const field = fields.get(coordinate);
  if (!field) throw new RulesError([`${coordinate} has no rule: it is closed`]);
  return field;
}
