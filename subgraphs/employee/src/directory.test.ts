import type { TestCaller } from "@hr/service/testing";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type EmployeeUnderTest,
  ada,
  exporter,
  hana,
  mia,
  startWithDemoCompany,
} from "./test-company.ts";

let employee: EmployeeUnderTest;
beforeAll(async () => {
  employee = await startWithDemoCompany();
});
afterAll(() => employee.close());

type Listed = {
  readonly nodes: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly status: string;
  }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
};

const query = `query ($first: Int, $after: String, $last: Int, $before: String,
    $filter: EmployeeFilter, $orderBy: EmployeeOrder) {
  employees(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    nodes { id displayName status } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

async function list(caller: TestCaller, variables: Record<string, unknown>) {
  const { data, errors } = await employee.ask(query, caller, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data?.["employees"] as Listed;
}

async function refusal(caller: TestCaller, variables: Record<string, unknown>) {
  const { data, errors } = await employee.ask(query, caller, variables);
  expect(data).toEqual({ employees: null });
  return errors?.[0]?.extensions;
}

const names = ({ nodes }: Listed) =>
  nodes.map(({ displayName }) => displayName);
const ids = ({ nodes }: Listed) => nodes.map(({ id }) => id);

describe("pages (A9, A10)", () => {
  test.each([
    ["FAMILY_NAME", "ASC"],
    ["FAMILY_NAME", "DESC"],
    ["EMPLOYEE_NUMBER", "ASC"],
    ["HIRE_DATE", "DESC"],
    ["UPDATED_AT", "ASC"],
  ])(
    "by %s %s walk everyone once, forwards and backwards",
    async (...order) => {
      const orderBy = { field: order[0], direction: order[1] };
      const whole = ids(await list(hana, { first: 100, orderBy }));
      expect(new Set(whole).size).toBe(50);

      const forwards: string[] = [];
      let after: string | null = null;
      do {
        const page: Listed = await list(hana, { first: 7, after, orderBy });
        forwards.push(...ids(page));
        expect(page.totalCount).toBe(50);
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after);
      expect(forwards).toEqual(whole);

      const backwards: string[] = [];
      let before: string | null = null;
      do {
        const page: Listed = await list(hana, { last: 7, before, orderBy });
        backwards.unshift(...ids(page));
        before = page.pageInfo.hasPreviousPage
          ? page.pageInfo.startCursor
          : null;
      } while (before);
      expect(backwards).toEqual(whole);
    },
  );

  test("begin with the family name when nothing else is asked, 25 at a time", async () => {
    const page = await list(ada, {});
    expect(page.nodes).toHaveLength(25);
    expect(names(page).slice(0, 3)).toEqual([
      "Henrik Aaltonen",
      "Samuel Adeyemi",
      "Oliver Ashworth",
    ]);
  });

  test.each([
    ["a page of none", { first: 0 }],
    ["more than a hundred", { first: 101 }],
    ["first with last", { first: 1, last: 1 }],
    ["a cursor nobody made", { first: 1, after: "bm9wZQ" }],
  ])("refuse %s", async (_, variables) => {
    expect(await refusal(hana, variables)).toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  test("of a machine may hold five hundred", async () => {
    expect((await list(exporter, { first: 500 })).nodes).toHaveLength(47);
    expect(await refusal(exporter, { first: 501 })).toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  test("refuse a cursor of another filter or order, and take it with its own", async () => {
    const filter = { departmentId: "dep_sales" };
    const { pageInfo } = await list(hana, { first: 2, filter });
    const after = pageInfo.endCursor;
    expect(await refusal(hana, { first: 2, after })).toMatchObject({
      code: "BAD_USER_INPUT",
    });
    const orderBy = { field: "HIRE_DATE", direction: "ASC" };
    expect(
      await refusal(hana, { first: 2, after, filter, orderBy }),
    ).toMatchObject({ code: "BAD_USER_INPUT" });
    expect((await list(hana, { first: 2, after, filter })).nodes).toHaveLength(
      2,
    );
  });
});

describe("reach", () => {
  test("leaves leavers and pre-hires out before counting, unless their job may be read", async () => {
    const listed = async (caller: TestCaller) => {
      const page = await list(caller, { first: 100 });
      expect(page.totalCount).toBe(page.nodes.length);
      return ids(page);
    };
    const hidden = ["emp_0037", "emp_0038", "emp_0049"];
    expect(await listed(hana)).toEqual(expect.arrayContaining(hidden));
    for (const caller of [ada, mia, exporter]) {
      const seen = await listed(caller);
      expect(seen).toHaveLength(47);
      expect(seen.filter((id) => hidden.includes(id))).toEqual([]);
    }
  });
});

describe("filters", () => {
  const filtered = async (
    caller: TestCaller,
    filter: Record<string, unknown>,
  ) => ids(await list(caller, { first: 100, filter })).sort();

  test("by department take its sub-departments along, unless told not to", async () => {
    const departmentId = "dep_technology";
    const alone = { departmentId, includeSubDepartments: false };
    expect(await filtered(ada, alone)).toEqual([
      ...["emp_0003", "emp_0012", "emp_0013", "emp_0050"],
    ]);
    expect(await filtered(ada, { departmentId })).toHaveLength(22);
  });

  test("by manager take indirect reports along only when told to", async () => {
    const managerId = "emp_mia";
    const direct = await filtered(ada, { managerId });
    expect(direct).toEqual([
      ...["emp_0006", "emp_0007", "emp_0008", "emp_0009", "emp_ada"],
    ]);
    expect(
      await filtered(ada, { managerId, includeIndirectReports: true }),
    ).toEqual([...direct, "emp_0010", "emp_0011"].sort());
  });

  test("by location, by day of hire and by last change", async () => {
    expect(await filtered(ada, { locationId: "loc_tokyo" })).toHaveLength(9);
    expect(await filtered(hana, { hiredFrom: "2026-11-25" })).toEqual([
      "emp_0049",
    ]);
    expect(await filtered(hana, { hiredTo: "2016-01-01" })).toEqual([
      "emp_0001",
    ]);
    expect(
      await filtered(hana, { updatedSince: "2026-11-25T00:00:00Z" }),
    ).toEqual([]);
    expect(
      await filtered(hana, { updatedSince: "2026-11-01T00:00:00Z" }),
    ).toHaveLength(50);
  });

  test("by status ACTIVE do not tell who is on long leave", async () => {
    const active = { status: ["ACTIVE"] };
    expect(await filtered(ada, active)).toContain("emp_0008");
    expect(await filtered(mia, active)).not.toContain("emp_0008");
    expect(await filtered(hana, active)).not.toContain("emp_0008");
  });

  test("by any other status are refused without employee:job:read, and taken with it", async () => {
    const status = ["ON_LEAVE", "PREHIRE"];
    expect(await filtered(hana, { status })).toEqual(["emp_0008", "emp_0049"]);
    for (const caller of [ada, mia, exporter])
      expect(await refusal(caller, { filter: { status } })).toMatchObject({
        code: "UNAUTHORIZED_FIELD_OR_TYPE",
        coordinate: "EmployeeFilter.status",
        missingScopes: ["employee:job:read"],
      });
  });
});

describe("search (E13)", () => {
  const found = async (search: string, caller = ada) =>
    names(await list(caller, { first: 100, filter: { search } }));

  test.each([
    ["case and diacritics aside", "ZOLKI", ["Łukasz Żółkiewski"]],
    ["with diacritics", "żół", ["Łukasz Żółkiewski"]],
    ["a preferred name", "Tom", ["Tom Herrera"]],
    ["a given name behind it", "Tomás", ["Tom Herrera"]],
    ["both names, either order", "kern ada", ["Ada Kern"]],
    ["a one-word name", "wulan", ["Wulandari"]],
    ["right to left", "נועה", ["נועה בן־עמי"]],
    ["the same name twice", "anna schmidt", ["Anna Schmidt", "Anna Schmidt"]],
    ["a number", "e-00005", ["Ada Kern"]],
    ["an address", "mia.brandt@", ["Mia Brandt"]],
    ["a wildcard, taken as it is", "a%", []],
    ["nobody", "xyzzy", []],
  ])("finds %s", async (_, search, expected) => {
    expect(await found(search)).toEqual(expected);
  });

  test("ranks a beginning before a later word, whatever the order", async () => {
    const orderBy = { field: "EMPLOYEE_NUMBER", direction: "ASC" };
    const page = await list(ada, { filter: { search: "vi" }, orderBy });
    expect(ids(page)).toEqual(["emp_0050", "emp_0016"]);
  });

  test("does not find a leaver, except for those who may read their job", async () => {
    expect(await found("nowak")).toEqual([]);
    expect(await found("nowak", hana)).toEqual(["Mateusz Nowak"]);
  });

  test("asks for two characters", async () => {
    expect(await refusal(ada, { filter: { search: " a " } })).toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });
});

describe("the organisation", () => {
  test("is a tree walked down, with heads, heads counted and members within reach", async () => {
    const { data, errors } = await employee.ask(
      `{ departments { nodes { code headcount children { nodes { code head { id }
          headcount own: headcount(includeDescendants: false)
          members { totalCount } all: members(includeDescendants: true, first: 2) { nodes { id } totalCount pageInfo { hasNextPage } }
          children(first: 1) { nodes { code } totalCount pageInfo { hasNextPage } } } } } totalCount } }`,
      ada,
    );
    expect(errors).toBeUndefined();
    const technology = {
      code: "TEC",
      head: { id: "emp_0003" },
      headcount: 22,
      own: 4,
      members: { totalCount: 4 },
      all: { totalCount: 22, pageInfo: { hasNextPage: true } },
      children: {
        nodes: [{ code: "PLT" }],
        totalCount: 2,
        pageInfo: { hasNextPage: true },
      },
    };
    expect(data).toMatchObject({
      departments: {
        totalCount: 1,
        nodes: [
          {
            code: "COM",
            headcount: 47,
            children: {
              nodes: [{ code: "CML" }, { code: "PPL" }, technology],
            },
          },
        ],
      },
    });
  });

  test("opens any department to the directory, and their own alone to self-service", async () => {
    const one = `query ($id: ID!) { department(id: $id) { code } }`;
    const self = { ...ada, scopes: ["employee:read:self"] };
    const ask = async (caller: TestCaller, id: string) =>
      (await employee.ask(one, caller, { id })).data;
    expect(await ask(ada, "dep_sales")).toEqual({
      department: { code: "SAL" },
    });
    expect(await ask(ada, "dep_nowhere")).toEqual({ department: null });
    expect(await ask(self, "dep_platform")).toEqual({
      department: { code: "PLT" },
    });
    expect(await ask(self, "dep_sales")).toEqual({ department: null });
  });

  test("lists jobs and locations page by page", async () => {
    const { data } = await employee.ask(
      `{ jobs(first: 100) { nodes { code } totalCount }
         locations(first: 3) { nodes { city subdivisionCode timeZone } pageInfo { hasNextPage } } }`,
      ada,
    );
    expect(data).toMatchObject({
      jobs: { totalCount: 21 },
      locations: {
        nodes: [{ city: "Berlin" }, { city: "London" }, { city: "Munich" }],
        pageInfo: { hasNextPage: true },
      },
    });
  });
});
