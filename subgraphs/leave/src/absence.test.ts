import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type LeaveUnderTest,
  ada,
  otto,
  person,
  startWithDemoCompany,
} from "./testing.ts";

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
});
afterAll(() => leave.close());

const calendar = `query ($from: Date!, $to: Date!, $managerId: ID, $departmentId: ID, $first: Int, $after: String) {
  absences(from: $from, to: $to, managerId: $managerId, departmentId: $departmentId, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { employee { id } startDate startPortion endDate endPortion } } }`;

type Answer = {
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly endCursor: string;
  };
  readonly nodes: readonly {
    readonly employee: { readonly id: string } | null;
  }[];
};

describe("the calendar (L21)", () => {
  test("shows parental leave and a holiday alike: person and dates", async () => {
    const { nodes } = await absences({ from: "2026-05-11", to: "2026-05-15" });
    expect(nodes).toEqual([
      absence("emp_0008", "2026-03-14", "2026-09-10"),
      absence("emp_0014", "2026-05-10", "2026-05-20"),
    ]);
  });

  test("leaves out what is pending, rejected, withdrawn or cancelled", async () => {
    const { nodes } = await absences({ from: "2026-06-01", to: "2026-07-31" });
    expect(nodes.map(({ employee }) => employee?.id)).toEqual([
      "emp_0008",
      "emp_0009",
    ]);
  });

  test("has no way to ask for the reason", async () => {
    const { errors } = await leave.ask(
      '{ absences(from: "2026-05-11", to: "2026-05-15") { nodes { leaveType { name } } } }',
      ada,
    );
    expect(errors).toMatchObject([
      { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
    ]);
  });

  test("takes a team with everyone below, or a department", async () => {
    const window = { from: "2026-05-11", to: "2026-06-15" };
    const idsOf = ({ nodes }: Answer) => nodes.map((one) => one.employee?.id);
    expect(idsOf(await absences({ ...window, managerId: "emp_mia" }))).toEqual([
      ...["emp_0008", "emp_0011", "emp_0009"],
    ]);
    expect(
      idsOf(await absences({ ...window, departmentId: "dep_product" })),
    ).toEqual(["emp_0014"]);
  });

  test("covers 92 days and no more, in the right order", async () => {
    const from = "2026-05-01";
    expect(await absences({ from, to: "2026-07-31" })).toBeTruthy();
    for (const to of ["2026-08-01", "2026-04-30"]) {
      const { errors } = await leave.ask(calendar, ada, { from, to });
      expect(errors).toMatchObject([
        { extensions: { code: "BAD_USER_INPUT" } },
      ]);
    }
  });

  test("pages to its end without missing or doubling a row, and refuses another window's cursor", async () => {
    const window = { from: "2026-05-01", to: "2026-07-31", first: 1 };
    const seen: unknown[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await absences({ ...window, after });
      seen.push(...page.nodes.map((one) => one.employee?.id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual([
      // Sick leave, which looks like any other.
      ...["emp_0008", "emp_0046", "emp_0014", "emp_0011", "emp_0009"],
    ]);
    const other = { ...window, to: "2026-07-30", after };
    const { errors } = await leave.ask(calendar, ada, other);
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });

  test("names nobody the caller may not look up", async () => {
    const outsider = person("ada", [
      "employee:read:self",
      "leave:calendar:read",
    ]);
    const { data, errors } = await leave.ask(calendar, outsider, {
      ...{ from: "2026-05-11", to: "2026-05-15" },
    });
    expect(errors).toBeUndefined();
    expect(
      (data as { absences: Answer }).absences.nodes.map((one) => one.employee),
    ).toEqual([null, null]);
  });
});

test("who is away today is away, and nobody else", async () => {
  const { data } = await leave.ask(
    `query ($people: [_Any!]!) { _entities(representations: $people) {
      ... on Employee { id currentAbsence { endDate } } } }`,
    ada,
    {
      people: ["emp_0008", "emp_ada", "emp_nobody"].map((id) => ({
        ...{ __typename: "Employee", id },
      })),
    },
  );
  expect(data).toEqual({
    _entities: [
      { id: "emp_0008", currentAbsence: { endDate: "2026-09-10" } },
      { id: "emp_ada", currentAbsence: null },
      null,
    ],
  });
});

describe("holidays", () => {
  const holidays = `query ($from: Date!, $to: Date!, $calendarId: ID) {
    holidays(from: $from, to: $to, calendarId: $calendarId) { date halfDay } }`;
  const winter = { from: "2026-12-24", to: "2027-01-06" };

  test("are those of Ada's Berlin, and Munich's when asked for", async () => {
    const berlin = [
      { date: "2026-12-24", halfDay: true },
      { date: "2026-12-25", halfDay: false },
      { date: "2026-12-26", halfDay: false },
      { date: "2026-12-31", halfDay: true },
      { date: "2027-01-01", halfDay: false },
    ];
    expect((await leave.ask(holidays, ada, winter)).data).toEqual({
      holidays: berlin,
    });
    const munich = { ...winter, calendarId: "hcl_de_by" };
    expect((await leave.ask(holidays, ada, munich)).data).toEqual({
      holidays: [...berlin, { date: "2027-01-06", halfDay: false }],
    });
  });

  test("need a calendar from who works nowhere", async () => {
    const { errors } = await leave.ask(holidays, otto, winter);
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    const tokyo = { ...winter, calendarId: "hcl_jp_13" };
    expect((await leave.ask(holidays, otto, tokyo)).errors).toBeUndefined();
  });

  test("stand in the calendar of a location", async () => {
    const { data, errors } = await leave.ask(
      `{ _entities(representations: [{ __typename: "Location", id: "loc_london" }]) {
        ... on Location { holidayCalendar { countryCode subdivisionCode holidays(year: 2026) { date } } } } }`,
      ada,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      _entities: [
        {
          holidayCalendar: {
            countryCode: "GB",
            subdivisionCode: "GB-ENG",
            holidays: expect.arrayContaining([{ date: "2026-08-31" }]),
          },
        },
      ],
    });
  });
});

async function absences(variables: Record<string, unknown>): Promise<Answer> {
  const { data, errors } = await leave.ask(calendar, ada, variables);
  expect(errors).toBeUndefined();
  return (data as { absences: Answer }).absences;
}

function absence(id: string, startDate: string, endDate: string) {
  return {
    employee: { id },
    ...{ startDate, startPortion: "FULL", endDate, endPortion: "FULL" },
  };
}
