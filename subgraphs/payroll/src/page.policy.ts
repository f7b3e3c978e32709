import type { Caller } from "@hr/service";
import type { PageRequest } from "./page.ts";

export type PageArguments = Omit<PageRequest, "maximum">;

/** Pages of machines may be longer than those of people. */
export function pageFor(
  { principal }: Caller,
  { first, after }: PageArguments,
): PageRequest {
  const maximum = principal.kind === "machine" ? 500 : 100;
  return { first: first ?? null, after: after ?? null, maximum };
}
