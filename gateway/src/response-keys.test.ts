import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { GraphQLError } from "graphql";
import {
  type GraphAnswer,
  type TestGraph,
  composeParts,
  startSubgraphs,
  startTestGateway,
  startTestGraph,
} from "./test-graph.ts";

/** The planner joins by `hrKey`, which nobody may see, and feeds `pay` from what `people` says. */
const people = {
  sdl: `
    type Query { me: Person last: Person people: [Person] assets: [Asset!] marked: [Marked!] }
    type Mutation {
      hire: Person
      move(to: String, on: String): Person
    }
    interface Marked { marks: [Int!] }
    type Person implements Marked @key(fields: "id") @key(fields: "hrKey") {
      id: ID!
      hrKey: String! @inaccessible
      ssn: String @inaccessible
      riskClass: String @inaccessible
      name: String
      jobTitle: String
      workEmail: String
      boss: Person
      colleagues: [Person!]
      notes(limit: Int, about: Topic): [Note!]
      marks(limit: Int): [Int!]
      steps(limit: Int @inaccessible): [Int!]
    }
    type Note { text: String author: String }
    input Topic { word: String year: Int }
    union Asset = Laptop | Badge
    type Laptop { serial: String price: Int }
    type Badge { number: String room: Int }`,
  resolvers: {
    Query: {
      me: () => ada,
      last: () => staff.at(-1),
      marked: () => [ada],
      people: () => [ada, new GraphQLError("No Bob"), ...staff],
      assets: () => [
        { __typename: "Laptop", serial: "L-1", price: 900 },
        { __typename: "Badge", number: "B-1", room: 12 },
      ],
    },
    Mutation: {
      hire: () => written("hire"),
      move: () => written("move"),
    },
    Marked: { __resolveType: () => "Person" },
    Person: {
      marks: numbers,
      steps: numbers,
      __resolveReference: ({ hrKey }: { hrKey: string }) =>
        [ada, ...staff].find((one) => one.hrKey === hrKey),
      riskClass: ({ riskClass, name }: Row) => riskClass ?? fail(name),
      boss: () => staff[0],
      colleagues: () => staff.slice(0, 2),
      notes: ({ name }: Row, { limit = 5 }: { limit?: number }) =>
        [1, 2, 3, 4, 5].slice(0, limit).map((n) => ({ text: `${name} ${n}` })),
    },
    Note: {
      author: ({ text }: { text: string }) =>
        text.endsWith("2") ? fail(text) : "somebody",
    },
    Badge: { room: () => fail("room") },
  },
};

const pay = {
  sdl: `
    type Query { reviews: [Review!] }
    type Review { subject: Person grade: Int }
    type Person @key(fields: "hrKey") {
      hrKey: String! @inaccessible
      riskClass: String @external
      notes(limit: Int, about: Topic): [Note!] @external
      leave: Int!
      premium: String @requires(fields: "riskClass")
      digest: String @requires(fields: "notes(limit: 3) { text }")
      marks(limit: Int): [Int!] @external
      marksDigest: String @requires(fields: "marks(limit: 3)")
      steps(limit: Int @inaccessible): [Int!] @external
      stepsDigest: String @requires(fields: "steps(limit: 3)")
    }
    input Topic { word: String year: Int }
    type Note { text: String @external }`,
  resolvers: {
    Query: { reviews: () => [{ subject: { hrKey: "hr-1" }, grade: 5 }] },
    Person: {
      __resolveReference: (given: Row) =>
        given.hrKey === "hr-13" ? null : given,
      leave: ({ hrKey }: Row) => (hrKey === "hr-3" ? fail("leave") : 7),
      premium: ({ riskClass }: Row) => `premium of ${riskClass}`,
      digest: ({ notes }: { notes: { text: string }[] }) =>
        notes.map(({ text }) => text).join(", "),
      marksDigest: ({ marks }: { marks: number[] }) => marks.join(),
      stepsDigest: ({ steps }: { steps: number[] }) => steps.join(),
    },
  },
};

/** `r7_` is taken here, by a field that is seen and by one that is not. */
const taken = {
  sdl: `
    type Query { me: Thing }
    type Thing @key(fields: "id") { id: ID! r7_0: String r8_x: String @inaccessible name: String list(first: Int): [Thing!] }`,
  resolvers: {
    Query: { me: () => thing },
    Thing: { list: () => [thing, thing] },
  },
};

let graph: TestGraph;

beforeAll(async () => {
  graph = await startTestGraph({ people, pay });
});

afterAll(() => graph[Symbol.asyncDispose]());

describe("a client's alias never meets what the planner adds", () => {
  test.each([
    [
      "named as a hidden field",
      "{ me { jobTitle ssn: name } }",
      { me: { jobTitle: "Engineer", ssn: "Ada" } },
      ["people {me{jobTitle r7_0:name}}"],
      [],
    ],
    [
      "named as a hidden key",
      "{ me { hrKey: name leave } }",
      { me: { hrKey: "Ada", leave: 7 } },
      ["people {me{__typename hrKey r7_0:name}}", `pay ${entities("leave")}`],
      [{ hrKey: "hr-1" }],
    ],
    [
      "named as a hidden field another one requires",
      "{ me { riskClass: jobTitle premium } }",
      { me: { riskClass: "Engineer", premium: "premium of R2" } },
      [
        "people {me{__typename hrKey r7_0:jobTitle riskClass}}",
        `pay ${entities("premium")}`,
      ],
      [{ hrKey: "hr-1", riskClass: "R2" }],
    ],
    [
      "named as a key that is seen",
      "{ me { id: workEmail leave } }",
      { me: { id: "ada@example.org", leave: 7 } },
      [
        "people {me{__typename hrKey r7_0:workEmail}}",
        `pay ${entities("leave")}`,
      ],
      [{ hrKey: "hr-1" }],
    ],
    [
      "of a list that is a required field's name",
      "{ me { riskClass: colleagues { hrKey: name } premium } }",
      {
        me: {
          riskClass: [{ hrKey: "P2" }, { hrKey: "P3" }],
          premium: "premium of R2",
        },
      },
      [
        "people {me{__typename hrKey r7_0:colleagues{r7_1:name}riskClass}}",
        `pay ${entities("premium")}`,
      ],
      [{ hrKey: "hr-1", riskClass: "R2" }],
    ],
    [
      "through a fragment, in a list",
      "{ me { colleagues { ...Job premium } } } fragment Job on Person { riskClass: jobTitle }",
      {
        me: {
          colleagues: [
            { riskClass: "Clerk", premium: "premium of R1" },
            { riskClass: "Clerk", premium: "premium of R1" },
          ],
        },
      },
      [
        "people {me{colleagues{__typename hrKey r7_0:jobTitle riskClass}}}",
        `pay ${entities("premium")}`,
      ],
      [
        { hrKey: "hr-2", riskClass: "R1" },
        { hrKey: "hr-3", riskClass: "R1" },
      ],
    ],
  ])("%s", async (_what, query, data, asked, inputs) => {
    const answer = await ask(query);
    expect(answer.errors).toEqual([]);
    expect(answer.text).toBe(JSON.stringify({ data }));
    expect(queriesOf(answer)).toEqual(asked);
    expect(inputsOf(answer)).toEqual(inputs);
  });
});

describe("a client's arguments never become those of @requires", () => {
  const digest = "Ada 1, Ada 2, Ada 3";
  const notes = (...numbers: number[]) =>
    numbers.map((n) => ({ text: `Ada ${n}` }));
  const all = notes(1, 2, 3, 4, 5);

  test.each([
    [
      "fewer",
      "{ me { notes(limit: 1) { text } digest } }",
      { notes: notes(1), digest },
    ],
    [
      "after the field that requires",
      "{ me { digest notes(limit: 1) { text } } }",
      { digest, notes: notes(1) },
    ],
    [
      "more",
      "{ me { notes(limit: 4) { text } digest } }",
      { notes: notes(1, 2, 3, 4), digest },
    ],
    ["none at all", "{ me { notes { text } digest } }", { notes: all, digest }],
    [
      "the same",
      "{ me { notes(limit: 3) { text } digest } }",
      { notes: notes(1, 2, 3), digest },
    ],
    [
      "the same, other fields",
      "{ me { notes(limit: 3) { text: __typename } digest } }",
      { notes: Array(3).fill({ text: "Note" }), digest },
    ],
    [
      "others of its own",
      '{ me { notes(about: { word: "x" }) { text } digest } }',
      { notes: all, digest },
    ],
    [
      "two aliases",
      "{ me { a: notes(limit: 1) { text } b: notes(limit: 2) { text } digest } }",
      { a: notes(1), b: notes(1, 2), digest },
    ],
    [
      "one under an alias, one plain",
      "{ me { a: notes(limit: 1) { text } notes { text } digest } }",
      { a: notes(1), notes: all, digest },
    ],
    [
      "a null",
      "{ me { notes(limit: null) { text } digest } }",
      { notes: [], digest },
    ],
  ])("%s", async (_what, query, me) => {
    const answer = await ask(query);
    expect({ data: answer.data, errors: answer.errors }).toEqual({
      data: { me },
      errors: [],
    });
    expect(inputsOf(answer)).toEqual([
      { hrKey: "hr-1", notes: notes(1, 2, 3) },
    ]);
  });

  test.each([
    ["given", { limit: 1 }, notes(1)],
    ["left to its default", {}, notes(1, 2)],
  ])("by a variable %s", async (_what, variables, expected) => {
    const answer = await ask(
      "query ($limit: Int = 2) { me { ...Foo ...Bar digest } } fragment Foo on Person { notes(limit: $limit) { text } } fragment Bar on Person { notes(limit: $limit) { text } }",
      variables,
    );
    expect(answer.data).toEqual({ me: { notes: expected, digest } });
    expect(inputsOf(answer)).toEqual([
      { hrKey: "hr-1", notes: notes(1, 2, 3) },
    ]);
  });

  test("by a variable left out", async () => {
    const query = "query ($n: Int) { me { notes(limit: $n) { text } digest } }";
    expect((await ask(query)).data).toEqual({ me: { notes: all, digest } });
  });

  test.each([
    [
      "that only the type behind an interface takes",
      "{ marked { marks ... on Person { marksDigest } } }",
      { marked: [{ marks: [1, 2, 3, 4, 5], marksDigest: "1,2,3" }] },
    ],
    [
      "that are hidden",
      "{ me { steps stepsDigest } }",
      { me: { steps: [1, 2, 3, 4, 5], stepsDigest: "1,2,3" } },
    ],
  ])("by arguments %s", async (_what, query, data) => {
    const answer = await ask(query);
    expect({ data: answer.data, errors: answer.errors }).toEqual({
      data,
      errors: [],
    });
  });

  test("below a list", async () => {
    const answer = await ask(
      "{ me { colleagues { notes(limit: 1) { text } digest } } }",
    );
    expect(answer.data).toEqual({
      me: {
        colleagues: ["P2", "P3"].map((name) => ({
          notes: [{ text: `${name} 1` }],
          digest: `${name} 1, ${name} 2, ${name} 3`,
        })),
      },
    });
  });

  test("on an entity that another subgraph names", async () => {
    const answer = await ask(
      "{ reviews { grade subject { notes(limit: 1) { text } digest } } }",
    );
    expect(answer.data).toEqual({
      reviews: [{ grade: 5, subject: { notes: notes(1), digest } }],
    });
    expect(answer.asked.map(({ subgraph }) => subgraph)).toEqual([
      "pay",
      "people",
      "pay",
    ]);
    expect(inputsOf(answer).at(-1)).toEqual({
      hrKey: "hr-1",
      notes: notes(1, 2, 3),
    });
  });
});

describe("selections that are one by the specification stay one", () => {
  test.each([
    [
      "the field's own name as its alias",
      "boss: boss { name } boss { jobTitle }",
    ],
    [
      "that alias after the plain field",
      "boss { name } boss: boss { jobTitle }",
    ],
    ["an alias twice", "b: boss { name } b: boss { jobTitle }"],
  ])("%s", async (_what, fields) => {
    const answer = await ask(`{ me { ${fields} } }`);
    expect(answer.data).toEqual({
      me: {
        [fields.startsWith("b:") ? "b" : "boss"]: {
          name: "P2",
          jobTitle: "Clerk",
        },
      },
    });
  });

  test.each([
    [
      "arguments",
      "notes(limit: 1, about: null) { text } notes(about: null, limit: 1) { kind: __typename text }",
    ],
    [
      "fields of an input object",
      'notes(limit: 1, about: { word: "x", year: 1 }) { text } notes(limit: 1, about: { year: 1, word: "x" }) { kind: __typename text }',
    ],
    [
      "arguments of other selections below",
      "notes(limit: 1, about: null) { kind: __typename } notes(about: null, limit: 1) { text }",
    ],
  ])("%s in another order", async (_what, fields) => {
    const answer = await ask(`{ me { ${fields} } }`);
    expect(answer.data).toEqual({
      me: { notes: [{ text: "Ada 1", kind: "Note" }] },
    });
  });

  test.each([
    ["hire", "hire: hire { name } hire { jobTitle }"],
    [
      "move",
      'move(to: "a", on: "b") { name } move(on: "b", to: "a") { jobTitle }',
    ],
    ["hire", "hire { name } hire { jobTitle }"],
  ])("a mutation runs once: %s by %s", async (field, fields) => {
    writes = [];
    const answer = await ask(`mutation { ${fields} }`);
    expect(writes).toEqual([field]);
    expect(answer.data).toEqual({
      [field]: { name: "Ada", jobTitle: "Engineer" },
    });
  });

  test("a mutation under two aliases runs twice", async () => {
    writes = [];
    await ask("mutation { a: hire { name } b: hire { name } }");
    expect(writes).toEqual(["hire", "hire"]);
  });
});

describe("any name is good for an alias", () => {
  const names = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "__typename",
    "__schema",
    "_entities",
    "x__alias_0",
    "name__alias_0",
    "notes__alias_1",
    "r7_0",
    "r7_1",
    "r7_t",
  ];

  test.each(names)("%s, for each kind of field", async (alias) => {
    const answer = await graph.ask(
      `{ ${alias}: me { ${alias}: name leave digest colleagues { ${alias}: notes(limit: 1) { ${alias}: text } } boss { ${alias}: premium } } }`,
      "",
    );
    const notes = (text: string) => `{"${alias}":[{"${alias}":"${text}"}]}`;
    expect(answer.text).toBe(
      `{"data":{"${alias}":{"${alias}":"Ada","leave":7,"digest":"Ada 1, Ada 2, Ada 3","colleagues":[${notes("P2 1")},${notes("P3 1")}],"boss":{"${alias}":"premium of R1"}}}}`,
    );
  });

  test.each(names)("%s, for __typename and beside it", async (alias) => {
    const answer = await graph.ask(
      `{ ${alias}: __typename assets { ${alias}: __typename ... on Laptop { price } } }`,
      "",
    );
    expect(answer.text).toBe(
      `{"data":{"${alias}":"Query","assets":[{"${alias}":"Laptop","price":900},{"${alias}":"Badge"}]}}`,
    );
  });

  test.each(names)("%s, for other fields of exclusive types", async (alias) => {
    const answer = await graph.ask(
      `{ assets { ... on Laptop { ${alias}: serial } ... on Badge { ${alias}: number } } }`,
      "",
    );
    expect(answer.text).toBe(
      `{"data":{"assets":[{"${alias}":"L-1"},{"${alias}":"B-1"}]}}`,
    );
  });

  test("and nothing of it stays behind in an object's prototype", () => {
    expect(Object.hasOwn(Object.prototype, "name")).toBe(false);
    expect(({} as { leave?: number }).leave).toBeUndefined();
  });
});

describe("a supergraph that has a field with the prefix of internal keys", () => {
  test("gets another prefix, for its own fields and for aliases", async () => {
    await using other = await startTestGraph({ taken });
    const answer = await other.ask(
      "{ me { r7_0 name: r7_0 r9_0: name r8_x: name list(first: 1) { r9_1: r7_0 } } }",
      "",
    );
    expect(answer.text).toBe(
      '{"data":{"me":{"r7_0":"seen","name":"seen","r9_0":"Thing","r8_x":"Thing","list":[{"r9_1":"seen"},{"r9_1":"seen"}]}}}',
    );
    expect(queriesOf(answer)).toEqual([
      "taken {me{r7_0 r9_0:r7_0 r9_1:name r9_2:name r9_3:list(first:1){r9_4:r7_0}}}",
    ]);
  });
});

describe("an error comes back at the client's keys", () => {
  test("with its indices, below lists under aliases", async () => {
    const { data, errors } = await ask(
      "{ me { crew: colleagues { memos: notes(limit: 2) { by: author } } } }",
    );
    expect(data).toEqual({
      me: {
        crew: Array(2).fill({ memos: [{ by: "somebody" }, { by: null }] }),
      },
    });
    expect(errors).toEqual([
      masked("me", "crew", 0, "memos", 1, "by"),
      masked("me", "crew", 1, "memos", 1, "by"),
    ]);
  });

  test("once under each alias of one field", async () => {
    const { errors } = await ask(
      "{ me { a: notes(limit: 2) { author } b: notes(limit: 3) { author x: author } } }",
    );
    expect(errors).toEqual([
      masked("me", "a", 1, "author"),
      masked("me", "b", 1, "author"),
      masked("me", "b", 1, "x"),
    ]);
  });

  test("from an entity of another subgraph", async () => {
    const { data, errors } = await ask(
      "{ me { crew: colleagues { who: name days: leave } } }",
    );
    expect(data).toEqual({ me: { crew: null } });
    expect(errors).toEqual([masked("me", "crew", 1, "days")]);
  });

  test("from one member of a union, where the other shares the key", async () => {
    const { data, errors } = await ask(
      "{ things: assets { ... on Laptop { label: price } ... on Badge { label: room } } }",
    );
    expect(data).toEqual({ things: [{ label: 900 }, { label: null }] });
    expect(errors).toEqual([masked("things", 1, "label")]);
  });

  test("and at the nearest the client knows, when it is of a field only the planner asked for", async () => {
    const { data, errors } = await ask(
      "{ people { riskClass: name premium } }",
    );
    expect(data).toMatchObject({
      people: { 12: { riskClass: "P12", premium: "premium of null" } },
    });
    expect(errors).toContainEqual(masked("people", 12));
  });

  test("when the subgraph behind it is gone", async () => {
    await using alone = await startSubgraphs({ people });
    await using gateway = await startTestGateway(
      composeParts({ people, pay }, alone.urls),
      alone,
    );
    const { data, errors, text } = await gateway.ask(
      "{ boss: me { id: name riskClass: premium } r: reviews { grade } }",
      "",
    );
    const message =
      "The service behind this field is not available right now. Try again shortly.";
    const extensions = { code: "SUBGRAPH_UNAVAILABLE" };
    expect(data).toEqual({ boss: { id: "Ada", riskClass: null }, r: null });
    expect(errors).toHaveLength(2);
    expect(errors).toContainEqual({ message, path: ["r"], extensions });
    expect(errors).toContainEqual({
      ...{ message, extensions },
      path: ["boss", "riskClass"],
    });
    expect(text).not.toMatch(internal);
  });
});

describe("what a subgraph leaves out although the schema promises it", () => {
  const leftOut = (...path: readonly (string | number)[]) => ({
    message: "A service left out a value the schema promises.",
    path,
    extensions: { code: "INCOMPLETE_ANSWER" },
  });

  test("is an ordinary error at the client's keys, and nothing of it stands in extensions", async () => {
    const answer = await ask("{ crew: last { who: name days: leave } }");
    expect(JSON.parse(answer.text)).toEqual({
      data: { crew: null },
      errors: [leftOut("crew", "days")],
    });
  });

  test("is null all the same where another row failed; the stock executor then tells of the failures alone", async () => {
    const { data, errors } = await ask("{ crew: people { days: leave } }");
    expect(data).toMatchObject({ crew: { 0: { days: 7 }, 1: null, 13: null } });
    expect(errors).toEqual([masked("crew", 1), masked("crew", 3, "days")]);
  });
});

type Row = {
  readonly hrKey: string;
  readonly name: string;
  readonly riskClass?: string;
};

const ada = {
  ...{ id: "1", hrKey: "hr-1", ssn: "078-05-1120", riskClass: "R2" },
  ...{ name: "Ada", jobTitle: "Engineer", workEmail: "ada@example.org" },
};

/** Ada is row 0 of `people`, nobody is row 1, and `hr-2` is row 2. */
const staff = Array.from({ length: 12 }, (_, n) => ({
  ...{ id: `${n + 2}`, hrKey: `hr-${n + 2}`, name: `P${n + 2}` },
  ...{ jobTitle: "Clerk", ssn: "078-05-1120" },
  ...(n !== 10 && { riskClass: "R1" }),
}));

const thing = { id: "1", r7_0: "seen", r8_x: "hidden", name: "Thing" };

const internal = /r\d+_/;

let writes: string[] = [];

function numbers(_: unknown, { limit = 5 }: { limit?: number }) {
  return [1, 2, 3, 4, 5].slice(0, limit);
}

function written(what: string) {
  writes.push(what);
  return ada;
}

function fail(what: string): never {
  throw new Error(`No ${what}`);
}

/** Whatever is asked, no internal key and nothing hidden comes back. */
async function ask(
  query: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<GraphAnswer> {
  const answer = await graph.ask(query, "", variables);
  expect(answer.text).not.toMatch(internal);
  expect(answer.text).not.toContain(ada.ssn);
  return answer;
}

function entities(field: string): string {
  return `query($representations:[_Any!]!){_entities(representations:$representations){...on Person{${field}}}}`;
}

function queriesOf({ asked }: GraphAnswer): readonly string[] {
  return asked.map(({ subgraph, query }) => `${subgraph} ${query}`);
}

/** What subgraphs were given of the entities, but for their type. */
function inputsOf({ asked }: GraphAnswer): readonly unknown[] {
  return asked.flatMap(({ variables }) => {
    const given = variables["representations"] as readonly object[] | undefined;
    return (given ?? []).map((one) => {
      const { __typename, ...input } = one as { __typename: string };
      return input;
    });
  });
}

function masked(...path: readonly (string | number)[]) {
  return {
    message: "Something went wrong here. It has been logged.",
    path,
    extensions: { code: "INTERNAL_SERVER_ERROR" },
  };
}
