import type { Requirement } from "@hr/access";
import { registrations, roleScopes } from "@hr/auth/registry";
import { personas } from "@hr/demo";
import { isInterfaceType, isObjectType } from "graphql";
import {
  type Rows,
  requirementToReach,
  rowsUnder,
  scopesOfPersona,
} from "./access-matrix.ts";
import { CliError } from "./cli-error.ts";
import { didYouMean } from "./near-names.ts";
import type { Graph } from "./read-graph.ts";

export type Reachers = {
  readonly coordinate: string;
  readonly requirement: Requirement;
  readonly personas: readonly Reacher[];
  readonly roles: readonly Reacher[];
  readonly clients: readonly Reacher[];
};

/** Whose rows somebody reaches by scopes; policies are decided request by request. */
export type Reacher = {
  readonly name: string;
  /** A persona's role, a client's kind. */
  readonly as?: string;
  readonly rows: Rows;
};

/**
 * Who reaches a field or type, judged like the access matrix.
 * @throws CliError naming near ones when the API has no such coordinate.
 */
export function whoReaches(coordinate: string, graph: Graph): Reachers {
  const known = coordinatesOf(graph);
  if (!known.includes(coordinate))
    throw new CliError(
      `${coordinate} is not in the API.${didYouMean(coordinate, known)}`,
    );
  const requirement = requirementToReach(coordinate, graph.rules);
  const rows = (scopes: Iterable<string>) =>
    rowsUnder(requirement, new Set(scopes));
  return {
    coordinate,
    requirement,
    personas: personas.map((persona) => ({
      name: persona.name,
      as: persona.role,
      rows: rows(scopesOfPersona(persona)),
    })),
    roles: Object.entries(roleScopes).map(([name, scopes]) => ({
      name,
      rows: rows(scopes),
    })),
    clients: Object.values(registrations).map(({ id, kind, scopes }) => ({
      name: id,
      as: kind,
      rows: rows(scopes),
    })),
  };
}

/** Every type of the API and every field of one. */
export function coordinatesOf({ api }: Graph): readonly string[] {
  return Object.values(api.getTypeMap())
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((type) => [
      type.name,
      ...(isObjectType(type) || isInterfaceType(type)
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : []),
    ]);
}
