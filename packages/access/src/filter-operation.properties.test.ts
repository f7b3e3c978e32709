import { describe, expect, test } from "@jest/globals";
import { buildASTSchema, parse, validate } from "graphql";
import { completeResponse } from "./complete-response.ts";
import { type FilterInput, filterOperation } from "./filter-operation.ts";
import { anonymous } from "./principal.ts";
import { requiredScopes } from "./required-scopes.ts";
import { meets } from "./requirement.ts";
import { readRules } from "./rules.ts";
import {
  type Answer,
  ask,
  filterInput,
  prefix,
  run,
  serve,
} from "./test-ask.ts";
import { always, everything } from "./test-cases.ts";
import { expectedAnswer } from "./test-oracle.ts";
import { type Caller, mayEnter, maySelect } from "./test-oracle-law.ts";
import {
  otherKeys,
  rekeyed,
  underKeys,
  withoutKeys,
} from "./test-response-keys.ts";
import { introspected } from "./test-world.ts";

test("the rules decide every coordinate as the definitions do, walked anew", () => {
  always(({ graph, served, document, caller }) => {
    const { rules, meets } = filterInput(served, document, caller);
    const law = { graph, caller };
    for (const { name: type, fields } of graph.values()) {
      const enter = [type, meets(rules.entry(type))];
      expect(enter).toEqual([type, mayEnter(law, type)]);
      for (const { name } of fields) {
        const select = [type, name, meets(rules.select(type, name))];
        expect(select).toEqual([type, name, maySelect(law, type, name)]);
      }
    }
  }, 200);
});

describe("what a caller may not see", () => {
  test("is null and named once, at the client's path, and everything else is answered", () => {
    always(({ graph, served, world, document, caller }) => {
      const answer = ask(served, world, document, caller);
      const expected = expectedAnswer({ graph, caller }, world, document);
      expect(placesOf(answer)).toEqual(expected.denials);
      if (!answer.failed) expect(text(answer.data)).toBe(text(expected.data));
    }, 200);
  });

  test("is never asked of a resolver, and everything else is asked", () => {
    always(({ graph, served, world, document, caller }) => {
      const law = { graph, caller };
      const { asked } = ask(served, world, document, caller);
      const forbidden = asked.filter(({ coordinate }) => {
        const [type = "", field = ""] = coordinate.split(".");
        return !mayEnter(law, type) || !maySelect(law, type, field);
      });
      expect(forbidden).toEqual([]);
      const expected = expectedAnswer(law, world, document);
      const ran = new Set(asked.map(({ address }) => address));
      expect([...ran].filter((one) => !expected.asked.has(one))).toEqual([]);
      if (!expected.broken) expect(ran).toEqual(expected.asked);
    }, 200);
  });

  test("leaves a document that is valid, and in which nothing more is denied", () => {
    always(({ served, world, document, caller }) => {
      const { sent } = ask(served, world, document, caller);
      if (sent === null) return;
      expect(validate(served.schema, parse(sent))).toEqual([]);
      const again = ask(served, world, { ...document, source: sent }, caller);
      expect(again.denials).toEqual([]);
      expect(withoutKeys(again.sent)).toBe(withoutKeys(sent));
    }, 120);
  });
});

describe("what a caller may see", () => {
  test("is everything the operation answers without a filter, errors at their places, for one who holds everything", () => {
    always(({ served, world, document }) => {
      const answer = ask(served, world, document, everything);
      const stock = run(served, world, document);
      expect(placesOf(answer)).toEqual([]);
      expect(answer.faults).toEqual(
        (stock.errors ?? []).map(({ path }) => path),
      );
      if (!answer.failed) expect(text(answer.data)).toBe(text(stock.data));
    }, 120);
  });

  test("is that answer with nulls in it, and fewer of them with every scope more, as long as no resolver fails", () => {
    always(({ served, world, document, caller, other }) => {
      const sound = { ...world, faulty: false };
      const stock = run(served, sound, document);
      if (stock.errors) return;
      const less = ask(served, sound, document, caller).data;
      const more = ask(served, sound, document, both(caller, other)).data;
      expect(beyond(less, more)).toEqual([]);
      expect(beyond(more, stock.data)).toEqual([]);
    }, 200);
  });
});

describe("the scopes an operation needs", () => {
  test("are named exactly: each set suffices, none without one of its scopes, and whoever is denied nothing holds one", () => {
    always(({ served, document, caller }) => {
      const given = filterInput(served, document, caller);
      for (const input of [given, { ...given, variables: null }]) {
        const { alternatives, truncated } = requiredScopes(input);
        expect(truncated).toBe(false);
        for (const all of alternatives) {
          expect(suffices(input, all)).toBe(true);
          const fewer = all.map((one) => all.filter((other) => other !== one));
          expect(fewer.filter((some) => suffices(input, some))).toEqual([]);
        }
        const held = alternatives.filter((all) =>
          all.every((one) => caller.scopes.has(one)),
        );
        expect(held.length > 0).toBe(suffices(input, [...caller.scopes]));
      }
    }, 120);
  });

  test("are for a machine those of a person that have no reach", () => {
    always(({ served, document, caller }) => {
      const input = filterInput(served, document, caller);
      const holder = { scopes: caller.scopes };
      const person = requiredScopes(input, { ...holder, kind: "person" });
      const machine = requiredScopes(input, { ...holder, kind: "machine" });
      expect(machine.alternatives).toEqual(
        person.alternatives.filter((all) => !/:/.test(all.join())),
      );
    }, 60);
  });
});

test("who asked before changes nothing, in either order", () => {
  always(({ graph, served, world, document, caller, other }) => {
    const alone = [caller, other].map((one) =>
      text(ask(serve(graph), world, document, one)),
    );
    const inTurn = [caller, other, caller].map((one) =>
      text(ask(served, world, document, one)),
    );
    expect(inTurn).toEqual([alone[0], alone[1], alone[0]]);
  }, 80);
});

test("other response keys change nothing but the keys", () => {
  always((one) => {
    const { served, world, document, caller } = one;
    const keys = otherKeys(one);
    const answer = ask(served, world, document, caller);
    const renamed = ask(
      served,
      world,
      { ...document, source: underKeys(document.source, keys) },
      caller,
    );
    expect(text(renamed.data)).toBe(text(rekeyed(answer.data, keys)));
    expect(renamed.asked).toEqual(answer.asked);
    expect(withoutKeys(renamed.sent)).toBe(withoutKeys(answer.sent));
    expect(placesOf(renamed)).toEqual(
      placesOf(answer).map(({ coordinate, path }) => ({
        coordinate,
        path: path.map((key) => keys.get(key)),
      })),
    );
  }, 120);
});

describe("found by the properties, and kept", () => {
  test("a closed root denies its own fields, and leaves the schema to be asked", () => {
    const sdl = 'type Query @requiresScopes(scopes: [["a"]]) { f: String }';
    expect(nobodyAsks(sdl, "{ f __schema { queryType { name } } }")).toEqual({
      data: { f: null, __schema: introspected },
      denied: ["Query"],
      needed: ["a"],
    });
    expect(nobodyAsks(sdl, "{ __schema { queryType { name } } }")).toEqual({
      data: { __schema: introspected },
      denied: [],
      needed: [],
    });
  });

  test("a closed root denies nothing where conditions leave nothing", () => {
    const sdl = 'type Query @requiresScopes(scopes: [["a"]]) { f: String }';
    expect(nobodyAsks(sdl, "{ f @skip(if: true) }")).toEqual({
      data: {},
      denied: [],
      needed: [],
    });
  });

  test("keys below a denied selection are null, also where another selection fetches their parent", () => {
    const sdl = `
      type Query { events: [Event] }
      interface Event { by: Person }
      type Bonus implements Event { by: Person @requiresScopes(scopes: [["a"]]) }
      type Refund implements Event { by: Person }
      type Person { name: String mail: String }`;
    const source = "{ events { by { name } ... on Refund { by { mail } } } }";
    const events = [{ r7_t: "Refund", by: { mail: "m" } }];
    expect(nobodyAsks(sdl, source, { events })).toEqual({
      data: { events: [{ by: { name: null, mail: "m" } }] },
      denied: ["Event.by"],
      needed: ["a"],
    });
  });
});

/** What a signed-in caller without scopes is answered when this came back. */
function nobodyAsks(sdl: string, source: string, data = {}) {
  const link = '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1")';
  const definitions = parse(`extend schema ${link} ${sdl}`);
  const schema = buildASTSchema(definitions, { assumeValidSDL: true });
  const rules = readRules(definitions, schema);
  const nobody = { ...everything, scopes: new Set<string>() };
  const document = { source, variables: {} };
  const input = filterInput({ schema, rules }, document, nobody);
  const filtered = filterOperation(input);
  const introspection = { __schema: introspected };
  const answer = { schema, filtered, data, introspection, prefix };
  return {
    data: JSON.parse(text(completeResponse(answer))) as unknown,
    denied: filtered.denials.map(({ coordinate }) => coordinate),
    needed: requiredScopes(input).smallest,
  };
}

/** Whether a person with these scopes, and with every policy, is denied nothing. */
function suffices(input: FilterInput, held: readonly string[]): boolean {
  const { policies } = everything;
  const person = {
    ...anonymous,
    kind: "person",
    scopes: new Set(held),
  } as const;
  const { denials } = filterOperation({
    ...input,
    meets: (requirement) => meets(requirement, person, policies),
  });
  return denials.length === 0;
}

function placesOf({ denials }: Answer) {
  return denials.map(({ coordinate, path }) => ({ coordinate, path }));
}

/** Compared as text: the order of keys counts, and so does a key called `__proto__`. */
function text(value: unknown): string {
  return JSON.stringify(value);
}

function both(one: Caller, other: Caller): Caller {
  return {
    signedIn: one.signedIn || other.signedIn,
    scopes: one.scopes.union(other.scopes),
    policies: one.policies.union(other.policies),
  };
}

/** Where an answer says anything but null that the fuller one does not say. */
function beyond(answer: unknown, fuller: unknown, at = "$"): readonly string[] {
  if (answer === null) return [];
  if (typeof answer !== "object" || typeof fuller !== "object" || !fuller)
    return answer === fuller ? [] : [at];
  const names = Object.keys(answer);
  if (text(names) !== text(Object.keys(fuller))) return [at];
  return names.flatMap((name) =>
    beyond(valueAt(answer, name), valueAt(fuller, name), `${at}.${name}`),
  );
}

function valueAt(holder: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, name)?.value;
}
