import {
  type FieldNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  parse,
} from "graphql";
import { namedIn, possible } from "./test-graph.ts";
import { type Law, fieldOf, mayEnter, maySelect } from "./test-oracle-law.ts";
import {
  type Asking,
  argumentsOf,
  isSkipped,
  keyOf,
  opened,
} from "./test-oracle-operation.ts";
import type { RandomDocument } from "./test-random-document.ts";
import {
  type Row,
  type World,
  address,
  introspected,
  isRow,
  rootRow,
  valueOf,
} from "./test-world.ts";

export type Expected = {
  readonly data: unknown;
  readonly denials: readonly OracleDenial[];
  /** Addresses of the resolvers that have to run; of those that may, if rows are broken. */
  readonly asked: ReadonlySet<string>;
  /** Whether a value the schema promises was missing. */
  readonly broken: boolean;
};

export type OracleDenial = {
  readonly coordinate: string;
  readonly path: readonly string[];
};

/**
 * Says what the filter has to answer, slowly and by another road: it runs the
 * **original** operation over the rows and looks at the law before every field.
 * Nothing is rewritten, sent or completed afterwards.
 */
export function expectedAnswer(
  law: Law,
  world: World,
  { source, variables }: RandomDocument,
): Expected {
  const { definitions } = parse(source);
  const operation = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("There is no operation");
  const root =
    operation.operation === OperationTypeNode.MUTATION ? "Mutation" : "Query";
  const asking: Asking = {
    law,
    world,
    operation,
    fragments: definitions.filter(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION,
    ),
    variables: { yes: true, m: 2, mood: "GRIM", ...variables },
    asked: new Set(),
    broken: new Set(),
  };
  const removed = !mayEnter(law, root);
  const set = operation.selectionSet;
  const data = answerRow(asking, rootRow(root), [{ set, on: root, removed }]);
  const denials = removed
    ? refused(asking, set, root)
    : denialsIn(asking, set, root, []);
  const distinct = new Map(denials.map((one) => [JSON.stringify(one), one]));
  return {
    data: typeof data === "symbol" ? null : data,
    denials: [...distinct.values()],
    asked: asking.asked,
    broken: asking.broken.size > 0,
  };
}

/** A selection set on its type, and whether something around it was removed. */
type Part = {
  readonly set: SelectionSetNode;
  readonly on: string;
  readonly removed: boolean;
};

/** One field that contributes to a response key. */
type Share = {
  readonly node: FieldNode;
  readonly parent: string;
  readonly removed: boolean;
};

/** A null that a non-null type hands to its parent, by the law or by the rows. */
const denied = Symbol("denied");
const missing = Symbol("missing");

function answerRow(
  asking: Asking,
  row: Row,
  parts: readonly Part[],
): Readonly<Record<string, unknown>> | symbol {
  const groups = new Map<string, Share[]>();
  for (const part of parts) gather(asking, part, row.type, groups);
  const answers = [...groups].map(
    ([key, shares]) => [key, answerField(asking, row, shares)] as const,
  );
  return (
    worst(answers.map(([, value]) => value)) ?? Object.fromEntries(answers)
  );
}

function gather(
  asking: Asking,
  { set, on, removed }: Part,
  runtime: string,
  groups: Map<string, Share[]>,
): void {
  for (const node of set.selections) {
    if (isSkipped(asking, node)) continue;
    if (node.kind === Kind.FIELD) {
      const key = keyOf(node);
      const gone = removed || fateOf(asking, node, on) !== "kept";
      const share = { node, parent: on, removed: gone };
      groups.set(key, [...(groups.get(key) ?? []), share]);
      continue;
    }
    const inner = opened(asking, node, on);
    const gone = removed || !mayEnter(asking.law, inner.on);
    if (possible(asking.law.graph, inner.on).includes(runtime))
      gather(asking, { ...inner, removed: gone }, runtime, groups);
  }
}

function answerField(
  asking: Asking,
  row: Row,
  shares: readonly Share[],
): unknown {
  const { graph } = asking.law;
  const [first] = [...shares.filter(({ removed }) => !removed), ...shares];
  if (!first) throw new Error("A response key has at least one field");
  const name = first.node.name.value;
  if (name === "__schema") return introspected;
  const stated =
    name === "__typename" ? "String!" : fieldOf(graph, first.parent, name).type;
  if (first.removed) return stated.endsWith("!") ? denied : null;
  if (name === "__typename") return row.type;
  const field = { name, args: argumentsOf(asking, first.node) };
  asking.asked.add(address(row, field));
  const below = shares.flatMap(({ node, parent, removed }): readonly Part[] => {
    const on = namedIn(fieldOf(graph, parent, name).type);
    return node.selectionSet ? [{ set: node.selectionSet, on, removed }] : [];
  });
  const actual = fieldOf(graph, row.type, name).type;
  const value = valueOf(asking.world, row, field);
  return answerSlot(asking, value, { stated, actual, below });
}

/** A missing value breaks the promise of the row's own type, a denied one that of the type it was asked of. */
type Slot = {
  readonly stated: string;
  readonly actual: string;
  readonly below: readonly Part[];
};

function answerSlot(asking: Asking, value: unknown, slot: Slot): unknown {
  const inner = answerPresent(asking, value, {
    stated: slot.stated.replace(/!$/, ""),
    actual: slot.actual.replace(/!$/, ""),
    below: slot.below,
  });
  if (inner === null || inner === missing) {
    if (!slot.actual.endsWith("!")) return null;
    asking.broken.add(slot.actual);
    return missing;
  }
  if (inner === denied) return slot.stated.endsWith("!") ? denied : null;
  return inner;
}

function answerPresent(asking: Asking, value: unknown, slot: Slot): unknown {
  if (isRow(value)) return answerRow(asking, value, slot.below);
  if (!Array.isArray(value)) return value;
  const items = value.map((item) =>
    answerSlot(asking, item, {
      stated: slot.stated.slice(1, -1),
      actual: slot.actual.slice(1, -1),
      below: slot.below,
    }),
  );
  return worst(items) ?? items;
}

function worst(values: readonly unknown[]): symbol | undefined {
  return [missing, denied].find((one) => values.includes(one));
}

type Fate = "kept" | "denied" | "emptied";

/** What becomes of a field by the law, and by what is left below it (the table of emptied parents). */
function fateOf(asking: Asking, node: FieldNode, parent: string): Fate {
  const { law } = asking;
  const name = node.name.value;
  if (name.startsWith("__")) return "kept";
  if (!maySelect(law, parent, name)) return "denied";
  if (!node.selectionSet) return "kept";
  const below = inPlace(
    asking,
    node.selectionSet,
    namedIn(fieldOf(law.graph, parent, name).type),
  );
  const fates = below.map((one) =>
    one === "closed fragment" ? one : fateOf(asking, one.node, one.parent),
  );
  if (fates.length === 0 || fates.includes("kept")) return "kept";
  if (asking.operation.operation === OperationTypeNode.MUTATION)
    return "emptied";
  return fates.every((fate) => fate === "closed fragment") ? "emptied" : "kept";
}

/** The fields below, fragments expanded in place, as far as conditions and the law let them. */
function inPlace(
  asking: Asking,
  set: SelectionSetNode,
  on: string,
): readonly (
  { readonly node: FieldNode; readonly parent: string } | "closed fragment"
)[] {
  return set.selections.flatMap((node) => {
    if (isSkipped(asking, node)) return [];
    if (node.kind === Kind.FIELD) return [{ node, parent: on }];
    const inner = opened(asking, node, on);
    if (!mayEnter(asking.law, inner.on)) return ["closed fragment" as const];
    return inPlace(asking, inner.set, inner.on);
  });
}

function denialsIn(
  asking: Asking,
  set: SelectionSetNode,
  on: string,
  path: readonly string[],
): readonly OracleDenial[] {
  return set.selections.flatMap((node) => {
    if (isSkipped(asking, node)) return [];
    if (node.kind !== Kind.FIELD) {
      const inner = opened(asking, node, on);
      return mayEnter(asking.law, inner.on)
        ? denialsIn(asking, inner.set, inner.on, path)
        : [{ coordinate: inner.on, path }];
    }
    const name = node.name.value;
    const here = [...path, keyOf(node)];
    if (name.startsWith("__")) return [];
    if (!maySelect(asking.law, on, name))
      return [{ coordinate: `${on}.${name}`, path: here }];
    if (!node.selectionSet) return [];
    const type = namedIn(fieldOf(asking.law.graph, on, name).type);
    return denialsIn(asking, node.selectionSet, type, here);
  });
}

/** A closed root: each root field for itself, except the schema's own. */
function refused(
  asking: Asking,
  set: SelectionSetNode,
  root: string,
): readonly OracleDenial[] {
  return set.selections.flatMap((node) => {
    if (isSkipped(asking, node)) return [];
    if (node.kind !== Kind.FIELD)
      return refused(asking, opened(asking, node, root).set, root);
    if (node.name.value === "__schema") return [];
    return [{ coordinate: root, path: [keyOf(node)] }];
  });
}
