import type { Principal } from "./principal.ts";
import { type Reached, covers, everyRow, reachUnder } from "./reach.ts";
import { type Requirement, meets } from "./requirement.ts";

/** What the guard says of one lock to one caller. */
export type Decision =
  | { readonly kind: "closed"; readonly requirement: Requirement }
  | {
      readonly kind: "open";
      /** Of a type: its rows. Of a field: the parent's rows it may be read from. */
      readonly rows: Reached;
    };

/** One question the guard can be asked. */
export type Lock = {
  /** Dense, from 0: for arrays in the place of maps. */
  readonly index: number;
  /** What a refusal names. */
  readonly coordinate: string;
  /** Everything that must hold. */
  readonly requirement: Requirement;
  /** The coordinate asks for something by itself, not only its parent. */
  readonly isProtected: boolean;
  decide(principal: Principal, policies: ReadonlySet<string>): Decision;
};

/** The decisions for one caller, each made once. */
export type Decisions = (lock: Lock) => Decision;

/** Cuts the locks of one guard, so that their numbers are dense. */
export function createLocksmith() {
  let cut = 0;
  return {
    /** Opens to who meets the requirement, in the rows that the rules `narrowing` reach. */
    lock: (
      rule: Pick<Lock, "coordinate" | "requirement" | "isProtected"> & {
        readonly narrowing: Requirement;
      },
    ): Lock => {
      const { coordinate, requirement, isProtected, narrowing } = rule;
      return {
        ...{ index: cut++, coordinate, requirement, isProtected },
        decide(principal, policies) {
          const rows = reachUnder(narrowing, principal.scopes, policies);
          return rows && meets(requirement, principal, policies)
            ? { kind: "open", rows }
            : { kind: "closed", requirement };
        },
      };
    },

    /** Opens to who meets the requirement in every row that the rules `narrowing` reach. */
    covering: (rule: {
      readonly coordinate: string;
      readonly requirement: Requirement;
      readonly narrowing: Requirement;
    }): Lock => {
      const { coordinate, requirement, narrowing } = rule;
      return {
        ...{ index: cut++, coordinate, requirement, isProtected: false },
        decide(principal, policies) {
          const rows = reachUnder(requirement, principal.scopes, policies);
          const asked =
            reachUnder(narrowing, principal.scopes, policies) ?? everyRow;
          return rows &&
            covers(rows, asked) &&
            meets(requirement, principal, policies)
            ? { kind: "open", rows }
            : { kind: "closed", requirement: wideEnough(requirement, asked) };
        },
      };
    },
  };
}

/**
 * Decides each lock once per caller. What a policy grants is never carried from
 * one request to another, so where the rules name policies nothing is remembered.
 */
export function decisionsOf(settings: { readonly remembered: boolean }) {
  const remembered = new WeakMap<Principal, Decisions>();
  return (principal: Principal, policies: ReadonlySet<string>): Decisions => {
    const before = remembered.get(principal);
    if (before) return before;
    const decided: Decision[] = [];
    const decisions: Decisions = (lock) =>
      (decided[lock.index] ??= lock.decide(principal, policies));
    if (settings.remembered) remembered.set(principal, decisions);
    return decisions;
  };
}

/** The alternatives that would do: a narrower one is of no help to who holds it. */
function wideEnough(requirement: Requirement, asked: Reached): Requirement {
  const opens = (all: readonly string[]) => {
    const rows = reachUnder(
      { ...requirement, scopes: [[all]], policies: [] },
      new Set(all),
    );
    return rows !== null && covers(rows, asked);
  };
  const scopes = requirement.scopes.map((dnf) => dnf.filter(opens));
  return { ...requirement, scopes };
}
