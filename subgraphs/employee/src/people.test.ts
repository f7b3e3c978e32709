import type { TestCaller } from "@hr/service/testing";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type EmployeeUnderTest,
  ada,
  amir,
  exporter,
  hana,
  mia,
  pam,
  selfServiceApp,
  startWithDemoCompany,
} from "./test-company.ts";

let employee: EmployeeUnderTest;
beforeAll(async () => {
  employee = await startWithDemoCompany();
});
afterAll(() => employee.close());

describe("viewer", () => {
  test("tells a token without scopes whose it is, what it holds and until when", async () => {
    const { data, errors } = await employee.ask(
      "{ viewer { subject clientId grantedScopes expiresAt } }",
      { subject: "usr_ada", clientId: "app", scopes: [] },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      viewer: {
        subject: "usr_ada",
        clientId: "app",
        grantedScopes: [],
        expiresAt: expect.stringMatching(/^\d{4}-.*T.*Z$/),
      },
    });
  });

  test("lists the scopes in order and leads to the caller's own card", async () => {
    const { data } = await employee.ask(
      "{ viewer { grantedScopes employee { id } } }",
      ada,
    );
    expect(data).toEqual({
      viewer: {
        grantedScopes: [...ada.scopes].sort(),
        employee: { id: "emp_ada" },
      },
    });
  });

  test("is refused without a token", async () => {
    const { status } = await employee.ask("{ viewer { subject } }", null);
    expect(status).toBe(401);
  });
});

describe("me", () => {
  test("is the caller's own record, and null for a machine", async () => {
    const query = "{ me { id displayName jobTitle } }";
    expect((await employee.ask(query, ada)).data).toEqual({
      me: { id: "emp_ada", displayName: "Ada Kern", jobTitle: "Engineer" },
    });
    expect(await employee.ask(query, exporter)).toMatchObject({
      data: { me: null },
      errors: undefined,
    });
  });

  test("is there for a leaver, with the status that is theirs", async () => {
    const leaver = { employeeId: "emp_0037", scopes: ["employee:read:self"] };
    const { data } = await employee.ask("{ me { id status } }", leaver);
    expect(data).toEqual({ me: { id: "emp_0037", status: "TERMINATED" } });
  });
});

describe("employee(id:)", () => {
  const query = `query ($id: ID!) { employee(id: $id) {
    id employment { type } personal { legalName } } }`;
  const open = { card: true, employment: "open", personal: "open" };
  const noPersonal = { ...open, personal: "FORBIDDEN" };
  const cardOnly = { ...noPersonal, employment: "FORBIDDEN" };
  const none = { card: false, employment: "absent", personal: "absent" };
  const unscoped = "UNAUTHORIZED_FIELD_OR_TYPE";
  const noRight = { card: true, employment: unscoped, personal: unscoped };

  test.each([
    ["Ada", "herself", "emp_ada", ada, open],
    ["Ada", "her manager", "emp_mia", ada, cardOnly],
    ["Ada", "a stranger", "emp_0028", ada, cardOnly],
    ["Ada", "a leaver", "emp_0037", ada, none],
    ["Ada", "a pre-hire", "emp_0049", ada, none],
    ["Ada", "nobody", "emp_nobody", ada, none],
    ["Ada", "an id of another kind", "psl_1", ada, none],
    ["Mia", "herself", "emp_mia", mia, open],
    ["Mia", "her report", "emp_ada", mia, noPersonal],
    ["Mia", "her indirect report", "emp_0010", mia, noPersonal],
    ["Mia", "her former report", "emp_0050", mia, cardOnly],
    ["Mia", "a stranger", "emp_0028", mia, cardOnly],
    ["Mia", "a leaver", "emp_0037", mia, none],
    ["Hana", "a stranger", "emp_0028", hana, open],
    ["Hana", "a leaver", "emp_0037", hana, open],
    ["Hana", "a pre-hire", "emp_0049", hana, open],
    ["an app for own data", "its user", "emp_ada", selfServiceApp, noRight],
    ["an app for own data", "a stranger", "emp_0028", selfServiceApp, none],
    ["a machine", "a stranger", "emp_0028", exporter, noRight],
    ["a machine", "a leaver", "emp_0037", exporter, none],
  ])("shows %s of %s (%s) what is theirs to see", async (...row) => {
    const [, , id, caller, expected] = row;
    const { data, errors } = await employee.ask(query, caller, { id });
    expect(seen(data, errors)).toEqual(expected);
  });

  function seen(
    data: Awaited<ReturnType<EmployeeUnderTest["ask"]>>["data"],
    errors: Awaited<ReturnType<EmployeeUnderTest["ask"]>>["errors"],
  ) {
    const card = data?.["employee"] as Record<string, unknown> | null;
    const part = (name: string) => {
      if (card === null) return "absent";
      if (card[name] !== null) return "open";
      const error = errors?.find(({ path }) => path?.at(-1) === name);
      return error?.extensions["code"];
    };
    if (card === null) expect(errors).toBeUndefined();
    return {
      card: card !== null,
      employment: part("employment"),
      personal: part("personal"),
    };
  }

  test("keeps relations to people within reach, without an error", async () => {
    const query = `{ me { manager { id } managementChain { id }
      directReports { nodes { id } totalCount } department { head { id } } } }`;
    expect(await employee.ask(query, selfServiceApp)).toMatchObject({
      errors: undefined,
      data: {
        me: {
          manager: null,
          managementChain: [],
          directReports: { nodes: [], totalCount: 0 },
          department: { head: null },
        },
      },
    });
    expect((await employee.ask(query, ada)).data).toMatchObject({
      me: {
        manager: { id: "emp_mia" },
        managementChain: [
          { id: "emp_mia" },
          { id: "emp_0003" },
          { id: "emp_0001" },
        ],
        department: { head: { id: "emp_mia" } },
      },
    });
  });
});

describe("status (E9)", () => {
  const query = `query ($id: ID!) { employee(id: $id) { status } }`;

  test("hides long leave from colleagues and shows it to the manager and HR", async () => {
    const statusFor = async (caller: TestCaller) =>
      (await employee.ask(query, caller, { id: "emp_0008" })).data;
    expect(await statusFor(ada)).toEqual({ employee: { status: "ACTIVE" } });
    expect(await statusFor(mia)).toEqual({ employee: { status: "ON_LEAVE" } });
    expect(await statusFor(hana)).toEqual({ employee: { status: "ON_LEAVE" } });
  });

  test("shows a manager their own pre-hires", async () => {
    const manager = {
      employeeId: "emp_amir",
      scopes: ["employee:read", "employee:job:read:reports"],
    };
    expect(
      (await employee.ask(query, manager, { id: "emp_0049" })).data,
    ).toEqual({ employee: { status: "PREHIRE" } });
  });
});

describe("counts (E8)", () => {
  const query = `query ($id: ID!) { employee(id: $id) {
    directReportCount totalReportCount directReports { totalCount } } }`;
  const countsOf = async (id: string, caller: TestCaller) =>
    (await employee.ask(query, caller, { id })).data?.["employee"];

  test("count direct and indirect reports", async () => {
    expect(await countsOf("emp_mia", ada)).toEqual({
      directReportCount: 5,
      totalReportCount: 7,
      directReports: { totalCount: 5 },
    });
    expect(await countsOf("emp_0001", ada)).toMatchObject({
      totalReportCount: 46,
    });
  });

  test("leave a pre-hire out for everybody, and list them only for those who may see them", async () => {
    expect(await countsOf("emp_amir", ada)).toEqual({
      directReportCount: 4,
      totalReportCount: 4,
      directReports: { totalCount: 4 },
    });
    expect(await countsOf("emp_amir", amir)).toEqual({
      directReportCount: 4,
      totalReportCount: 4,
      directReports: { totalCount: 5 },
    });
  });
});

describe("employment (E1)", () => {
  test("reads contract facts, the share of full time and the assignment of any day", async () => {
    const { data, errors } = await employee.ask(
      `{ employee(id: "emp_0012") { employment {
        type weeklyHoursHundredths fte legalEntity { id } job { code }
        now: assignment { kind department { id } }
        then: assignment(asOf: "2027-03-01") { kind department { id } manager { id } }
        never: assignment(asOf: "1999-01-01") { id }
        history(first: 1) { nodes { kind effectiveTo } totalCount pageInfo { hasNextPage endCursor } } } } }`,
      hana,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      employee: {
        employment: {
          type: "PERMANENT",
          weeklyHoursHundredths: 4000,
          fte: 1,
          legalEntity: { id: "le_de" },
          job: { code: "ENG" },
          now: { kind: "HIRE", department: { id: "dep_technology" } },
          then: {
            kind: "TRANSFER",
            department: { id: "dep_platform" },
            manager: { id: "emp_mia" },
          },
          never: null,
          history: {
            nodes: [{ kind: "TRANSFER", effectiveTo: null }],
            totalCount: 2,
            pageInfo: { hasNextPage: true },
          },
        },
      },
    });
  });

  test("keeps the first hire of someone who came back, and no assignment between", async () => {
    const { data } = await employee.ask(
      `{ employee(id: "emp_0019") { hireDate employment { hireDate originalHireDate
        between: assignment(asOf: "2025-06-01") { id } history { nodes { kind } } } } }`,
      hana,
    );
    expect(data).toEqual({
      employee: {
        hireDate: "2026-01-01",
        employment: {
          hireDate: "2026-01-01",
          originalHireDate: expect.stringMatching(/^202[12]-/),
          between: null,
          history: { nodes: [{ kind: "REHIRE" }, { kind: "HIRE" }] },
        },
      },
    });
  });

  test("counts 38.5 hours as 0.9625 and Monday to Wednesday as 0.6", async () => {
    const { data } = await employee.ask(
      `{ a: employee(id: "emp_0006") { employment { fte } } b: employee(id: "emp_0007") { employment { fte } } }`,
      hana,
    );
    expect(data).toEqual({
      a: { employment: { fte: 0.9625 } },
      b: { employment: { fte: 0.6 } },
    });
  });
});

describe("personal details (E12)", () => {
  const query = `{ employee(id: "emp_ada") { personal {
    legalName homeAddress { city countryCode } emergencyContacts { name } nationalIdMasked nationalId } } }`;
  const person = (data: unknown) =>
    (data as { employee: { personal: Record<string, unknown> } }).employee
      .personal;

  test("give the national id in clear to who holds its own scope", async () => {
    const { data, errors } = await employee.ask(query, pam);
    expect(errors).toBeUndefined();
    expect(person(data)["nationalId"]).toMatch(/^00000\d{6}$/);
    expect(person(data)["nationalIdMasked"]).toBe(
      `•••• ${String(person(data)["nationalId"]).slice(-4)}`,
    );
  });

  test("give only the mask to HR, and name the scope that is missing", async () => {
    const { data, errors } = await employee.ask(query, hana);
    expect(person(data)).toMatchObject({
      legalName: "Ada Kern",
      homeAddress: { city: "Berlin", countryCode: "DE" },
      nationalIdMasked: expect.stringMatching(/^•••• \d{4}$/),
      nationalId: null,
    });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ["employee", "personal", "nationalId"],
        extensions: expect.objectContaining({
          code: "UNAUTHORIZED_FIELD_OR_TYPE",
          missingScopes: ["employee:nationalid:read"],
        }),
      }),
    ]);
  });
});
