import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type PageArguments,
  cappedCount,
  cappedCountEach,
  paginate,
  paginateEach,
} from "./keyset.ts";
import { withClient } from "./postgres-server.ts";
import { sql } from "kysely";
import { countedPages } from "./counted-page.ts";
import { withinReach } from "./reach.ts";
import { type TestDatabase, createTestDatabase } from "./testing.ts";

type Tables = {
  person: { id: string; family: string; hired: string };
  change: { id: number; at: Date; note: string | null };
  reporting: { ancestor_id: string; descendant_id: string; depth: number };
};

let database: TestDatabase<Tables>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyset-"));
  await writeFile(
    join(folder, "001-person.sql"),
    `CREATE TABLE person (id text PRIMARY KEY, family text NOT NULL, hired date NOT NULL);
     INSERT INTO person SELECT 'p' || lpad(n::text, 2, '0'), chr(97 + n % 4), date '2026-01-01' + n % 3
       FROM generate_series(1, 12) n;
     CREATE TABLE change (id int PRIMARY KEY, at timestamptz NOT NULL, note text);
     INSERT INTO change SELECT n, timestamptz '2026-01-01 00:00Z' + n * interval '1 microsecond' FROM generate_series(1, 8) n;
     CREATE INDEX ON change (at, id);
     CREATE TABLE reporting (ancestor_id text, descendant_id text, depth int);
     INSERT INTO reporting VALUES ('p01', 'p01', 0), ('p01', 'p02', 1), ('p01', 'p03', 2);`,
  );
  database = await createTestDatabase<Tables>({ migrations: folder });
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

function page(
  args: PageArguments,
  change: {
    direction?: "asc" | "desc";
    binding?: string;
    maximum?: number;
  } = {},
) {
  return paginate(database.query.selectFrom("person").selectAll(), {
    arguments: args,
    by: [
      {
        column: "person.family",
        direction: change.direction ?? "asc",
        key: "family",
      },
      { column: "person.hired", direction: "desc", key: "hired" },
      { column: "person.id", direction: "asc", key: "id" },
    ],
    binding: change.binding ?? "all",
    cursorKey: database.cursorKey,
    maximum: change.maximum ?? 100,
  });
}

const everyone = async (direction: "asc" | "desc" = "asc") =>
  (
    await database.query
      .selectFrom("person")
      .select("id")
      .orderBy("family", direction)
      .orderBy("hired", "desc")
      .orderBy("id")
      .execute()
  ).map(({ id }) => id);

describe.each(["asc", "desc"] as const)(
  "walking a list with ties, family %s",
  (direction) => {
    test.each([1, 2, 5, 12])(
      "forwards %i at a time meets everybody once, in order",
      async (first) => {
        const met: string[] = [];
        let after: string | null = null;
        do {
          const { nodes, pageInfo } = await page(
            { first, after },
            { direction },
          );
          met.push(...nodes.map(({ id }) => id));
          after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        } while (after !== null);
        expect(met).toEqual(await everyone(direction));
      },
    );

    test.each([1, 5])("backwards %i at a time too", async (last) => {
      const met: string[] = [];
      let before: string | null = null;
      do {
        const { nodes, pageInfo } = await page({ last, before }, { direction });
        met.unshift(...nodes.map(({ id }) => id));
        before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
      } while (before !== null);
      expect(met).toEqual(await everyone(direction));
    });
  },
);

describe("a list in one direction, by an instant finer than a millisecond", () => {
  const byInstant = (args: PageArguments) =>
    paginate(
      database.query.selectFrom("change").select(["change.at", "change.id"]),
      {
        arguments: args,
        by: [
          { column: "change.at", direction: "desc", key: "at" },
          { column: "change.id", direction: "desc", key: "id" },
        ],
        binding: "all",
        cursorKey: database.cursorKey,
        maximum: 100,
      },
    );

  test("meets every row once, forwards and backwards", async () => {
    const forwards: number[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const { nodes, pageInfo } = await byInstant({ first: 3, after });
      forwards.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    }
    const backwards: number[] = [];
    for (let before: string | null | undefined; before !== null;) {
      const { nodes, pageInfo } = await byInstant({ last: 3, before });
      backwards.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
    }
    expect(forwards).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(backwards).toEqual(forwards);
  });

  test("gives the rows as they were asked for, and nothing of the cursor in them", async () => {
    const { nodes } = await byInstant({ first: 1 });
    expect(nodes).toEqual([{ id: 8, at: new Date("2026-01-01T00:00:00Z") }]);
  });

  test("lets an index find where a page begins", async () => {
    const { pageInfo } = await byInstant({ first: 3 });
    database.statements();
    await byInstant({ first: 3, after: pageInfo.endCursor });
    const [statement] = database.statements();
    const plan = await withClient(database.url, async (client) => {
      await client.query("SET enable_seqscan = off");
      return client.query<{ "QUERY PLAN": string }>(
        `EXPLAIN (GENERIC_PLAN) ${statement}`,
      );
    });
    const lines = plan.rows.map((row) => row["QUERY PLAN"].trim());
    expect(lines).toContainEqual(
      expect.stringMatching(/^Index Cond: \(ROW\(at, id\) < ROW/),
    );
  });
});

test("an order by something that may be null is a fault of ours, not of the caller", async () => {
  const rows = database.query.selectFrom("change").select(["note", "id"]);
  await expect(
    paginate(rows, {
      arguments: {},
      by: [
        { column: "change.note", direction: "asc", key: "note" },
        { column: "change.id", direction: "asc", key: "id" },
      ],
      binding: "all",
      cursorKey: database.cursorKey,
      maximum: 100,
    }),
  ).rejects.toThrow("sorted by note, which is null");
});

describe("refuses, and names the argument", () => {
  test.each<[string, PageArguments]>([
    ["first", { first: 0 }],
    ["first", { first: -1 }],
    ["first", { first: 101 }],
    ["first", { first: 1.5 }],
    ["last", { last: 0 }],
    ["last", { first: 1, last: 1 }],
    ["after", { after: "x" }],
    ["after", { after: "" }],
    ["before", { before: "W10.x" }],
  ])("%s in %j", async (argument, args) => {
    await expect(page(args)).rejects.toMatchObject({
      name: "PageError",
      argument,
      code: "BAD_USER_INPUT",
    });
  });

  test("an altered cursor, one of another filter and one of another order; its own is taken", async () => {
    const { pageInfo } = await page({ first: 3 });
    const after = pageInfo.endCursor ?? "";
    const altered = `A${after.slice(1)}`;
    await expect(page({ after: altered })).rejects.toThrow(
      "is no cursor of this list",
    );
    await expect(page({ after }, { binding: "other" })).rejects.toThrow(
      "is no cursor of this list",
    );
    await expect(page({ after }, { direction: "desc" })).rejects.toThrow(
      "is no cursor of this list",
    );
    expect((await page({ after })).nodes).toHaveLength(9);
  });

  test("a page above a caller's maximum, which a machine's allows", async () => {
    await expect(page({ first: 500 })).rejects.toThrow("from 1 to 100");
    expect((await page({ first: 500 }, { maximum: 500 })).nodes).toHaveLength(
      12,
    );
  });
});

test("a count is exact up to its cap and null above it", async () => {
  const people = database.query.selectFrom("person").selectAll();
  expect(await cappedCount(database.query, people)).toBe(12);
  expect(await cappedCount(database.query, people, 12)).toBe(12);
  expect(await cappedCount(database.query, people, 11)).toBeNull();
});

describe("a reach", () => {
  test.each([
    ["everyone", { everyone: true }, 12],
    ["oneself", { everyone: false, self: "p05", reports: null }, ["p05"]],
    [
      "reports, not the manager",
      { everyone: false, self: null, reports: "p01" },
      ["p02", "p03"],
    ],
    [
      "both",
      { everyone: false, self: "p01", reports: "p01" },
      ["p01", "p02", "p03"],
    ],
    ["nobody", { everyone: false, self: null, reports: null }, []],
  ] as const)("of %s", async (_whom, reach, expected) => {
    const rows = await database.query
      .selectFrom("person")
      .select("id")
      .where(withinReach(reach, "person.id"))
      .orderBy("id")
      .execute();
    const ids = rows.map(({ id }) => id);
    if (typeof expected === "number") expect(ids).toHaveLength(expected);
    else expect(ids).toEqual(expected);
  });
});

describe("the same page of many owners' lists", () => {
  const owners = ["a", "b", "z"];
  const members = () =>
    database.query
      .selectFrom("person")
      .selectAll()
      .where(sql<boolean>`person.family = owner.id`);
  const pages = (args: PageArguments) =>
    paginateEach(database.query, members(), {
      owners,
      arguments: args,
      by: [{ column: "person.id", direction: "asc", key: "id" }],
      binding: "members",
      cursorKey: database.cursorKey,
      maximum: 100,
    });

  test("is read in one statement, each list no further than its page", async () => {
    database.statements();
    const found = await pages({ first: 2 });
    expect(database.statements()).toHaveLength(1);
    const ids = owners.map((owner) =>
      found.get(owner)?.nodes.map(({ id }) => id),
    );
    expect(ids).toEqual([["p04", "p08"], ["p01", "p05"], []]);
    expect(found.get("a")?.nodes[0]).toEqual({
      id: "p04",
      family: "a",
      hired: "2026-01-02",
    });
    const more = owners.map((owner) => found.get(owner)?.pageInfo.hasNextPage);
    expect(more).toEqual([true, true, false]);
  });

  test("goes on from a cursor of one of them", async () => {
    const after = (await pages({ first: 2 })).get("a")?.pageInfo.endCursor;
    const next = await pages({ first: 2, after: after ?? "" });
    expect(next.get("a")?.nodes.map(({ id }) => id)).toEqual(["p12"]);
  });

  test("is counted in one statement too", async () => {
    database.statements();
    const sizes = await cappedCountEach(database.query, members(), owners);
    expect(Object.fromEntries(sizes)).toEqual({ a: 3, b: 3, z: 0 });
    expect(database.statements()).toHaveLength(1);
  });

  test("carries counts that are read once for all, when one is asked for", async () => {
    const found = await countedPages(database.query, members(), {
      owners,
      arguments: { first: 2 },
      by: [{ column: "person.id", direction: "asc", key: "id" }],
      binding: "members",
      cursorKey: database.cursorKey,
      maximum: 100,
    });
    expect(found.map(({ nodes }) => nodes.length)).toEqual([2, 2, 0]);
    database.statements();
    const counts = await Promise.all(found.map((page) => page.totalCount()));
    expect(counts).toEqual([3, 3, 0]);
    expect(database.statements()).toHaveLength(1);
  });
});
