import { BadInput, type Caller } from "@hr/service";
import {
  type ForwardPage,
  type Page,
  type Position,
  pageOfRows,
  positionAt,
} from "./connection.ts";

const standardPage = 25;

/** A9: pages of machines may be longer than those of people. */
export function maximumPage({ principal }: Caller): number {
  return principal.kind === "machine" ? 500 : 100;
}

/**
 * What a caller may ask of a page sorted by so many values.
 * @throws BadInput for a size out of bounds or a cursor of another kind of list.
 */
export function forwardPage(
  { first, after }: ForwardPage,
  sortedBy: number,
  caller: Caller,
): { readonly size: number; readonly after: Position | null } {
  const size = first ?? standardPage;
  const maximum = maximumPage(caller);
  if (size < 1 || size > maximum)
    throw new BadInput("first", `must be from 1 to ${maximum}`);
  if (after == null) return { size, after: null };
  const position = positionAt(after);
  if (position?.length !== sortedBy) throw strange();
  return { size, after: position };
}

/**
 * A page of a list short enough to be loaded whole: one person's history, one
 * department's children.
 * @throws BadInput as `forwardPage`, and for a cursor of another list.
 */
export function pageOfWhole<Row extends { readonly id: string }>(
  rows: readonly Row[],
  asked: ForwardPage,
  caller: Caller,
): Page<Row> & { readonly totalCount: number } {
  const { size, after } = forwardPage(asked, 1, caller);
  const start = after ? rows.findIndex(({ id }) => id === after[0]) + 1 : 0;
  if (after && start === 0) throw strange();
  const stretch = rows.slice(start, start + size + 1);
  const page = pageOfRows(stretch, { size, isFirst: start === 0 }, (row) => [
    row.id,
  ]);
  return { ...page, totalCount: rows.length };
}

function strange(): BadInput {
  return new BadInput("after", "is not a cursor of this list");
}
