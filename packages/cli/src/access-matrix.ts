import {
  type Requirement,
  type Rules,
  type Scope,
  conjoin,
  reachOf,
  reachUnder,
} from "@hr/access";
import { roleScopes } from "@hr/auth/registry";
import { type Persona, personas } from "@hr/demo";

/** Whose rows of a coordinate somebody reaches. */
export type Rows = "all" | "own + reports" | "own" | "reports" | "none";

export type MatrixRow = {
  readonly coordinate: string;
  /** By the persona's short name. */
  readonly cells: Readonly<Record<string, Rows>>;
};

/**
 * What each persona reaches of every coordinate that carries a rule, with a token
 * that holds all its role allows. A field counts with what it returns and the type
 * it stands on. Of a root field it is the reach of its rule: the row policy behind
 * it may be narrower (`Query.me` is one row).
 */
export function accessMatrix(rules: Rules): readonly MatrixRow[] {
  return [...rules.coordinates.keys()].sort().map((coordinate) => {
    const requirement = requirementToReach(coordinate, rules);
    const cells = personas.map((persona) => [
      persona.name,
      rowsUnder(requirement, scopesOfPersona(persona)),
    ]);
    return {
      coordinate,
      cells: Object.fromEntries(cells) as MatrixRow["cells"],
    };
  });
}

/** All that stands between a caller and the coordinate, on its own line and around it. */
export function requirementToReach(
  coordinate: string,
  rules: Rules,
): Requirement {
  const [typeName = "", fieldName] = coordinate.split(".");
  const entry = rules.entry(typeName);
  if (fieldName === undefined) return entry;
  return conjoin(entry, rules.select(typeName, fieldName));
}

/** Who has no employee record is nobody's self, and nobody reports to them. */
export function scopesOfPersona({
  role,
  employeeId,
}: Persona): ReadonlySet<Scope> {
  const scopes: readonly Scope[] = roleScopes[role];
  return new Set(
    employeeId === null
      ? scopes.filter((scope) => reachOf(scope) === "everyone")
      : scopes,
  );
}

/** By scopes alone: policies are decided request by request. */
export function rowsUnder(
  requirement: Requirement,
  held: ReadonlySet<string>,
): Rows {
  const reached = reachUnder({ ...requirement, policies: [] }, held);
  if (!reached) return "none";
  if (reached.everyone) return "all";
  if (reached.self) return reached.reports ? "own + reports" : "own";
  return reached.reports ? "reports" : "none";
}
