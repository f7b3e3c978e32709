import { HeaderMap } from "@apollo/server";
import { type Principal, RulesError } from "@hr/access";
import { LoginTooOld, type StepUp, meetsStepUp } from "@hr/service";
import {
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import { settingName } from "./config.ts";
import type { Enforcement } from "./enforcement.ts";
import type { RoutedSubgraph } from "./supergraph.ts";

/** What each mutation demands of the caller's sign-in, by its name; most demand nothing. */
export type StepUps = ReadonlyMap<string, StepUp>;

/**
 * The demands of the subgraphs, on each of their mutations.
 * @throws RulesError for a demand on a subgraph that is not there: it would protect nothing.
 */
export function stepUpsOf(
  subgraphs: readonly RoutedSubgraph[],
  { stepUps }: Pick<Enforcement, "stepUps">,
): StepUps {
  const names = new Set(subgraphs.map(({ name }) => settingName(name)));
  const strange = [...stepUps.keys()].filter((name) => !names.has(name));
  if (strange.length > 0)
    throw new RulesError(
      strange.map(
        (name) =>
          `SUBGRAPH_STEP_UP_${name} names no subgraph of the supergraph: it has ${[...names].join(", ")}`,
      ),
    );
  const demands = new Map<string, StepUp>();
  for (const { name, mutations } of subgraphs) {
    const demand = stepUps.get(settingName(name));
    if (!demand) continue;
    for (const field of mutations)
      demands.set(field, strictest(demands.get(field), demand) ?? demand);
  }
  return demands;
}

/**
 * Refuses an operation as a whole if a mutation in it demands a fresher or stronger
 * sign-in than the caller's (RFC 9470 section 3).
 * @param sent What is about to be run: denied and skipped fields demand nothing.
 */
export function loginTooOld(
  sent: OperationDefinitionNode | undefined,
  demands: StepUps,
  { principal, challenge, now }: Caller,
): GraphQLError | undefined {
  if (sent?.operation !== OperationTypeNode.MUTATION) return undefined;
  const demand = rootFields(sent.selectionSet)
    .map((name) => demands.get(name))
    .reduce(strictest, undefined);
  if (!demand || meetsStepUp(principal, demand, now)) return undefined;
  const { message, extensions } = new LoginTooOld(demand);
  const parameters = {
    // Without a token there is no sign-in to find fault with (RFC 6750 section 3.1).
    ...(principal.kind !== "anonymous" && {
      error: "insufficient_user_authentication",
      error_description: message,
    }),
    max_age: String(demand.maxAge),
    ...(demand.acr && { acr_values: [...demand.acr].join(" ") }),
  };
  const headers = new HeaderMap([["www-authenticate", challenge(parameters)]]);
  return new GraphQLError(message, {
    extensions: { ...extensions, http: { status: 401, headers } },
  });
}

type Caller = Pick<Enforcement, "challenge"> & {
  readonly principal: Principal;
  /** Epoch seconds: an answer is for this moment and this caller, and never remembered. */
  readonly now: number;
};

/** Fragments are in place already; what is left of them stands on an interface. */
function rootFields({ selections }: SelectionSetNode): readonly string[] {
  return selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one.name.value];
    return one.kind === Kind.INLINE_FRAGMENT
      ? rootFields(one.selectionSet)
      : [];
  });
}

/** One demand that meets both: a sign-in asked for with it is taken by each. */
function strictest(
  one: StepUp | undefined,
  other: StepUp | undefined,
): StepUp | undefined {
  if (!one || !other) return one ?? other;
  const acr =
    one.acr && other.acr
      ? one.acr.intersection(other.acr)
      : (one.acr ?? other.acr);
  return { maxAge: Math.min(one.maxAge, other.maxAge), acr };
}
