import {
  type Decision,
  type Decisions,
  type Guard,
  type Lock,
  type Subject,
  reachOf,
} from "@hr/access";
import {
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  visit,
} from "graphql";

/** What there is to ask of a row of one object type. */
export type RowType = {
  readonly name: string;
  readonly entry: Lock;
  readonly subject: Subject | undefined;
  /** Locks that can depend on who reports to whom, by the field that asks; null asks for the row itself. */
  readonly onReports: readonly {
    readonly field: string | null;
    readonly lock: Lock;
  }[];
};

export function rowTypeOf(type: GraphQLObjectType, guard: Guard): RowType {
  const { name } = type;
  const entry = guard.entry(name);
  const onReports = asked(type, guard).filter(({ lock }) =>
    speaksOf(lock, ["reports"]),
  );
  return { name, entry, subject: guard.subject(name), onReports };
}

/** The locks of a type and of its fields that can tell one row from another. */
export function narrowedLocks(
  type: GraphQLObjectType,
  guard: Guard,
): readonly Lock[] {
  return asked(type, guard)
    .map(({ lock }) => lock)
    .filter(isNarrowed);
}

/** Whether rows can be out of somebody's reach. */
export function isNarrowed(lock: Lock): boolean {
  return speaksOf(lock, ["self", "reports"]);
}

/** Whether what this operation asks of such rows will depend on who reports to the caller. */
export function dependsOnReports(
  { onReports }: RowType,
  decisions: Decisions,
  info: GraphQLResolveInfo,
): boolean {
  return onReports.some(
    ({ field, lock }) =>
      (field === null || fieldNames(info).has(field)) &&
      isByReports(decisions(lock)),
  );
}

function asked(type: GraphQLObjectType, guard: Guard) {
  const { name } = type;
  return [
    { field: null, lock: guard.entry(name) },
    ...Object.keys(type.getFields()).map((field) => ({
      field,
      lock: guard.field(name, field),
    })),
  ];
}

function isByReports(decision: Decision): boolean {
  return (
    decision.kind === "open" && decision.rows.reports && !decision.rows.everyone
  );
}

function speaksOf({ requirement }: Lock, reaches: readonly string[]): boolean {
  return requirement.scopes
    .flat(2)
    .some((scope) => reaches.includes(reachOf(scope)));
}

const known = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/** Every field name in the document, wherever it stands: once per document. */
function fieldNames({
  operation,
  fragments,
}: GraphQLResolveInfo): ReadonlySet<string> {
  const before = known.get(operation);
  if (before) return before;
  const names = new Set<string>();
  const Field = ({ name }: { readonly name: { readonly value: string } }) => {
    names.add(name.value);
  };
  for (const node of [operation, ...Object.values(fragments)])
    visit(node, { Field });
  known.set(operation, names);
  return names;
}
