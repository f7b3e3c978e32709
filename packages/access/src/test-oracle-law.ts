import {
  type Graph,
  type GraphField,
  type Written,
  type WrittenDnf,
  namedIn,
  possible,
} from "./test-graph.ts";

export type Caller = {
  readonly signedIn: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
};

/** The law as written, walked anew for every question; nothing is compiled or kept. */
export type Law = { readonly graph: Graph; readonly caller: Caller };

/** An object, a scalar, an enum by its own rule; an interface by all it may stand for. */
export function mayEnter(law: Law, typeName: string): boolean {
  const type = law.graph.get(typeName);
  if (!type) return true;
  if (!isMet(law, type.own)) return false;
  return (
    type.kind !== "interface" ||
    possible(law.graph, typeName).every((name) => mayEnter(law, name))
  );
}

/** By its own rule and that of what it returns; of an interface, in every object as well. */
export function maySelect(law: Law, typeName: string, name: string): boolean {
  const field = fieldOf(law.graph, typeName, name);
  if (!isMet(law, field.own)) return false;
  if (!mayEnter(law, namedIn(field.type))) return false;
  return (
    law.graph.get(typeName)?.kind !== "interface" ||
    possible(law.graph, typeName).every(
      (object) => mayEnter(law, object) && maySelect(law, object, name),
    )
  );
}

export function fieldOf(
  graph: Graph,
  typeName: string,
  name: string,
): GraphField {
  const field = graph.get(typeName)?.fields.find((one) => one.name === name);
  if (!field) throw new Error(`${typeName} has no field ${name}`);
  return field;
}

function isMet({ caller }: Law, own: Written): boolean {
  if (own.authenticated && !caller.signedIn) return false;
  if (own.scopes && !caller.signedIn) return false;
  return (
    isHeld(own.scopes, caller.scopes) && isHeld(own.policies, caller.policies)
  );
}

function isHeld(dnf: WrittenDnf | null, held: ReadonlySet<string>): boolean {
  return dnf === null || dnf.some((all) => all.every((word) => held.has(word)));
}
