import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ManifestOperation } from "./documents-manifest.ts";
import { checkout } from "./services.ts";
import { runHr } from "./testing.ts";

const examples = join(checkout, "examples/operations");

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-documents-"));
  out = join(folder, "trusted-documents.json");
});
afterEach(() => rm(folder, { recursive: true }));

describe("hr documents", () => {
  test("writes every operation of the examples, by name, in Apollo's format", async () => {
    const { code, stdout, stderr } = await documents(examples);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { operations, ...head } = JSON.parse(stdout) as Manifest;
    expect(head).toEqual({
      format: "apollo-persisted-query-manifest",
      version: 1,
    });
    expect(operations.map(({ name }) => name)).toEqual([
      ...["ApproveLeave", "DirectorySync", "EmployeeFile", "MyLeave"],
      ...["MyPayslips", "MyProfile", "PayRunReview", "PayrollExport"],
      ...["PreviewLeave", "SubmitLeave", "Team", "WhoAmI"],
    ]);
    for (const { id, body } of operations)
      expect(id).toBe(createHash("sha256").update(body).digest("hex"));
  });

  test("puts beside each what it needs, and the fragments it uses behind it by name", async () => {
    await given({
      "fragments.graphql":
        "fragment Unused on Employee { id } fragment Who on Employee { id ...Name } fragment Name on Employee { displayName }",
      "me/me.gql": "# who?\nquery Me { me { ...Who } }",
      "who-am-i.graphql": "query WhoAmI { viewer { subject } }",
      "readme.md": "query",
    });
    const { stdout } = await documents(folder);
    const { operations } = JSON.parse(stdout) as Manifest;
    expect(operations).toMatchObject([
      {
        name: "Me",
        type: "query",
        body: "query Me {\n  me {\n    ...Who\n  }\n}\n\nfragment Name on Employee {\n  displayName\n}\n\nfragment Who on Employee {\n  id\n  ...Name\n}",
        requiredScopes: [["employee:read:self"], ["employee:read"]],
      },
      { name: "WhoAmI", requiredScopes: [[]] },
    ]);
  });

  test("writes the same for the same operations, however they are given", async () => {
    const name = "fragment F on Employee { id }";
    const query = "query Q { me { ...F } }";
    await given({ "a.graphql": `${query} ${name}` });
    const together = await documents(folder);
    await given({ "a.graphql": name, "b.graphql": `\n${query}` });
    const files = ["b.graphql", "a.graphql"].map((file) => join(folder, file));
    expect(await documents(...files, folder)).toEqual(together);
  });

  test("--out writes a file, which --check then finds fresh, and stale once anything changed", async () => {
    await given({ "a.graphql": "query Q { me { id } }" });
    expect(await documents("--out", out, folder)).toEqual({
      ...{ code: 0, stderr: "" },
      stdout: `wrote ${out}: 1 documents\n`,
    });
    const written = await readFile(out, "utf8");
    expect(written).toBe((await documents(folder)).stdout);
    const check = ["--check", "--out", out, folder];
    expect(await documents(...check)).toMatchObject({ code: 0 });
    await given({ "a.graphql": "query Q { me { displayName } }" });
    expect(await documents(...check)).toEqual({
      ...{ code: 1, stdout: "" },
      stderr: `Stale: ${out}. Run npx hr documents --out ${out} ${folder} and commit what it writes.\n`,
    });
    expect(await readFile(out, "utf8")).toBe(written);
  });

  test("--check exits 1 when there is no such file, and 2 without one named", async () => {
    const check = await documents("--check", "--out", out, examples);
    expect(check).toMatchObject({ code: 1, stdout: "" });
    expect(await documents("--check", examples)).toMatchObject({ code: 2 });
  });
});

describe("hr documents exits 1, naming file and line, for", () => {
  test("what does not fit the schema, all of it at once", async () => {
    await given({
      "a.graphql": "query A {\n  me { nme }\n}",
      "b.graphql": "query B { me { idd } }",
    });
    await refused([
      `${folder}/a.graphql:2:8: Cannot query field "nme" on type "Employee".`,
      `${folder}/b.graphql:1:16: Cannot query field "idd" on type "Employee". Did you mean "id"?`,
    ]);
  });

  test("what is no GraphQL", async () => {
    await given({ "a.graphql": "query A {\n" });
    await refused([
      `${folder}/a.graphql:2:1: Syntax Error: Expected Name, found <EOF>.`,
    ]);
  });

  test("a name that two operations have", async () => {
    await given({
      "a.graphql": "query A { me { id } }",
      "b.graphql": "\nquery A { me { displayName } }",
    });
    await refused([
      `${folder}/a.graphql:1:7: There can be only one operation named "A". (also ${folder}/b.graphql:2:7)`,
    ]);
  });

  test("an operation without a name, alone or among others", async () => {
    await given({ "a.graphql": "\n{ me { id } }" });
    const { code, stdout, stderr } = await documents(folder);
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 1, stdout: "" },
      stderr: `${folder}/a.graphql:2:1: The operation has no name: write query SomeName.\n`,
    });
    await given({ "b.graphql": "query B { me { id } }" });
    await refused([
      `${folder}/a.graphql:2:1: This anonymous operation must be the only defined operation.`,
    ]);
  });

  test("a folder without any, and a path that is not there", async () => {
    expect(await documents(folder)).toMatchObject({
      ...{ code: 1, stdout: "" },
      stderr: `There is no .graphql or .gql file in ${folder}.\n`,
    });
    expect(await documents(out)).toMatchObject({
      ...{ code: 1, stdout: "" },
      stderr: `${out} is not there.\n`,
    });
  });
});

type Manifest = {
  readonly format: string;
  readonly version: number;
  readonly operations: readonly ManifestOperation[];
};

function documents(...args: readonly string[]) {
  return runHr(["documents", ...args], {});
}

async function given(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
  }
}

async function refused(lines: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await documents(folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const schema = join(checkout, "gateway/supergraph.graphql");
  const cure = `Each operation needs a name of its own and has to fit ${schema}.`;
  expect(stderr.split("\n")).toEqual([...lines, cure, ""]);
}
