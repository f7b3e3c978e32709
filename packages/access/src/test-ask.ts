import {
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  buildASTSchema,
  buildSchema,
  executeSync,
  getVariableValues,
  parse,
  print,
} from "graphql";
import { clientPath, completeResponse } from "./complete-response.ts";
import { type FilterInput, filterOperation } from "./filter-operation.ts";
import { anonymous } from "./principal.ts";
import { meets } from "./requirement.ts";
import { type Rules, readRules } from "./rules.ts";
import { type Graph, apiSdl, composedSdl } from "./test-graph.ts";
import type { Caller } from "./test-oracle-law.ts";
import type { RandomDocument } from "./test-random-document.ts";
import {
  type Row,
  type World,
  address,
  introspected,
  rootRow,
  valueOf,
} from "./test-world.ts";
import { wireOperation } from "./wire-operation.ts";

export const prefix = "r7_";

export type Served = { readonly schema: GraphQLSchema; readonly rules: Rules };

export type Answer = {
  /** The document that ran, printed; null when none did. */
  readonly sent: string | null;
  readonly data: unknown;
  /** Whether the run came to nothing, for want of a value a root field promises. */
  readonly failed: boolean;
  readonly denials: readonly {
    readonly coordinate: string;
    readonly path: readonly string[];
  }[];
  /** The resolvers that ran, in order. */
  readonly asked: readonly Asked[];
  /** Where the run failed, in the client's keys. */
  readonly faults: Faults;
};

export type Faults = readonly (readonly (string | number)[])[];

export type Asked = { readonly coordinate: string; readonly address: string };

/** What a gateway loads: the schema it serves, and the rules of the composed SDL. */
export function serve(graph: Graph): Served {
  const composed = parse(composedSdl(graph));
  return {
    schema: buildSchema(apiSdl(graph)),
    rules: readRules(
      composed,
      buildASTSchema(composed, { assumeValidSDL: true }),
    ),
  };
}

/** All that the filter is told of one request. */
export function filterInput(
  { schema, rules }: Served,
  { source, variables }: RandomDocument,
  caller: Caller,
): FilterInput & { readonly variables: Readonly<Record<string, unknown>> } {
  const { definitions } = parse(source);
  const operation = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("There is no operation");
  const coerced = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables,
  );
  if (!coerced.coerced) throw new Error(String(coerced.errors));
  const fragments = definitions.filter(
    (node): node is FragmentDefinitionNode =>
      node.kind === Kind.FRAGMENT_DEFINITION,
  );
  const principal = {
    ...anonymous,
    kind: caller.signedIn ? ("person" as const) : ("anonymous" as const),
    scopes: caller.scopes,
  };
  return {
    schema,
    rules,
    operation,
    fragments: new Map(fragments.map((node) => [node.name.value, node])),
    variables: coerced.coerced,
    meets: (requirement) => meets(requirement, principal, caller.policies),
    prefix,
  };
}

/** The way of a request through a gateway: filter, print, run, complete. */
export function ask(
  served: Served,
  world: World,
  document: RandomDocument,
  caller: Caller,
): Answer {
  const filtered = filterOperation(filterInput(served, document, caller));
  const wire = wireOperation(filtered, prefix);
  const sent = wire && print(wire);
  const asked: Asked[] = [];
  const result =
    sent === null
      ? undefined
      : run(served, world, { ...document, source: sent }, asked);
  const data = completeResponse({
    schema: served.schema,
    filtered,
    data: result?.data ?? null,
    introspection: new Proxy({}, { get: () => introspected }),
    prefix,
  });
  return {
    sent,
    data,
    failed: result?.data === null,
    denials: filtered.denials,
    asked,
    faults: (result?.errors ?? []).map(({ path = [] }) =>
      clientPath(filtered.selections, path),
    ),
  };
}

/** A document run as it stands, by graphql-js alone. */
export function run(
  { schema }: Served,
  world: World,
  { source, variables }: RandomDocument,
  asked: Asked[] = [],
): ExecutionResult {
  return executeSync({
    schema,
    document: parse(source),
    rootValue: rootRow(/^mutation\b/.test(source) ? "Mutation" : "Query"),
    variableValues: variables,
    fieldResolver: (row: Row, args: unknown, _context, { fieldName }) => {
      const field = { name: fieldName, args };
      asked.push({
        coordinate: `${row.type}.${fieldName}`,
        address: address(row, field),
      });
      return valueOf(world, row, field);
    },
    typeResolver: ({ type }: Row) => type,
  });
}
