import type { LeaveContext } from "./context.ts";

/** A relation to somebody the caller may not look up is null (domain, rows). */
export function person(
  id: string | null,
  context: LeaveContext,
): { readonly id: string } | null {
  const reach = context.reach("employee:read");
  return id !== null && (reach.everyone || reach.self === id) ? { id } : null;
}
