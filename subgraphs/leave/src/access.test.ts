import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type LeaveUnderTest,
  ada,
  chiamaka,
  hana,
  ingrid,
  mia,
  oliver,
  otto,
  person,
  startWithDemoCompany,
} from "./testing.ts";

let leave: LeaveUnderTest;
beforeAll(async () => {
  leave = await startWithDemoCompany();
});
afterAll(() => leave.close());

/** One request each: Ada's, Mia's, Elif's (below Mia through Chiamaka), and a stranger's to both. */
const requests = {
  ada: { id: "lvr_demo_02", of: "emp_ada" },
  mia: { id: "lvr_demo_03", of: "emp_mia" },
  elif: { id: "lvr_demo_12", of: "emp_0011" },
  hana: { id: "lvr_demo_05", of: "emp_hana" },
  stranger: { id: "lvr_demo_08", of: "emp_0016" },
} as const;
type Whose = keyof typeof requests;

/** May see reports' leave, and nothing of its own. */
const reportsOnly = person("mia", ["employee:read", "leave:read:reports"]);

const readers: readonly (readonly [string, typeof otto, readonly Whose[]])[] = [
  ["Ada", ada, ["ada"]],
  ["Mia", mia, ["ada", "mia", "elif"]],
  ["Mia with reports alone", reportsOnly, ["ada", "elif"]],
  ["Chiamaka", chiamaka, ["elif"]],
  ["Oliver", oliver, []],
  ["Hana", hana, ["ada", "mia", "elif", "hana", "stranger"]],
  ["Otto", otto, ["ada", "mia", "elif", "hana", "stranger"]],
];

describe.each(readers)("%s", (_, as, sees) => {
  test("opens a request by id within reach and finds nothing beyond it", async () => {
    const query = "query ($id: ID!) { leaveRequest(id: $id) { id } }";
    for (const [whose, { id }] of Object.entries(requests)) {
      const { data, errors } = await leave.ask(query, as, { id });
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        leaveRequest: sees.includes(whose as Whose) ? { id } : null,
      });
    }
  });

  test("lists and counts requests within reach alone", async () => {
    const { data, errors } = await leave.ask(
      "{ leaveRequests(first: 100) { totalCount nodes { id } } }",
      as,
    );
    expect(errors).toBeUndefined();
    const { totalCount, nodes } = (
      data as {
        leaveRequests: { totalCount: number; nodes: { id: string }[] };
      }
    ).leaveRequests;
    expect(totalCount).toBe(nodes.length);
    const ids = nodes.map(({ id }) => id);
    for (const [whose, { id }] of Object.entries(requests))
      expect(ids.includes(id)).toBe(sees.includes(whose as Whose));
  });

  test.each([
    ["leaveBalances { available }"],
    ["leaveRequests { totalCount }"],
    ['leaveLedger(leaveTypeId: "lvt_annual") { totalCount }'],
    ["workSchedule { week }"],
  ])(
    "reads %s of people within reach, is forbidden the others'",
    async (field) => {
      const name = field.split(/\W/)[0] ?? "";
      for (const [whose, { of }] of Object.entries(requests)) {
        const { data, errors } = await leave.ask(
          `query ($id: ID!) { _entities(representations: [{ __typename: "Employee", id: $id }]) {
          ... on Employee { ${field} } } }`,
          as,
          { id: of },
        );
        const [row] = (data as { _entities: Record<string, unknown>[] })
          ._entities;
        if (sees.includes(whose as Whose)) {
          expect(errors).toBeUndefined();
          expect(row?.[name]).not.toBeNull();
        } else {
          expect(row?.[name]).toBeNull();
          expect(errors).toMatchObject([
            {
              extensions: { code: "FORBIDDEN", coordinate: `Employee.${name}` },
            },
          ]);
        }
      }
    },
  );

  test("is given a request by reference only within reach, whatever the reference says", async () => {
    for (const [whose, { id }] of Object.entries(requests)) {
      const reference = {
        __typename: "LeaveRequest",
        id,
        employeeId: as.employeeId,
      };
      const { data, errors } = await leave.ask(
        `query ($r: [_Any!]!) { _entities(representations: $r) { ... on LeaveRequest { id status } } }`,
        as,
        { r: [reference] },
      );
      const seen = sees.includes(whose as Whose);
      expect(data).toEqual({
        _entities: [seen ? { id, status: "PENDING" } : null],
      });
      expect(errors?.[0]?.extensions["code"]).toBe(
        seen ? undefined : "FORBIDDEN",
      );
    }
  });
});

const deniedMutations = {
  submit: `mutation { submitLeaveRequest(input: { period: { employeeId: "$of", leaveTypeId: "lvt_annual",
    startDate: "2026-08-10", endDate: "2026-08-10" } }) { errors { __typename } } }`,
  preview: `query { previewLeaveRequest(input: { employeeId: "$of", leaveTypeId: "lvt_annual",
    startDate: "2026-08-10", endDate: "2026-08-10" }) { days } }`,
  cancel: `mutation { cancelLeaveRequest(input: { leaveRequestId: "$id" }) { errors { __typename } } }`,
  approve: `mutation { approveLeaveRequest(input: { leaveRequestId: "$id" }) { errors { __typename } } }`,
  reject: `mutation { rejectLeaveRequest(input: { leaveRequestId: "$id" }) { errors { __typename } } }`,
};

describe("a target out of reach and one that does not exist look the same (A4)", () => {
  const nobody = { id: "lvr_of_nobody", of: "emp_nobody" };
  const out: readonly (readonly [
    keyof typeof deniedMutations,
    string,
    typeof otto,
    readonly { readonly id: string; readonly of: string }[],
  ])[] = [
    ["submit", "Ada", ada, [requests.mia, requests.stranger, nobody]],
    ["submit", "Mia", mia, [requests.ada, requests.elif, nobody]],
    ["submit", "Hana", hana, [nobody]],
    ["preview", "Mia", mia, [requests.ada, requests.stranger, nobody]],
    ["cancel", "Ada", ada, [requests.mia, requests.stranger, nobody]],
    ["cancel", "Mia", mia, [requests.ada, requests.elif, nobody]],
    ["cancel", "Hana", hana, [nobody]],
    ["approve", "Mia", mia, [requests.stranger, requests.hana, nobody]],
    ["approve", "Chiamaka", chiamaka, [requests.ada, requests.mia, nobody]],
    ["reject", "Oliver", oliver, [requests.ada, requests.stranger, nobody]],
    ["reject", "Hana", hana, [nobody]],
  ];

  test.each(out)("%s by %s", async (action, _, as, targets) => {
    const answers = [];
    for (const { id, of } of targets) {
      const query = deniedMutations[action]
        .replace("$id", id)
        .replace("$of", of);
      const { data, errors } = await leave.ask(query, as);
      expect(Object.values(data ?? {})).toEqual([null]);
      answers.push(errors?.map((one) => [one.message, one.extensions]));
    }
    expect(answers[0]).toMatchObject([
      [expect.any(String), { code: "FORBIDDEN" }],
    ]);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test("who holds no scope to decide is told which one opens it", async () => {
    const query = deniedMutations.approve.replace("$id", requests.ada.id);
    const { errors } = await leave.ask(query, ada);
    expect(errors).toMatchObject([
      {
        extensions: {
          code: "UNAUTHORIZED_FIELD_OR_TYPE",
          coordinate: "Mutation.approveLeaveRequest",
        },
      },
    ]);
  });
});

describe("leaveApprovals", () => {
  const inbox = async (as: typeof otto) => {
    const { data } = await leave.ask("{ leaveApprovals { nodes { id } } }", as);
    return (
      data as { leaveApprovals: { nodes: { id: string }[] } }
    ).leaveApprovals.nodes.map(({ id }) => id);
  };

  test("shows Mia what is stamped to her, oldest first, and Chiamaka hers", async () => {
    expect(await inbox(mia)).toEqual([requests.ada.id, "lvr_demo_14"]);
    expect(await inbox(chiamaka)).toEqual([requests.elif.id]);
    expect(await inbox(oliver)).toEqual([]);
  });

  test("shows Hana what nobody is asked to decide, never her own", async () => {
    expect(await inbox(hana)).toEqual(["lvr_demo_06"]);
  });
});

describe("leaveTypes", () => {
  const codes = async (as: typeof otto, more = "") => {
    const { data } = await leave.ask(`{ leaveTypes${more} { code } }`, as);
    return (data as { leaveTypes: { code: string }[] }).leaveTypes.map(
      ({ code }) => code,
    );
  };

  test("are those open to Ada, by code", async () => {
    expect(await codes(ada)).toEqual([
      ...["ANNUAL", "COMP", "LEARNING", "PARENTAL", "SICK", "UNPAID"],
    ]);
  });

  test("include what is not offered any more on request", async () => {
    expect(await codes(ada, "(includeInactive: true)")).toContain("SABBATICAL");
  });

  test("are none for a caller nobody knows, and all for the auditor", async () => {
    expect(await codes(person("nobody", ada.scopes))).toEqual([]);
    expect(await codes(otto)).toHaveLength(6);
  });
});

describe("viewerCanApprove and viewerCanCancel (A8)", () => {
  const everyone = { ada, mia, chiamaka, oliver, ingrid, hana };

  test("say what the mutations then do, for everybody and in every state", async () => {
    const { data } = await leave.ask(
      "{ leaveRequests(first: 100) { nodes { id } } }",
      otto,
    );
    const ids = (
      data as { leaveRequests: { nodes: { id: string }[] } }
    ).leaveRequests.nodes.map(({ id }) => id);
    for (const id of ids)
      for (const as of Object.values(everyone)) {
        const shown = await flagsOf(id, as);
        // Nothing is told about what cannot be read.
        if (!shown) continue;
        if (!shown.viewerCanApprove)
          expect(await succeeds("approve", id, as)).toBe(false);
        if (!shown.viewerCanCancel)
          expect(await succeeds("cancel", id, as)).toBe(false);
      }
  });

  test.each([
    ["approve", "Mia", mia, "lvr_demo_14"],
    ["cancel", "Ada", ada, requests.ada.id],
    ["approve", "Ingrid", ingrid, requests.mia.id],
    ["approve", "Chiamaka", chiamaka, requests.elif.id],
    ["cancel", "Hana", hana, "lvr_demo_16"],
    ["approve", "Hana", hana, "lvr_demo_06"],
  ] as const)("%s is offered to %s and works", async (action, _, as, id) => {
    const shown = await flagsOf(id, as);
    expect(
      action === "approve" ? shown?.viewerCanApprove : shown?.viewerCanCancel,
    ).toBe(true);
    expect(await succeeds(action, id, as)).toBe(true);
  });

  async function flagsOf(id: string, as: typeof otto) {
    const { data } = await leave.ask(
      "query ($id: ID!) { leaveRequest(id: $id) { viewerCanApprove viewerCanCancel } }",
      as,
      { id },
    );
    return (
      data as {
        leaveRequest: {
          viewerCanApprove: boolean;
          viewerCanCancel: boolean;
        } | null;
      }
    ).leaveRequest;
  }

  async function succeeds(
    action: "approve" | "cancel",
    id: string,
    as: typeof otto,
  ): Promise<boolean> {
    const query = deniedMutations[action].replace("$id", id);
    const { data } = await leave.ask(query, as);
    const answer = Object.values(data ?? {})[0] as {
      errors: unknown[];
    } | null;
    return answer !== null && answer.errors.length === 0;
  }
});
