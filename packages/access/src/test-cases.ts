import fc from "fast-check";
import { type Served, serve } from "./test-ask.ts";
import { type Draw, chance, choices, drawFrom } from "./test-draw.ts";
import { type Graph, composedSdl } from "./test-graph.ts";
import type { Caller } from "./test-oracle-law.ts";
import { type RandomDocument, randomDocument } from "./test-random-document.ts";
import { policies, randomGraph, scopes } from "./test-random-graph.ts";
import type { World } from "./test-world.ts";

/** One supergraph, its rows, one operation, and two people who ask. */
export type Case = {
  readonly graph: Graph;
  readonly served: Served;
  readonly world: World;
  readonly document: RandomDocument;
  readonly caller: Caller;
  readonly other: Caller;
  /** Choices a property makes for itself. */
  readonly draw: Draw;
};

/** Shown by fast-check in full when a property fails, beside the seed that brings it back. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    graph: choices(1_000),
    document: choices(1_000),
    callers: choices(60),
    more: choices(1_000),
    seed: fc.nat({ max: 9_999 }),
    faulty: fc.boolean(),
  })
  .map(({ seed, faulty, ...drawn }) => {
    const graph = randomGraph(drawFrom(drawn.graph));
    const served = serve(graph);
    const draw = drawFrom(drawn.callers);
    const made = {
      graph,
      served,
      world: { graph, seed, faulty },
      document: randomDocument(drawFrom(drawn.document), served.schema),
      caller: randomCaller(draw),
      other: randomCaller(draw),
      draw: drawFrom(drawn.more),
    };
    return { ...made, [fc.toStringMethod]: () => described(made) };
  });

/** Holds whatever a graph can ask for. */
export const everything: Caller = {
  signedIn: true,
  scopes: new Set(scopes),
  policies: new Set(policies),
};

/** Runs a property; a failure is shrunk for half a minute at most. */
export function always(holds: (one: Case) => void, numRuns: number): void {
  fc.assert(fc.property(cases, holds), {
    numRuns,
    interruptAfterTimeLimit: 30_000,
    markInterruptAsFailure: true,
  });
}

function randomCaller(draw: Draw): Caller {
  return {
    signedIn: !chance(draw, 15),
    scopes: new Set(scopes.filter(() => chance(draw, 50))),
    policies: new Set(policies.filter(() => chance(draw, 50))),
  };
}

function described({ graph, world, document, caller, other }: Case): string {
  const { source, variables } = document;
  return [
    composedSdl(graph),
    source,
    `variables: ${JSON.stringify(variables)}`,
    `caller: ${wordsOf(caller)}; other: ${wordsOf(other)}`,
    `rows: ${world.seed}${world.faulty ? ", faulty" : ""}`,
  ].join("\n");
}

function wordsOf({ signedIn, ...held }: Caller): string {
  const who = signedIn ? "signed in" : "anonymous";
  return [who, ...held.scopes, ...held.policies].join(" ");
}
