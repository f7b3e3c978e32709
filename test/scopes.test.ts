import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkout } from "@hr/cli";

const main = join(checkout, "packages/cli/src/main.ts");
const examples = "examples/operations";
const fragments = example("fragments");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-scopes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("hr scopes, given operations,", () => {
  test("names the sets that suffice, the smallest first", async () => {
    expect(
      await scopes(example("payroll-export"), example("who-am-i")),
    ).toEqual(
      answer(`PayrollExport (query, examples/operations/payroll-export.graphql)
  needs  employee:read:self payroll:payslip:read payroll:read
  or     employee:read payroll:payslip:read payroll:read

WhoAmI (query, examples/operations/who-am-i.graphql)
  needs  a signed-in caller
`),
    );
  });

  test("shares fragments, and factors sets too many to read", async () => {
    expect(
      await scopes(example("request-leave"), fragments, example("my-payslips")),
    ).toEqual(
      answer(`PreviewLeave (query, examples/operations/request-leave.graphql)
  needs  employee:read:self leave:calendar:read leave:request:self
  or     employee:read leave:calendar:read leave:request:self
  or     employee:read:self leave:calendar:read leave:request
  or     employee:read leave:calendar:read leave:request

SubmitLeave (mutation, examples/operations/request-leave.graphql)
  needs  leave:read:self leave:request:self
  or     leave:read:reports leave:request:self
  or     leave:read leave:request:self
  or     leave:read:self leave:request
  or     leave:read:reports leave:request
  or     leave:read leave:request

MyPayslips (query, examples/operations/my-payslips.graphql)
  needs  employee:read:self payroll:compensation:read:self payroll:payslip:read:self
  or     one of 11 other sets, by a choice in each line:
         employee:read or employee:read:self
         payroll:payslip:read or payroll:payslip:read:self
         payroll:compensation:read or payroll:compensation:read:reports or payroll:compensation:read:self
`),
    );
  });

  test("offers a machine no scope with a reach", async () => {
    const machine = ["--machine", example("team"), fragments];
    expect(await scopes(...machine)).toEqual(
      answer(`Team (query, examples/operations/team.graphql)
  needs  employee:job:read employee:read leave:approve leave:calendar:read leave:read

ApproveLeave (mutation, examples/operations/team.graphql)
  needs  leave:approve leave:read
`),
    );
  });

  test("says that what is open needs nothing", async () => {
    const file = await write("open.graphql", "{ __typename }");
    expect((await scopes(file)).stdout).toBe(
      `(no name) (query, ${file})\n  needs  nothing\n`,
    );
  });

  test("reads every example of the repository, one of each name", async () => {
    const files = await readdir(join(checkout, examples));
    const all = files.sort().map((file) => `${examples}/${file}`);
    const { operations } = await json<Needs>(...all);
    expect(operations.map(({ name }) => name)).toEqual([
      "DirectorySync",
      "EmployeeFile",
      "MyLeave",
      "MyPayslips",
      "MyProfile",
      "PayRunReview",
      "PayrollExport",
      "PreviewLeave",
      "SubmitLeave",
      "Team",
      "ApproveLeave",
      "WhoAmI",
    ]);
  });

  test("prints JSON for other tools", async () => {
    expect(await json(example("payroll-export"))).toEqual({
      operations: [
        {
          name: "PayrollExport",
          type: "query",
          source: example("payroll-export"),
          signedIn: true,
          smallest: [
            "employee:read:self",
            "payroll:payslip:read",
            "payroll:read",
          ],
          alternatives: [
            ["employee:read:self", "payroll:payslip:read", "payroll:read"],
            ["employee:read", "payroll:payslip:read", "payroll:read"],
          ],
          truncated: false,
          policies: [],
        },
      ],
    });
  });

  test("reads another supergraph, names its policies and what no machine can have", async () => {
    const supergraph = await write("other.graphql", await withPolicy());
    const asked = ["--supergraph", supergraph, example("who-am-i")];
    expect((await scopes(...asked)).stdout)
      .toBe(`WhoAmI (query, examples/operations/who-am-i.graphql)
  needs  employee:read:self
  and    policy recent-sign-in or person & on-site
`);
    expect((await scopes("--machine", ...asked)).stdout)
      .toBe(`WhoAmI (query, examples/operations/who-am-i.graphql)
  needs  what no machine can hold: scopes with a reach
  and    policy recent-sign-in or person & on-site
`);
  });
});

describe("a persisted-operations manifest", () => {
  const body = "query Pay { payRuns { nodes { number } } }";
  const pay = { name: "Pay", type: "query", smallest: ["payroll:read"] };

  test("is read in Apollo's format", async () => {
    const manifest = await write(
      "apollo.json",
      JSON.stringify({
        format: "apollo-persisted-query-manifest",
        version: 1,
        operations: [{ id: "b7e1", name: "Pay", type: "query", body }],
      }),
    );
    expect(await json("--manifest", manifest)).toMatchObject({
      operations: [{ ...pay, source: `${manifest} (b7e1)` }],
    });
  });

  test("is read as an object of hash to document, beside files", async () => {
    const map = await write("map.json", JSON.stringify({ "5c0a": body }));
    const { operations } = await json<Needs>(
      "--manifest",
      map,
      example("who-am-i"),
    );
    expect(operations).toMatchObject([
      { name: "WhoAmI" },
      { ...pay, source: `${map} (5c0a)` },
    ]);
  });

  test.each([
    ["no JSON", "{", "it is no JSON"],
    ["a list", "[]", "it is no JSON object"],
    [
      "of another version",
      '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}',
      'format and version are not "apollo-persisted-query-manifest" and 1',
    ],
    [
      "without a body",
      '{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a"}]}',
      "every operation needs an id and a body, both strings",
    ],
    [
      "of numbers",
      '{"a":1}',
      "every value needs to be a document, as a string",
    ],
  ])("that is %s is refused", async (_what, text, why) => {
    const manifest = await write("wrong.json", text);
    expect(await scopes("--manifest", manifest)).toEqual(
      failure(`${manifest} is no persisted-operations manifest: ${why}\n`),
    );
  });

  test("names document, line and column of what is not valid", async () => {
    const manifest = await write("bad.json", '{"5c0a":"{\\n  mee { id } }"}');
    expect(await scopes("--manifest", manifest)).toEqual(
      failure(
        `${manifest} (5c0a):2:3: Cannot query field "mee" on type "Query". Did you mean "me"?\n`,
      ),
    );
  });
});

describe("hr scopes --check", () => {
  test.each(["payroll-export", "directory-sync"])(
    "finds %s registered for what it sends, and no more",
    async (id) => {
      const { code, stderr } = await check(id, example(id));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    },
  );

  test("fails for a client that lacks scopes, and names them for each operation", async () => {
    const files = [example("payroll-export"), example("my-leave"), fragments];
    expect(await check("payroll-export", ...files)).toEqual({
      code: 1,
      stdout: `client       payroll-export (machine)
covered      PayrollExport, examples/operations/payroll-export.graphql
not covered  MyLeave, examples/operations/my-leave.graphql: lacks leave:calendar:read leave:read
missing      leave:calendar:read leave:read
superfluous  –
`,
      stderr: "payroll-export lacks what its operations need.\n",
    });
  });

  test("fails for a client that holds more than it needs", async () => {
    const file = await write("names.graphql", "{ jobs { nodes { title } } }");
    expect(await check("directory-sync", file)).toEqual({
      code: 1,
      stdout: `client       directory-sync (machine)
covered      (no name), ${file}
missing      –
superfluous  employee:job:read
`,
      stderr: "directory-sync holds what none of them needs.\n",
    });
  });

  test("tells both in JSON", async () => {
    const answered = await scopes(
      ...["--check", "--client", "directory-sync", "--json"],
      example("payroll-export"),
    );
    expect(answered.code).toBe(1);
    expect(JSON.parse(answered.stdout)).toEqual({
      client: {
        id: "directory-sync",
        kind: "machine",
        scopes: ["employee:read", "employee:job:read"],
      },
      operations: [
        {
          name: "PayrollExport",
          source: example("payroll-export"),
          covered: false,
          missing: ["payroll:payslip:read", "payroll:read"],
        },
      ],
      missing: ["payroll:payslip:read", "payroll:read"],
      superfluous: ["employee:job:read"],
      wide: [],
    });
    expect(answered.stderr).toBe(
      "directory-sync lacks what its operations need and holds what none of them needs.\n",
    );
  });

  test("keeps for a person's client every reach that a role can use", async () => {
    const { code, stdout } = await check(
      "hr-spa",
      example("my-leave"),
      fragments,
    );
    expect(code).toBe(1);
    const superfluous = /^superfluous +(.+)$/m.exec(stdout)?.[1]?.split(" ");
    expect(superfluous).not.toContain("leave:read");
    expect(superfluous).not.toContain("leave:read:reports");
    expect(superfluous).not.toContain("leave:read:self");
    expect(superfluous).toContain("payroll:read");
    expect(stdout).toMatch(/^note .* all is covered without .*leave:read\b/m);
  });
});

describe("hr scopes --who", () => {
  test("lists personas, roles and clients, and whose rows they reach", async () => {
    expect(await scopes("--who", "Query.leaveApprovals")).toEqual(
      answer(`Query.leaveApprovals
needs    leave:approve or leave:approve:reports

persona  ada (employee)            none
         mia (manager)             reports
         hana (hr-partner)         all
         pam (payroll-officer)     none
         amir (payroll-approver)   none
         otto (auditor)            none
role     employee                  none
         manager                   reports
         hr-partner                all
         payroll-officer           none
         payroll-approver          none
         auditor                   none
client   hr-spa (browser)          all
         explorer (browser)        all
         hr-cli (native)           all
         partner-portal (partner)  none
         payroll-export (machine)  none
         directory-sync (machine)  none
         calendar-sync (machine)   none

A person's token holds what role and client have in common.
`),
    );
  });

  test("counts what stands around a field", async () => {
    const { requirement, personas } = await json<{
      readonly requirement: unknown;
      readonly personas: readonly { name: string; rows: string }[];
    }>("--who", "LeaveBalance.available");
    expect(requirement).toEqual({
      authenticated: false,
      scopes: [[["leave:read"], ["leave:read:reports"], ["leave:read:self"]]],
      policies: [],
    });
    expect(personas.map(({ name, rows }) => [name, rows])).toEqual([
      ["ada", "own"],
      ["mia", "own + reports"],
      ["hana", "all"],
      ["pam", "all"],
      ["amir", "own"],
      ["otto", "all"],
    ]);
  });

  test.each([
    ["Employee.compensatoin", "Employee.compensation"],
    ["Paysilp", "Payslip"],
    ["join__Graph", ""],
  ])("does not know %s", async (coordinate, near) => {
    const { code, stdout, stderr } = await scopes("--who", coordinate);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(
        `^${coordinate} is not in the API\\.( Did you mean ${near}\\b)?`,
      ),
    );
    if (near) expect(stderr).toContain(`Did you mean ${near}`);
  });
});

describe("hr scopes --reverse", () => {
  test("lists the fields a scope opens, alone and with others", async () => {
    expect(await scopes("--reverse", "payroll:payslip:read")).toEqual(
      answer(`payroll:payslip:read  See everybody's payslips.

alone
  Payslip            id number periodStart periodEnd payDate currency gross net lines yearToDate status corrects
  PayslipConnection  nodes
  PayslipEdge        node
  Query              payslip payslips

with payroll:read
  PayRun   payslips
  Payslip  payRun

with employee:read:self or employee:read
  Employee  payslips payGroup
  Payslip   employee
`),
    );
  });

  test("prints JSON for other tools", async () => {
    expect(await json("--reverse", "employee:nationalid:read")).toEqual({
      scope: "employee:nationalid:read",
      fields: [
        {
          coordinate: "PersonalDetails.nationalId",
          with: [["employee:pii:read:self"], ["employee:pii:read"]],
          truncated: false,
        },
      ],
    });
  });

  test("names near scopes for one that no rule names", async () => {
    expect(await scopes("--reverse", "leave:raed")).toEqual(
      failure(
        "No rule names the scope leave:raed. Did you mean leave:read or leave:request?\n",
      ),
    );
  });
});

describe("what is no operation of this API", () => {
  test("is named with file, line, column and message, all at once", async () => {
    const one = await write("one.graphql", "query One {\n  me { nope }\n}");
    const two = await write("two.graphql", "query Two {\n  ...Lost\n}");
    expect(await scopes(one, two)).toEqual(
      failure(`${one}:2:8: Cannot query field "nope" on type "Employee".
${two}:2:6: Unknown fragment "Lost".
`),
    );
  });

  test.each([
    [
      "is not GraphQL",
      "query {",
      ":1:8: Syntax Error: Expected Name, found <EOF>.\n",
    ],
    [
      "is a subscription",
      "subscription S { x }",
      ":1:1: The API serves no subscription.\n",
    ],
    [
      "grows without bound",
      fragmentBomb(),
      ":1:1: It expands to more than 10000 selections.\n",
    ],
  ])("%s", async (_what, text, message) => {
    const file = await write("bad.graphql", text);
    expect(await scopes(file)).toEqual(failure(file + message));
  });

  test("may be a name that stands in two files", async () => {
    const again = await write("again.graphql", "query WhoAmI { __typename }");
    expect(await scopes(example("who-am-i"), again)).toEqual(
      failure(
        `${example("who-am-i")}:3:7: There can be only one operation named "WhoAmI". (also ${again}:1:7)\n`,
      ),
    );
  });

  test("may be a file without one, or none at all", async () => {
    expect(await scopes(fragments)).toEqual(
      failure("There is no operation in what was given.\n"),
    );
    expect(await scopes("none.graphql")).toEqual(
      failure("none.graphql cannot be read: ENOENT\n"),
    );
  });

  test("is told from a supergraph that is none", async () => {
    const schema = "subgraphs/leave/schema.graphql";
    expect(await scopes("--supergraph", schema, "--who", "Date")).toEqual(
      failure(
        `${schema} is no composed supergraph: there is no enum join__Graph\n`,
      ),
    );
  });
});

describe("a usage that makes no sense exits 2", () => {
  const file = example("who-am-i");

  test.each([
    [["--check", file], "--check and --client <id> go together"],
    [["--client", "hr-spa", file], "--check and --client <id> go together"],
    [["--machine"], "name the files of the operations, or a --manifest"],
    [
      ["--who", "Employee", file],
      "ask one thing: operations, --who or --reverse",
    ],
    [["--who", "Employee", "--reverse", "leave:read"], "ask one thing"],
    [
      ["--check", "--client", "hr-app", file],
      "there is no client hr-app, only hr-spa, explorer, hr-cli, partner-portal, payroll-export, directory-sync, calendar-sync",
    ],
    [
      ["--check", "--client", "hr-spa", "--machine", file],
      "leave out --machine",
    ],
    [["--whom", "Employee"], "unknown option '--whom'"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await scopes(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error: ${message}`);
  });
});

test("the vocabulary is listed without arguments", async () => {
  const { code, stdout } = await scopes();
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^payroll:read +See pay runs, pay groups and totals\.$/m,
  );
  expect(stdout.trim().split("\n")).toHaveLength(24);
});

type Needs = { readonly operations: readonly { readonly name: string }[] };

type Answered = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

function scopes(...args: readonly string[]): Promise<Answered> {
  const child = spawn(process.execPath, [main, "scopes", ...args], {
    cwd: checkout,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
}

async function json<Shape>(...args: readonly string[]): Promise<Shape> {
  const { code, stdout, stderr } = await scopes("--json", ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Shape;
}

function check(id: string, ...files: readonly string[]): Promise<Answered> {
  return scopes("--check", "--client", id, ...files);
}

function answer(stdout: string): Answered {
  return { code: 0, stdout, stderr: "" };
}

function failure(stderr: string): Answered {
  return { code: 1, stdout: "", stderr };
}

function example(name: string): string {
  return `${examples}/${name}.graphql`;
}

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** Each fragment spreads the next one ten times. */
function fragmentBomb(): string {
  const levels = [0, 1, 2, 3].map((level) => {
    const inner = level === 3 ? "id" : `...F${level + 1} `.repeat(10);
    return `fragment F${level} on Employee { ${inner} }`;
  });
  return `query Q { me { ${"...F0 ".repeat(10)} } } ${levels.join(" ")}`;
}

/** The real supergraph, with another rule for `Query.viewer`. */
async function withPolicy(): Promise<string> {
  const path = join(checkout, "gateway/supergraph.graphql");
  const text = await readFile(path, "utf8");
  const rule =
    '@policy(policies: [["recent-sign-in"], ["person", "on-site"]]) @requiresScopes(scopes: [["employee:read:self"]])';
  return text
    .replace(
      "schema\n",
      'schema\n  @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)\n',
    )
    .replace(/(viewer: Viewer! .*)@authenticated/, `$1${rule}`)
    .concat(
      "\ndirective @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM\nscalar policy__Policy\n",
    );
}
