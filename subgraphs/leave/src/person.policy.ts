import type { Caller } from "@hr/service";

/** A relation to somebody the caller may not look up is null. */
export function person(
  id: string | null,
  caller: Caller,
): { readonly id: string } | null {
  const reach = caller.reach("employee:read");
  return id !== null && (reach.everyone || reach.self === id) ? { id } : null;
}
