import type { GraphQLError } from "graphql";
import type { GatewayContext } from "../forward.ts";
import type { JsonObject } from "./json.ts";

/** One request on its way through a plan. */
export type Run = {
  /** The answer so far; each fetch adds to it in place. */
  readonly root: JsonObject;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: GatewayContext;
  readonly errors: GraphQLError[];
};

/** A part of a compiled plan. `undefined` when there was nothing to wait for. */
export type Step = (run: Run) => Promise<void> | undefined;
