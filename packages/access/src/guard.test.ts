import { describe, expect, test } from "@jest/globals";
import { buildSchema, parse } from "graphql";
import { type GuardOptions, createGuard } from "./guard.ts";
import type { PolicyEntry, PolicyFile } from "./policy-file.ts";
import { type Principal, anonymous } from "./principal.ts";

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@policy"])';

/** A guard over an SDL; composed as it stands, but for what another subgraph declared. */
function guardOf(
  sdl: string,
  {
    link = federation,
    composed = {},
    ...options
  }: Partial<GuardOptions> & {
    readonly link?: string;
    readonly composed?: PolicyFile["coordinates"];
  } = {},
) {
  const document = parse(`${link}\n${sdl}`);
  return createGuard({
    name: "people",
    schema: buildSchema(bare(sdl)),
    document,
    policy: {
      ...{ supergraph: "0", subgraph: "people" },
      coordinates: { ...openCoordinates(sdl), ...composed },
    },
    subjects: {},
    decidesPolicies: false,
    ...options,
  });
}

const bare = (sdl: string) => sdl.replaceAll(/@\w+\((?:[^()])*\)/g, "");

function openCoordinates(sdl: string): Record<string, PolicyEntry> {
  const types = Object.values(buildSchema(bare(sdl)).getTypeMap());
  return Object.fromEntries(
    types
      .filter(({ name }) => !name.startsWith("__"))
      .flatMap((type) => [
        [type.name, {}],
        ...("getFields" in type
          ? Object.keys(type.getFields()).map((field) => [
              `${type.name}.${field}`,
              {},
            ])
          : []),
      ]),
  ) as Record<string, PolicyEntry>;
}

const holding = (...scopes: readonly string[]): Principal => ({
  ...anonymous,
  kind: "person",
  subject: "usr_mira",
  clientId: "app",
  employeeId: "emp_mira",
  scopes: new Set(scopes),
});
const noPolicies: ReadonlySet<string> = new Set();
const everyone = { everyone: true, self: true, reports: true };
const own = { everyone: false, self: true, reports: false };

describe("a field is decided", () => {
  const people = `
    type Query { people: [Person] @requiresScopes(scopes: [["staff:read"]]) }
    type Person @requiresScopes(scopes: [["person:read"], ["person:read:self"]]) {
      id: ID
      grade: Grade
      pay: Int @requiresScopes(scopes: [["pay:read"]])
      shared: Int
    }
    enum Grade @requiresScopes(scopes: [["grade:read"], ["grade:read:self"]]) { A B }`;
  const guard = guardOf(people, {
    subjects: { Person: { kind: "of", id: () => null } },
    composed: { "Person.shared": { scopes: [[["audit:read"]]] } },
  });
  const decide = (
    coordinate: `${string}.${string}`,
    ...scopes: readonly string[]
  ) => {
    const [type = "", field = ""] = coordinate.split(".");
    return guard.field(type, field).decide(holding(...scopes), noPolicies);
  };

  test("by its own rule, its parent's and that of what it returns together", () => {
    expect(decide("Person.pay", "pay:read").kind).toBe("closed");
    expect(decide("Person.pay", "person:read").kind).toBe("closed");
    expect(decide("Person.pay", "person:read", "pay:read").kind).toBe("open");
    expect(decide("Query.people", "staff:read").kind).toBe("closed");
    expect(decide("Query.people", "staff:read", "person:read").kind).toBe(
      "open",
    );
  });

  test("by what another subgraph declared as well", () => {
    expect(decide("Person.shared", "person:read").kind).toBe("closed");
    expect(decide("Person.shared", "person:read", "audit:read").kind).toBe(
      "open",
    );
  });

  test("by the narrowest rule, and a scalar's or enum's is one", () => {
    expect(decide("Person.pay", "person:read:self", "pay:read")).toEqual({
      kind: "open",
      rows: own,
    });
    expect(
      decide("Person.grade", "person:read", "grade:read:self"),
    ).toMatchObject({ rows: own });
    expect(decide("Person.grade", "person:read", "grade:read")).toMatchObject({
      rows: everyone,
    });
  });

  test("a root field leaves its rows to their type", () => {
    expect(
      decide("Query.people", "staff:read", "person:read:self"),
    ).toMatchObject({ rows: everyone });
    expect(
      guard.entry("Person").decide(holding("person:read:self"), noPolicies),
    ).toEqual({ kind: "open", rows: own });
  });

  test("is closed to an anonymous caller, whatever it holds", () => {
    const nobody = { ...holding("person:read"), kind: "anonymous" as const };
    const lock = guard.field("Person", "id");
    expect(lock.decide(nobody, noPolicies).kind).toBe("closed");
    expect(lock.decide(holding("person:read"), noPolicies).kind).toBe("open");
  });

  test("once per caller, and again for another", () => {
    const caller = holding("person:read");
    const lock = guard.field("Person", "id");
    const first = guard.decisions(caller, noPolicies);
    expect(guard.decisions(caller, noPolicies)).toBe(first);
    expect(first(lock)).toBe(first(lock));
    expect(guard.decisions(holding(), noPolicies)(lock).kind).toBe("closed");
  });
});

describe("policies", () => {
  const night =
    'type Query { open: Int, night: Int @policy(policies: [["night"], ["admin", "late"]]) }';

  test("are listed, and decide with what was granted in this request alone", () => {
    const guard = guardOf(night, { decidesPolicies: true });
    expect(guard.policies).toEqual(new Set(["night", "admin", "late"]));
    const caller = holding();
    const lock = guard.field("Query", "night");
    const after = (...granted: readonly string[]) =>
      guard.decisions(caller, new Set(granted))(lock).kind;
    expect(after("night")).toBe("open");
    expect(after("admin")).toBe("closed");
    expect(after("admin", "late")).toBe("open");
    expect(after()).toBe("closed");
  });

  test("that nobody decides are refused, the composed ones too", () => {
    expect(() => guardOf(night)).toThrow(
      "Query.night names the policies night, admin, late, but nobody decides them",
    );
    const composed = { "Query.open": { policies: [[["day"]]] } };
    expect(() => guardOf("type Query { open: Int }", { composed })).toThrow(
      "Query.open names the policies day",
    );
  });
});

describe("a field of a @key", () => {
  const sdl = `
    type Query { all: [Person] }
    type Person @key(fields: "id") @key(fields: "number office { code place { name } }")
      @requiresScopes(scopes: [["person:read"], ["person:read:self"]]) {
      id: ID @requiresScopes(scopes: [["key:read"]])
      number: Number
      office: Office @requiresScopes(scopes: [["office:read"]])
      name: String @requiresScopes(scopes: [["name:read"]])
    }
    type Office @requiresScopes(scopes: [["place:read"]]) {
      code: Int @requiresScopes(scopes: [["code:read"]])
      place: Place
    }
    interface Place { name: String }
    type Room implements Place { name: String @requiresScopes(scopes: [["room:read"]]) }
    scalar Number @requiresScopes(scopes: [["number:read"]])`;
  const subjects = { Person: { kind: "of", id: () => null } } as const;
  const guard = guardOf(sdl, { subjects });
  const opens = (type: string, field: string, ...scopes: readonly string[]) =>
    guard.key(type, field)?.decide(holding(...scopes), noPolicies);

  test("is read for joins without the scopes on itself, its scalar's included", () => {
    expect(opens("Person", "id", "person:read")?.kind).toBe("open");
    expect(opens("Person", "number", "person:read")?.kind).toBe("open");
    expect(opens("Office", "code", "place:read")?.kind).toBe("open");
    expect(opens("Room", "name")?.kind).toBe("open");
    expect(
      guard.field("Person", "id").decide(holding("person:read"), noPolicies)
        .kind,
    ).toBe("closed");
  });

  test("is not without those of its parent or of the type it returns, and in its parent's reach", () => {
    expect(opens("Person", "id")?.kind).toBe("closed");
    expect(opens("Office", "code")?.kind).toBe("closed");
    expect(opens("Person", "office", "person:read")?.kind).toBe("closed");
    expect(opens("Person", "office", "person:read", "place:read")?.kind).toBe(
      "open",
    );
    expect(opens("Person", "id", "person:read:self")).toMatchObject({
      rows: own,
    });
  });

  test("is that, and no other", () => {
    expect(guard.key("Person", "name")).toBeUndefined();
    expect(guard.key("Office", "place")).toBeUndefined();
  });

  test.each([
    ["its namespaced name", "", "@federation__key"],
    ["another namespace", ', as: "fed"', "@fed__key"],
    [
      "an imported name of its own",
      ', import: [{ name: "@key", as: "@entity" }]',
      "@entity",
    ],
  ])("is found under %s", (_, more, name) => {
    const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9"${more})
      @link(url: "https://specs.apollo.dev/requiresScopes/v0.1")`;
    const renamed = guardOf(sdl.replaceAll("@key", name), { link, subjects });
    expect(renamed.key("Person", "id")).toBeDefined();
    const unlinked = guardOf(sdl, { link, subjects });
    expect(unlinked.key("Person", "id")).toBeUndefined();
  });
});

describe("a criterion", () => {
  const sdl = `
    type Query {
      people: [Person] @requiresScopes(scopes: [["person:read"], ["person:read:self"]])
      all: [Person] @requiresScopes(scopes: [["person:read"]])
    }
    type Person @requiresScopes(scopes: [["person:read"], ["person:read:self"]]) {
      manager: Person
      requests: [Int] @requiresScopes(scopes: [["leave:read"], ["leave:read:self"]])
      hired: Int @requiresScopes(scopes: [["job:read"], ["job:read:reports"], ["job:read:self"]])
    }`;
  const guard = guardOf(sdl, {
    subjects: {
      Person: { kind: "of", id: () => null },
      "Query.people": { kind: "narrowed", by: "sql" },
    },
  });
  const ask = (at: string, ...scopes: readonly string[]) =>
    guard
      .criterion({ coordinate: "Filter.hired", tells: ["Person.hired"], at })
      .decide(holding(...scopes), noPolicies);

  test("is open where what it tells may be read in every row", () => {
    expect(ask("Query.all", "person:read", "job:read").kind).toBe("open");
    expect(ask("Query.people", "person:read", "job:read").kind).toBe("open");
  });

  test("is closed without the scopes of what it tells, those of its type included", () => {
    expect(ask("Query.all", "person:read").kind).toBe("closed");
    expect(ask("Query.all", "job:read").kind).toBe("closed");
  });

  test("is closed where it may be read in some rows only, and says which scope would do", () => {
    expect(
      ask("Query.all", "person:read", "job:read:self", "job:read:reports"),
    ).toEqual({
      kind: "closed",
      requirement: expect.objectContaining({
        scopes: [[["person:read"]], [["job:read"]]],
      }),
    });
  });

  test("is open in some rows where the field has no others for the caller", () => {
    const held = ["person:read:self", "job:read:self", "leave:read:self"];
    expect(ask("Query.people", ...held).kind).toBe("open");
    expect(ask("Person.requests", ...held).kind).toBe("open");
    expect(ask("Query.people", "person:read", "job:read:self").kind).toBe(
      "closed",
    );
  });

  test("is not open by the reach of a parent: what hangs on it may be about others", () => {
    const held = ["person:read:self", "job:read:self"];
    expect(ask("Person.manager", ...held).kind).toBe("closed");
    expect(ask("Person.manager", "person:read", "job:read").kind).toBe("open");
  });
});

describe("a guard is not made", () => {
  const plain = "type Query { one: Int }";
  const policy: PolicyFile = {
    ...{ supergraph: "0", subgraph: "people" },
    coordinates: openCoordinates(plain),
  };
  const without = (...names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(policy.coordinates).filter(
        ([name]) => !names.includes(name),
      ),
    );

  test("of a policy that is another subgraph's; of its own it is", () => {
    expect(() =>
      guardOf(plain, { policy: { ...policy, subgraph: "payroll" } }),
    ).toThrow('This is the policy of "payroll", not of people');
    expect(guardOf(plain, { policy }).field("Query", "one")).toBeDefined();
  });

  test("of an outdated policy: a type, a field, an enum it does not know", () => {
    const coordinates = without("Query.one", "Query");
    expect(() =>
      guardOf(plain, { policy: { ...policy, coordinates } }),
    ).toThrow(/Query is not in[^]*Query\.one is not in the composed policy/);
    const grown = "type Query { one: Int, grade: Grade } enum Grade { A }";
    const { Grade: _grade, ...rest } = openCoordinates(grown);
    expect(() =>
      guardOf(grown, { policy: { ...policy, coordinates: rest } }),
    ).toThrow("Grade is not in the composed policy");
  });

  const reach = `
    type Query { me: Person, name: Name @requiresScopes(scopes: [["a"], ["a:self"]]) }
    type Person @requiresScopes(scopes: [["a"], ["a:self"]]) { id: ID, name: Name }
    type Name { text: String @requiresScopes(scopes: [["a"], ["a:self"]]) }`;
  const declared: GuardOptions["subjects"] = {
    Person: { kind: "of", id: () => null },
    Name: { kind: "of", id: () => null },
    "Query.name": { kind: "narrowed", by: "sql" },
  };

  test.each(["Person", "Name", "Query.name"] as const)(
    "while nobody says whose row %s is",
    (name) => {
      const { [name]: _one, ...subjects } = declared;
      expect(() => guardOf(reach, { subjects })).toThrow(
        /has a :self or :reports alternative, but nobody declared whose row it is/,
      );
      expect(() => guardOf(reach, { subjects: declared })).not.toThrow();
    },
  );

  test.each([
    ["Nobody", { kind: "inherited" }, "which is not in the schema"],
    ["Person.age", { kind: "inherited" }, "which is not in the schema"],
    ["Query.me", { kind: "of", id: () => null }, 'Query.me is "of"'],
    ["Person.id", { kind: "narrowed", by: "x" }, 'Person.id is "narrowed"'],
    ["Person", { kind: "narrowed", by: "x" }, 'Person is "narrowed"'],
    ["Query", { kind: "narrowed", by: "x" }, 'Query is "narrowed"'],
  ] as const)("of a subject %s declared as %j", (name, subject, fault) => {
    const subjects = { ...declared, [name]: subject };
    expect(() => guardOf(reach, { subjects })).toThrow(fault);
  });

  test("of a value type that hangs on something without a subject", () => {
    const inherited = { ...declared, Name: { kind: "inherited" } as const };
    expect(() => guardOf(reach, { subjects: inherited })).toThrow(
      "Query.name returns Name, whose subject is its parent's",
    );
    const apart = reach.replace(/, name: Name @/, ", name: Int @");
    expect(() => guardOf(apart, { subjects: inherited })).not.toThrow();
  });

  test("of an alternative with :self and :reports", () => {
    const mixed = reach.replace('["a:self"]', '["a:self", "b:reports"]');
    expect(() => guardOf(mixed, { subjects: declared })).toThrow(
      "asks for :self and :reports, and no row is in both",
    );
  });
});
