import type { Principal } from "./principal.ts";
import type { Requirement } from "./requirement.ts";

/**
 * Decides which of the named policies hold for a caller. Asked once per request
 * and never remembered. A name it leaves out does not hold.
 *
 * @example
 * // "recent-sign-in" holds for ten minutes after a person signed in
 * const evaluate: PolicyEvaluator = (_names, { authTime }) =>
 *   authTime !== null && Date.now() / 1_000 - authTime < 600
 *     ? ["recent-sign-in"]
 *     : [];
 */
export type PolicyEvaluator = (
  names: ReadonlySet<string>,
  principal: Principal,
) => Iterable<string> | Promise<Iterable<string>>;

/** Every policy the requirements name. */
export function policiesIn(
  requirements: Iterable<Requirement>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { policies } of requirements)
    for (const name of policies.flat(2)) names.add(name);
  return names;
}

/**
 * The policies that hold, of those asked about. Fails closed: an evaluator that
 * throws grants none, and what it names beyond the question is not heard.
 */
export async function grantedPolicies(
  evaluate: PolicyEvaluator,
  asked: { readonly names: ReadonlySet<string>; readonly principal: Principal },
  onFailure: (error: unknown) => void,
): Promise<ReadonlySet<string>> {
  if (asked.names.size === 0) return asked.names;
  try {
    const held = await evaluate(asked.names, asked.principal);
    return new Set([...held].filter((name) => asked.names.has(name)));
  } catch (error) {
    onFailure(error);
    return new Set();
  }
}
