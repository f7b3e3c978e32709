import type { Guard } from "@hr/access";
import type { GraphQLObjectType, GraphQLResolveInfo } from "graphql";
import {
  type GuardedContext,
  type Standing,
  isInReach,
  refused,
  subjectOf,
  takeStand,
} from "./guard-state.ts";
import { after, isPromise } from "./promise.ts";
import { dependsOnReports, rowTypeOf } from "./row-type.ts";

/** Where a reference is resolved. */
export type Place = {
  readonly context: GuardedContext;
  readonly info: GraphQLResolveInfo;
};

/**
 * Loads an entity by its key and answers for the row that was loaded, whatever the
 * representation says. In two steps, so that a list can learn of all its rows between.
 */
export type ReferenceGuard = {
  readonly load: (reference: unknown, place: Place) => unknown;
  /** Whose the row is, where it depends on who reports to the caller. */
  readonly whose: (row: unknown, place: Place) => string | null;
  readonly judge: (row: unknown, place: Place) => unknown;
};

export function guardReference(
  guard: Guard,
  entity: GraphQLObjectType,
  load: (reference: never, context: never, info: never) => unknown,
): ReferenceGuard {
  const type = rowTypeOf(entity, guard);
  const standingAt = ({ context: { guard: state }, info }: Place): Standing => {
    const before = state.standings[type.entry.index];
    if (before) return before;
    const learns = dependsOnReports(type, state.decisions, info);
    return takeStand(type.entry, state, { alone: !learns, learns });
  };
  return {
    load(reference, { context, info }) {
      const standing = standingAt({ context, info });
      const { decision } = standing;
      const place = { context, info, nullable: true };
      if (decision.kind === "closed") return refused(standing, place);
      return load(reference as never, context as never, info as never);
    },
    whose: (row, place) =>
      standingAt(place).learns && isRow(row) && !isPromise(row)
        ? subjectOf(type.subject, row, place.context.guard)
        : null,
    judge(row, { context, info }) {
      const standing = standingAt({ context, info });
      const { decision } = standing;
      if (standing.everyRow || decision.kind === "closed" || !isRow(row))
        return row;
      const place = { context, info, nullable: true };
      return after(
        isInReach(decision.rows, type.subject, row, context),
        (within) => {
          if (!within) return refused(standing, place);
          standing.opened = true;
          return row;
        },
      );
    },
  };
}

function isRow(row: unknown): boolean {
  return row !== null && row !== undefined && !(row instanceof Error);
}
