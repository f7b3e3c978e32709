import type { Guard } from "@hr/access";
import type { GraphQLObjectType, GraphQLResolveInfo } from "graphql";
import {
  type GuardedContext,
  isWithin,
  refused,
  standingOf,
  subjectOf,
} from "./guard-state.ts";
import { dependsOnReports, rowTypeOf } from "./row-type.ts";

/** Loads an entity by its key and answers for the row that was loaded, whatever the representation says. */
export function guardReference<Row>(
  guard: Guard,
  entity: GraphQLObjectType,
  load: (reference: never, context: never, info: never) => Row,
) {
  const type = rowTypeOf(entity, guard);
  return async (
    reference: unknown,
    context: GuardedContext,
    info: GraphQLResolveInfo,
  ): Promise<unknown> => {
    const { guard: state } = context;
    const standing = standingOf(type.entry, state, () => {
      const learns = dependsOnReports(type, state.decisions, info);
      return { alone: !learns, learns };
    });
    const { decision } = standing;
    const place = { context, info, nullable: true };
    if (decision.kind === "closed") return refused(standing, place);
    const row: unknown = await load(
      reference as never,
      context as never,
      info as never,
    );
    if (standing.everyRow || row === null || row === undefined) return row;
    if (row instanceof Error) return row;
    const whose = subjectOf(type.subject, row, state);
    if (standing.learns) await state.learn([whose]);
    const within = await isWithin(decision.rows, whose, context);
    if (!within) return refused(standing, place);
    standing.opened = true;
    return row;
  };
}
