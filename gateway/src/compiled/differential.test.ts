import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayExecutor } from "@apollo/server-gateway-interface";
import {
  type Principal,
  allScopes,
  anonymous,
  completeResponse,
} from "@hr/access";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Kind, parse } from "graphql";
import { answerErrors } from "../answer-errors.ts";
import {
  type Authorizer,
  type Decision,
  createAuthorizer,
} from "../authorize.ts";
import { standardCost, standardLimits } from "../limits.ts";
import { readSupergraph } from "../supergraph.ts";
import { type Arena, composed, openArena, requestOf } from "./test-arena.ts";
import { nastyParts } from "./test-nasty-graph.ts";
import { type RandomOperation, randomOperations } from "./test-operations.ts";
import { fakeSubgraphs } from "./test-subgraphs.ts";

const limits = {
  ...standardLimits,
  ...{ selections: Infinity, rootFields: Infinity, aliases: Infinity },
};
const cost = { ...standardCost, limit: Infinity };
const ours = join(import.meta.dirname, "../../supergraph.graphql");
const everything = callerWith(allScopes);
const little = callerWith(["employee:read", "leave:calendar:read"]);

describe.each([
  ["our own graph", 200, { nulls: 8, errors: 2 }],
  ["a nasty graph", 150, { nulls: 0, errors: 0 }],
  ["a nasty graph in trouble", 400, { nulls: 8, errors: 4 }],
] as const)("%s, %d operations", (which, runs, trouble) => {
  let arena: Arena;
  let authorizer: Authorizer;
  let prefix: string;

  beforeAll(async () => {
    const sdl =
      which === "our own graph"
        ? await readFile(ours, "utf8")
        : composed(nastyParts);
    const supergraph = readSupergraph(sdl);
    prefix = supergraph.prefix;
    arena = await openArena(supergraph.runnable, ({ supergraph }) =>
      fakeSubgraphs(supergraph, trouble),
    );
    authorizer = createAuthorizer(supergraph, arena.apiSchema, {
      limits,
      cost,
    });
  });

  afterAll(() => arena.stop());

  test("are answered as the stock executor answers them", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomOperations(arena.apiSchema),
        fc.constantFrom(everything, little),
        async (operation, who) => {
          const decision = decide(authorizer, operation, who);
          if (!decision.wire) return;
          const asked = { ...operation, decision };
          const ours = await answer(arena.compiled, asked);
          const theirs = await answer(arena.stock, asked);
          expect(anyRow(ours)).toEqual(anyRow(theirs));
          // Known to be wrong in the stock executor: the row of an error, where a type
          // condition left rows out of what was asked.
          if (!operation.source.includes("... on"))
            expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: runs, seed: 1 },
    );
    expect(arena.log).toEqual([]);
  });

  /** The client's answer, as `createExecutor` makes it. */
  async function answer(
    execute: GatewayExecutor,
    { variables, decision: { filtered, wire } }: Asked,
  ) {
    if (!wire) throw new Error("Nothing is asked");
    const given = Object.entries(variables).filter(([name]) =>
      wire.variables.has(name),
    );
    const result = await execute(
      requestOf(wire.document, Object.fromEntries(given)),
    );
    const data = completeResponse({
      ...{ schema: arena.apiSchema, prefix, filtered, introspection: {} },
      data: result.data ?? null,
    });
    const errors = answerErrors(filtered, result, "full").map(
      ({ path = [], extensions }) =>
        `${path.join(".")} ${String(extensions["code"])}`,
    );
    return { data: JSON.stringify(data), errors: errors.sort() };
  }
});

function anyRow({ data, errors }: { data: string; errors: string[] }) {
  return {
    data,
    errors: errors.map((one) => one.replaceAll(/\.\d+/g, ".*")).sort(),
  };
}

type Asked = RandomOperation & { readonly decision: Decision };

function decide(
  authorizer: Authorizer,
  { source, variables }: RandomOperation,
  principal: Principal,
): Decision {
  const document = parse(source);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(source);
  const prepared = authorizer.prepare(document, operation);
  if (prepared.kind !== "prepared") throw new Error("It is too large");
  const policies = new Set<string>();
  return authorizer.decide(prepared, { variables, principal, policies });
}

function callerWith(scopes: readonly string[]): Principal {
  return {
    ...anonymous,
    ...{ kind: "person", subject: "usr_test", clientId: "test" },
    scopes: new Set(scopes),
  };
}
