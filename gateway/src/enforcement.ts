import type { Mode, PolicyEvaluator } from "@hr/access";
import type { DecisionLog, Logger, StepUp } from "@hr/service";
import type { Challenge, Detail } from "./denials.ts";
import type { IntrospectionMode } from "./introspect.ts";
import type { CostSettings, Limits } from "./limits.ts";

/** How a gateway enforces, answers and records; the same for every generation. */
export type Enforcement = {
  readonly mode: Mode;
  /** `reject`: a mutation with anything denied is refused as a whole. */
  readonly mutations: "filter" | "reject";
  readonly introspection: IntrospectionMode;
  /** Whether callers without a token may introspect. */
  readonly anonymousIntrospection: boolean;
  readonly detail: Detail;
  /** Decides `@policy`; without it a supergraph that uses policies is refused. */
  readonly policies: PolicyEvaluator | undefined;
  /** The scopes a supergraph may name; undefined: any. */
  readonly vocabulary: ReadonlySet<string> | undefined;
  /** How fresh a sign-in the mutations of a subgraph demand, by its name in settings. */
  readonly stepUps: ReadonlyMap<string, StepUp>;
  readonly challenge: Challenge;
  readonly decisions: DecisionLog;
  readonly limits: Limits;
  readonly cost: CostSettings;
  /** How deep variables may be nested. */
  readonly variableDepth: number;
  readonly logger: Logger;
};
