import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SubgraphOptions } from "./subgraph-options.ts";
import { openPolicy } from "./test-policy.ts";
import { type TestCaller, testSubgraph } from "./testing.ts";

/** Mira manages Ben; Zoe is in another team. A slip is found at once, a person later. */
const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
  type Query { ping: String }
  type Person @key(fields: "id") {
    id: ID!
    pay: Int @requiresScopes(scopes: [["pay"], ["pay:reports"]])
  }
  type Slip @key(fields: "id") @requiresScopes(scopes: [["slip"], ["slip:reports"], ["slip:self"]]) {
    id: ID!
    net: Int
  }
  type Vault @key(fields: "id") @requiresScopes(scopes: [["vault"]]) { id: ID! }`;

type Keyed = { readonly id: string };
type Owned = Keyed & { readonly owner: string };

const called: string[] = [];
const batches: string[][] = [];

function find({ id }: Keyed): Owned | null {
  called.push(id);
  if (id === "broken") throw new Error("no connection");
  return id === "nobody" ? null : { id, owner: id };
}

const options: SubgraphOptions<object> = {
  ...{ name: "people", schema, policy: openPolicy("people", schema) },
  resolvers: {
    Person: {
      __resolveReference: async (reference: Keyed) =>
        find(await Promise.resolve(reference)),
      pay: () => 9,
    },
    Slip: { __resolveReference: find, net: () => 7 },
    Vault: { __resolveReference: find },
  },
  subjects: {
    Person: { kind: "of", id: ({ id }: Keyed) => id },
    Slip: {
      kind: "of",
      id({ owner }: Owned) {
        if (owner === "ownerless") throw new Error("no owner");
        return owner;
      },
    },
  },
  reports: (manager, candidates) => {
    batches.push([manager, ...candidates]);
    return Promise.resolve(new Set(["emp_ben"]));
  },
  ...{ context: () => ({}), dependencies: {} },
};

const subgraph = await testSubgraph(options);
afterAll(() => subgraph.close());
beforeEach(() => {
  called.length = 0;
  batches.length = 0;
});

const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Person { pay } ... on Slip { net } } }`;

async function ask(caller: TestCaller, ...references: readonly string[]) {
  const r = references.map((reference) => {
    const [__typename, id] = reference.split(" ");
    return { __typename, id };
  });
  const { data, errors } = await subgraph.ask(query, caller, { r });
  const told = errors?.map(({ path, extensions }) => [
    path?.join("."),
    extensions["code"],
  ]);
  return { rows: data?.["_entities"], told };
}

const mira = (...scopes: string[]): TestCaller => ({
  ...{ subject: "usr_mira", employeeId: "emp_mira", scopes },
});
const person = (pay: number | null) => ({ __typename: "Person", pay });
const slip = { __typename: "Slip", net: 7 };

describe("entities", () => {
  test("of several types come in the order they were asked for, loaded at once or later", async () => {
    const asked = ["Person emp_ben", "Slip emp_ben", "Person emp_zoe"];
    expect(await ask(mira("pay", "slip"), ...asked)).toEqual({
      rows: [person(9), slip, person(9)],
      told: undefined,
    });
    expect(await ask(mira("slip"), ...asked)).toEqual({
      rows: [person(null), slip, person(null)],
      told: [["_entities.0.pay", "UNAUTHORIZED_FIELD_OR_TYPE"]],
    });
  });

  test("of every type ask once who reports to the caller", async () => {
    const asked = ["Person emp_ben", "Slip emp_zoe", "Slip emp_ben"];
    expect(await ask(mira("pay:reports", "slip:reports"), ...asked)).toEqual({
      rows: [person(9), null, slip],
      told: [["_entities.1", "FORBIDDEN"]],
    });
    expect(batches).toEqual([["emp_mira", "emp_ben", "emp_zoe"]]);
  });

  test("that are not there are null, and no error", async () => {
    const asked = ["Person nobody", "Slip nobody", "Slip emp_ben"];
    for (const scopes of [["slip"], ["slip:reports"]])
      expect(await ask(mira(...scopes), ...asked)).toEqual({
        rows: [null, null, slip],
        told: undefined,
      });
  });

  test.each([
    ["found at once", "Slip broken"],
    ["found later", "Person broken"],
    ["whose owner cannot be told", "Slip ownerless"],
  ])("%s fail alone", async (_, broken) => {
    const caller = mira("pay:reports", "slip:reports", "slip:self");
    expect(await ask(caller, "Slip emp_ben", broken, "Slip emp_mira")).toEqual({
      rows: [slip, null, slip],
      told: [["_entities.1", "INTERNAL_SERVER_ERROR"]],
    });
  });

  test("of a closed type are not loaded, and those beside them are", async () => {
    const asked = ["Vault emp_ben", "Slip emp_zoe", "Vault emp_mira"];
    const closed = await ask(mira("slip"), ...asked);
    expect(closed).toEqual({
      rows: [null, slip, null],
      told: [["_entities.0", "UNAUTHORIZED_FIELD_OR_TYPE"]],
    });
    expect(called).toEqual(["emp_zoe"]);
    const vault = { __typename: "Vault" };
    const open = await ask(mira("slip", "vault"), ...asked);
    expect(open).toEqual({ rows: [vault, slip, vault], told: undefined });
  });
});
