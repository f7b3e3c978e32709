import { test, expect } from "@jest/globals";
import { startTestGraph } from "./test-graph.ts";

const people = {
  sdl: `
  type Query { me: Person people: [Person!] }
  type Mutation { tick: Tick tock(a: Int, b: Int): Tick }
  type Tick @shareable { a: Int b: Int }
  type Person @key(fields: "id") @key(fields: "hrKey") {
    id: ID!
    hrKey: String! @inaccessible
    ssn: String @inaccessible
    name: String taxStatus: String jobTitle: String workEmail: String
    riskClass: String @inaccessible
    notes(limit: Int): [Note!]
    boss: Person
  }
  type Note { text: String author: String }
`,
  resolvers: {
    Query: { me: () => row, people: () => [row] },
    Mutation: {
      tick: () => (console.log("tick"), { a: 1, b: 2 }),
      tock: () => (console.log("tock"), { a: 1, b: 2 }),
    },
    Person: {
      __resolveReference: () => row,
      notes: (_: unknown, { limit }: { limit?: number }) =>
        [1, 2, 3, 4, 5]
          .slice(0, limit ?? 5)
          .map((n) => ({ text: `t${n}`, author: `a${n}` })),
    },
  },
};
const row: Record<string, unknown> = {
  id: "1",
  hrKey: "hr-1",
  ssn: "SSN",
  name: "Ada",
  taxStatus: "I",
  jobTitle: "Engineer",
  workEmail: "ada@x",
  riskClass: "R2",
  get boss() {
    return row;
  },
};
const pay = {
  sdl: `
  type Person @key(fields: "hrKey") {
    hrKey: String! @inaccessible
    leave: Int
    riskClass: String @external
    notes(limit: Int): [Note!] @external
    premium: String @requires(fields: "riskClass")
    digest: String @requires(fields: "notes(limit: 3) { text }")
  }
  type Note { text: String @external }
`,
  resolvers: {
    Person: {
      __resolveReference: (ref: object) => (
        console.log(JSON.stringify(ref)),
        ref
      ),
      leave: () => 7,
      premium: ({ riskClass }: { riskClass: string }) => `p ${riskClass}`,
      digest: ({ notes }: { notes: { text: string }[] }) =>
        JSON.stringify(notes),
    },
  },
};

test("x", async () => {
  const graph = await startTestGraph({ people, pay });
  for (const q of [
    "{ me { taxStatus ssn: name } }",
    "{ me { hrKey: name leave } }",
    "{ me { riskClass: jobTitle premium } }",
    "{ me { id: workEmail leave } }",
    "{ me { notes(limit: 1) { text } digest } }",
    "{ me { notes { text } digest } }",
    "{ me { boss: boss { name } boss { id } } }",
    "mutation { tick: tick { a } tick { b } }",
    "mutation { tock(a: 1, b: 2) { a } tock(b: 2, a: 1) { b } }",
  ]) {
    const { text, asked } = await graph.ask(q, "");
    console.log(q, text, JSON.stringify(asked, null, 1));
    expect(1).toBe(1);
  }
  await graph.close();
});
