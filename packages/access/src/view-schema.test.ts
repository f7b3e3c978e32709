import { describe, expect, test } from "@jest/globals";
import {
  type GraphQLSchema,
  buildASTSchema,
  parse,
  printSchema,
  visit,
} from "graphql";
import { anonymous } from "./principal.ts";
import { meets } from "./requirement.ts";
import { type Rules, readRules } from "./rules.ts";
import { describedSchema, viewSchema } from "./view-schema.ts";

describe("a view", () => {
  test("shows the fields a caller's scopes reach, and all to one who holds all", () => {
    const sdl = `type Query { name: String pay: Int ${needs("pay")} }`;
    expect(shown(sdl)).toBe(plain("type Query { name: String }"));
    expect(shown(sdl, "pay")).toBe(plain(sdl));
  });

  test("leaves out a closed type, the fields that return it and its place in unions", () => {
    const sdl = `
      type Query { any: Any file: File name: String }
      union Any = File | Note
      type File ${needs("file")} { id: ID }
      type Note { text: String }`;
    expect(shown(sdl)).toBe(
      plain(`
        type Query { any: Any name: String }
        union Any = Note
        type Note { text: String }`),
    );
    expect(shown(sdl, "file")).toBe(plain(sdl));
  });

  test("leaves out what has nothing left to select, and what leads only there", () => {
    const sdl = `
      type Query { name: String audit: Audit any: [Any!]! }
      type Audit { page: Page }
      type Page { rows: [Row!]! }
      type Row { text: String ${needs("audit")} }
      union Any = Row | Page`;
    expect(shown(sdl)).toBe(plain("type Query { name: String }"));
    expect(shown(sdl, "audit")).toBe(plain(sdl));
  });

  test("leaves out what only hidden fields lead to, arguments and their types included", () => {
    const sdl = `
      type Query { name: String pay(by: Filter, order: Order): Money ${needs("pay")} }
      input Filter { inner: Inner }
      input Inner { day: Day }
      enum Order { UP DOWN }
      scalar Day
      type Money { cents: Int }`;
    expect(shown(sdl)).toBe(plain("type Query { name: String }"));
    expect(shown(sdl, "pay")).toBe(plain(sdl));
  });

  test("keeps closed enums and scalars that are asked for, for they are closed as answers alone", () => {
    const sdl = `
      directive @trace(since: Day) on FIELD
      type Query { moods(of: Mood, by: Filter): Int last: Mood since: Day }
      input Filter { day: Day }
      enum Mood ${needs("mood")} { FINE GRIM }
      scalar Day ${needs("day")}`;
    expect(shown(sdl)).toBe(plain(sdl.replace(" last: Mood since: Day", "")));
    expect(shown(sdl, "mood", "day")).toBe(plain(sdl));
  });

  test("shows an interface field only where every implementation is open, and keeps implementations nothing returns", () => {
    const sdl = `
      type Query { events: [Event] }
      interface Event { at: String amount: Int }
      type Bonus implements Event { at: String amount: Int ${needs("pay")} }
      type Refund implements Event { at: String amount: Int }`;
    expect(shown(sdl)).toBe(
      plain(`
        type Query { events: [Event] }
        interface Event { at: String }
        type Bonus implements Event { at: String }
        type Refund implements Event { at: String amount: Int }`),
    );
    expect(shown(sdl, "pay")).toBe(plain(sdl));
  });

  test("takes an interface from a type that lost a field of it, and from types that promised such a type", () => {
    const sdl = `
      type Query { nodes: [Node] file: File }
      interface Node { owner: Owner }
      interface Owner { home: Home name: String }
      interface Keeper implements Owner { home: Hut name: String }
      union Home = Hut | Flat
      type Hut { door: Int ${needs("hut")} }
      type Flat { floor: Int }
      type Person implements Keeper & Owner { home: Hut name: String }
      type File implements Node { owner: Person }`;
    expect(shown(sdl)).toBe(
      plain(`
        type Query { nodes: [Node] file: File }
        interface Node { owner: Owner }
        interface Owner { home: Home name: String }
        interface Keeper { name: String }
        union Home = Flat
        type Flat { floor: Int }
        type Person implements Keeper { name: String }
        type File { owner: Person }`),
    );
    expect(shown(sdl, "hut")).toBe(plain(sdl));
  });

  test("reports the query root even when nothing of it is left, and no other empty root", () => {
    const sdl = `
      schema { query: Queries mutation: Mutations }
      type Queries ${needs("read")} { name: String back: Queries }
      type Mutations { rename: Queries }`;
    expect(shown(sdl)).toBe(plain("schema { query: Queries } type Queries"));
    expect(shown(sdl, "read")).toBe(plain(sdl));
  });

  test("takes no type called Mutation for a root that the schema does not name", () => {
    const sdl = `
      schema { query: Query }
      type Query { last: Mutation }
      type Mutation { gene: String }`;
    expect(view(sdl).getMutationType()).toBeUndefined();
    expect(view(sdl).getType("Mutation")).toBeDefined();
  });

  test("keeps descriptions, deprecations, defaults and specifications as they are", () => {
    const sdl = `
      """The graph."""
      schema { query: Query }
      """Marks."""
      directive @mark(by: By! = { n: 3 }) repeatable on FIELD
      type Query {
        """Says it."""
        word(by: By = { n: 1 }, old: Int @deprecated(reason: "unused")): Word @deprecated(reason: "shy")
        pay: Int ${needs("pay")}
      }
      """One of them."""
      input By @oneOf { n: Int word: Word }
      scalar Word @specifiedBy(url: "https://words.example")`;
    const [line = ""] = /pay:.*/.exec(sdl) ?? [];
    expect(shown(sdl)).toBe(plain(sdl.replace(line, "")));
    expect(shown(sdl, "pay")).toBe(plain(sdl));
  });
});

describe("a described schema", () => {
  test("is the whole, each description ending in what is asked for", () => {
    const sdl = `
      type Query {
        """Everyone."""
        people: [Person] @authenticated
        name: String
        audit: Int @requiresScopes(scopes: [["audit", "read"], ["root"]])
        vault: Secret @requiresScopes(scopes: [["vault"]]) @policy(policies: [["recent"], ["onsite", "daytime"]])
        hush: Int @authenticated @policy(policies: [["recent"]])
      }
      """A person."""
      type Person @requiresScopes(scopes: [["people:read"], ["people:read:self"]]) { name: String }
      scalar Secret @requiresScopes(scopes: [["secret"]])`;
    expect(printSchema(described(sdl))).toBe(
      plain(`
        type Query {
          """
          Everyone.

          Requires: people:read:self, or people:read.
          """
          people: [Person]
          name: String
          """Requires: root, or audit and read."""
          audit: Int
          """Requires: secret and vault and the policy recent, or secret and vault and the policy daytime and the policy onsite."""
          vault: Secret
          """Requires: a signed-in caller and the policy recent."""
          hush: Int
        }
        """
        A person.

        Requires: people:read:self, or people:read.
        """
        type Person { name: String }
        """Requires: secret."""
        scalar Secret`),
    );
  });

  test("names a signed-in caller where no scope implies one, and says when there are more ways than it lists", () => {
    const many = Array.from({ length: 3 }, (_, group) =>
      JSON.stringify(Array.from({ length: 8 }, (_, n) => [`s${group}${n}`])),
    );
    const [first = "", second = "", third = ""] = many;
    const sdl = `
      type Query { me: Me @authenticated all: All @requiresScopes(scopes: ${first}) }
      type Me { name: String }
      interface All { name: String }
      type One implements All @requiresScopes(scopes: ${second}) { name: String }
      type Two implements All @requiresScopes(scopes: ${third}) { name: String }`;
    const fields = described(sdl).getQueryType()?.getFields();
    expect(fields?.["me"]?.description).toBe("Requires: a signed-in caller.");
    expect(fields?.["all"]?.description).toMatch(
      /^Requires: s00 and s10 and s20, or .*, or others\.$/,
    );
  });
});

function needs(scope: string): string {
  return `@requiresScopes(scopes: [["${scope}"]])`;
}

function shown(sdl: string, ...scopes: readonly string[]): string {
  return printSchema(view(sdl, ...scopes));
}

function view(sdl: string, ...scopes: readonly string[]): GraphQLSchema {
  const rules = rulesOf(sdl);
  const caller = {
    ...anonymous,
    kind: "person",
    scopes: new Set(scopes),
  } as const;
  return viewSchema(withoutRules(sdl), {
    entry: (type) => meets(rules.entry(type), caller),
    select: (type, field) => meets(rules.select(type, field), caller),
  });
}

function described(sdl: string): GraphQLSchema {
  return describedSchema(withoutRules(sdl), rulesOf(sdl));
}

function plain(sdl: string): string {
  return printSchema(buildASTSchema(withoutRules(sdl), { assumeValid: true }));
}

function rulesOf(sdl: string): Rules {
  const links = ["authenticated", "requiresScopes", "policy"].map(
    (name) => `@link(url: "https://specs.apollo.dev/${name}/v0.1")`,
  );
  const document = parse(`${sdl} extend schema ${links.join(" ")}`);
  return readRules(
    document,
    buildASTSchema(document, { assumeValidSDL: true }),
  );
}

/** The schema as it is served: without the access directives. */
function withoutRules(sdl: string) {
  return visit(parse(sdl), {
    Directive: ({ name }) =>
      /^(authenticated|requiresScopes|policy)$/.test(name.value)
        ? null
        : undefined,
  });
}
