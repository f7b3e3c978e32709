import { demoCompany } from "@hr/demo";
import type { TestCaller } from "@hr/service/testing";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type EmployeeUnderTest,
  ada,
  exporter,
  hana,
  mia,
  selfServiceApp,
  startWithDemoCompany,
  today,
} from "./test-company.ts";

let employee: EmployeeUnderTest;
beforeAll(async () => {
  employee = await startWithDemoCompany();
});
afterAll(() => employee.close());

type Representation = Readonly<Record<string, unknown>>;

async function entities(
  caller: TestCaller,
  selection: string,
  representations: readonly Representation[],
) {
  const { data, errors } = await employee.ask(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ${selection} } }`,
    caller,
    { representations },
  );
  return { entities: data?.["_entities"] as unknown[], errors };
}

const people = (...ids: readonly string[]) =>
  ids.map((id) => ({ __typename: "Employee", id }));

describe("_entities", () => {
  test("load people by their key and leave out those who do not exist for the caller", async () => {
    const asked = people("emp_ada", "emp_0037", "emp_nobody", "emp_mia");
    const selection = "... on Employee { id }";
    const card = (id: string) => ({ __typename: "Employee", id });
    expect(await entities(exporter, selection, asked)).toEqual({
      entities: [card("emp_ada"), null, null, card("emp_mia")],
      errors: undefined,
    });
    expect((await entities(hana, selection, asked)).entities).toEqual([
      card("emp_ada"),
      card("emp_0037"),
      null,
      card("emp_mia"),
    ]);
    expect((await entities(selfServiceApp, selection, asked)).entities).toEqual(
      [card("emp_ada"), null, null, null],
    );
  });

  test("believe nothing a representation says beside its key", async () => {
    const forged = {
      __typename: "Employee",
      id: "emp_0028",
      managerId: "emp_mia",
      employeeId: "emp_mia",
      status: "TERMINATED",
      displayName: "Mia Brandt",
    };
    const selection =
      "... on Employee { displayName status employment { type } }";
    const { entities: rows, errors } = await entities(mia, selection, [forged]);
    expect(rows).toEqual([
      {
        __typename: "Employee",
        displayName: "Grace Whitfield",
        status: "ACTIVE",
        employment: null,
      },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    const own = { ...forged, id: "emp_ada" };
    expect((await entities(mia, selection, [own])).entities).toMatchObject([
      { displayName: "Ada Kern", employment: { type: "PERMANENT" } },
    ]);
  });

  test("take the subject of an assignment from the loaded row", async () => {
    const selection = "... on JobAssignment { kind }";
    const of = (id: string) => ({
      __typename: "JobAssignment",
      id,
      employeeId: "emp_ada",
    });
    const { entities: rows, errors } = await entities(mia, selection, [
      of("asg_ada_1"),
      of("asg_0028_1"),
      of("asg_nothing"),
    ]);
    expect(rows).toEqual([
      { __typename: "JobAssignment", kind: "HIRE" },
      null,
      null,
    ]);
    expect(errors).toMatchObject([
      { path: ["_entities", 1], extensions: { code: "FORBIDDEN" } },
    ]);
    const denied = await entities(exporter, selection, [of("asg_0028_1")]);
    expect(denied.errors).toMatchObject([
      { extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" } },
    ]);
  });

  test("resolve departments, jobs, locations and legal entities", async () => {
    const { entities: rows } = await entities(
      ada,
      "... on Department { code } ... on Job { code } ... on Location { city } ... on LegalEntity { defaultCurrency }",
      [
        { __typename: "Department", id: "dep_sales" },
        { __typename: "Job", id: "job_engineer" },
        { __typename: "Location", id: "loc_tokyo" },
        { __typename: "LegalEntity", id: "le_jp" },
        { __typename: "Job", id: "job_none" },
      ],
    );
    expect(rows).toEqual([
      { __typename: "Department", code: "SAL" },
      { __typename: "Job", code: "ENG" },
      { __typename: "Location", city: "Tokyo" },
      { __typename: "LegalEntity", defaultCurrency: "JPY" },
      null,
    ]);
  });
});

describe("statements", () => {
  const count = async (ask: () => Promise<{ readonly errors: unknown }>) => {
    employee.database.statements();
    const { errors } = await ask();
    expect(errors).toBeUndefined();
    return employee.database.statements().length;
  };
  const everything = `id displayName manager { id displayName } managementChain { id }
    department { name headcount head { id } } location { city } directReportCount totalReportCount
    directReports(first: 3) { nodes { id } totalCount }
    employment { fte legalEntity { id } job { code } assignment { kind department { name } location { city } manager { id } createdBy { id } } history(first: 5) { nodes { kind } } }
    personal { legalName nationalIdMasked emergencyContacts { name } }`;

  test("for one hundred people are no more than for two", async () => {
    const everybody = demoCompany({ today }).employees.map(({ id }) => id);
    const hundred = people(...everybody, ...everybody);
    const of = (asked: readonly Representation[]) =>
      count(() => entities(hana, `... on Employee { ${everything} }`, asked));
    const few = await of(people("emp_0012", "emp_0013"));
    expect(few).toBeLessThanOrEqual(16);
    expect(await of(hundred)).toBeLessThanOrEqual(few);
  });

  test("for a page of 25 with manager, department, location and reports are five", async () => {
    const page = `{ employees(first: 25) { nodes { displayName manager { displayName }
      department { name } location { city } directReportCount } } }`;
    expect(await count(() => employee.ask(page, ada))).toBe(5);
  });

  test("for own people in detail ask for the reach of all rows at once", async () => {
    const page = `{ me { directReports { nodes { id status employment { type } } } } }`;
    expect(await count(() => employee.ask(page, mia))).toBe(4);
  });
});

describe("pages of people within a group", () => {
  type Group = {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly endCursor: string | null;
    };
  };
  const query = `query ($first: Int, $after: String) { department(id: "dep_technology") {
    members(first: $first, after: $after, includeDescendants: true) { nodes { id } pageInfo { hasNextPage endCursor } } } }`;
  const members = async (variables: Readonly<Record<string, unknown>>) => {
    const { data, errors } = await employee.ask(query, ada, variables);
    const group = (data?.["department"] as { members: Group | null }).members;
    return { group, code: errors?.[0]?.extensions["code"] };
  };

  test("walk everyone once", async () => {
    const whole = (await members({ first: 100 })).group?.nodes;
    expect(whole).toHaveLength(22);
    const walked: unknown[] = [];
    let after: string | null = null;
    do {
      const { group } = await members({ first: 5, after });
      walked.push(...(group?.nodes ?? []));
      after = group?.pageInfo.hasNextPage ? group.pageInfo.endCursor : null;
    } while (after);
    expect(walked).toEqual(whole);
  });

  test("refuse sizes out of bounds and cursors of another kind", async () => {
    const { data } = await employee.ask(
      `{ departments { nodes { children(first: 1) { pageInfo { endCursor } } } } }`,
      ada,
    );
    const other = (data as { departments: { nodes: [{ children: Group }] } })
      .departments.nodes[0].children.pageInfo.endCursor;
    expect(other).toEqual(expect.any(String));
    for (const variables of [
      { first: 0 },
      { first: 101 },
      { after: "" },
      { after: other },
    ])
      expect(await members(variables)).toEqual({
        group: null,
        code: "BAD_USER_INPUT",
      });
  });
});
