import {
  type Principal,
  allScopes,
  anonymous,
  completeResponse,
  filterOperation,
  meets,
  readRules,
  wireOperation,
} from "@hr/access";
import { Kind, buildASTSchema, executeSync, parse } from "graphql";
import { compileCheck } from "../gateway/src/compiled/check-answer.ts";
import type { JsonObject } from "../gateway/src/compiled/json.ts";
import { compileWriter } from "../gateway/src/compiled/write-response.ts";
import { compensationOf, employees, leaveBalancesOf } from "./graph/company.ts";
import { compose } from "./graph/supergraph.ts";
import { interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

/**
 * What it costs to turn merged data into the answer's text, against `JSON.stringify`
 * of the same data as they are: judged, completed and put in text step by step, or
 * by the compiled writer in its two forms. Each text becomes bytes, as on a socket.
 */
const rounds = Number(process.argv[2] ?? 9);
const url = "http://127.0.0.1/graphql";
const sdl = parse(compose({ employee: url, payroll: url, leave: url }));
const schema = buildASTSchema(sdl, { assumeValidSDL: true });
const rules = readRules(sdl, schema);
const prefix = "r_";

const person = "id displayName email jobTitle department { name }";
const joined =
  "displayName department { name } compensation { base { amount currency } frequency } leaveBalances { leaveType available }";
const levels = 9;
const deep = `{ me { ${"displayName manager { ".repeat(levels)} displayName ${"}".repeat(levels)} } }`;

const people = employees.map((one, n) => ({
  ...one,
  compensation: compensationOf(one.id),
  leaveBalances: leaveBalancesOf(one.id),
  manager: () => people[n + 1],
}));
const rootValue = {
  me: people[1],
  employees: ({ first }: { readonly first: number }) => ({
    nodes: people.slice(0, first),
  }),
};

process.stdout.write(
  "| answer | bytes | `JSON.stringify` µs | step by step × | closures × | code × |\n|---|--:|--:|--:|--:|--:|\n",
);
for (const [what, source, scopes] of [
  ["`me`", `{ me { ${person} } }`, allScopes],
  ["50 of 6 fields", listOf(50, `mail: email ${person}`), allScopes],
  ["20 over three subgraphs", listOf(20, joined), allScopes],
  ["20, partly denied", listOf(20, joined), ["employee:read"]],
  ["1,000 over three subgraphs", listOf(1_000, joined), allScopes],
  ["10 levels", deep, allScopes],
] as const) {
  const { contestants, bytes } = contest(source, scopes);
  const timings = await interleave(contestants, { rounds, milliseconds: 200 });
  const of = (name: string) => ratio(timings, name, "bare");
  process.stdout.write(
    `| ${what} | ${bytes} | ${median(timings["bare"] ?? []).toFixed(1)} | ${of("steps")} | ${of("closures")} | ${of("code")} |\n`,
  );
}

function listOf(first: number, fields: string): string {
  return `{ employees(first: ${first}) { nodes { ${fields} } } }`;
}

function contest(source: string, scopes: readonly string[]) {
  const { filtered, document, sent } = decide(source, scopes);
  const { data } = executeSync({ schema, document, rootValue });
  const root = JSON.parse(JSON.stringify(data)) as JsonObject;
  const input = { schema, filtered, prefix };
  const check = compileCheck(schema, sent);
  const steps = () => {
    const { data } = check(root);
    const answer = completeResponse({ ...input, data, introspection: {} });
    return JSON.stringify(answer);
  };
  const closures = compileWriter(input, "closures");
  const code = compileWriter(input, "code");
  const expected = steps();
  if (closures?.(root) !== expected || code?.(root) !== expected)
    throw new Error("The answers differ");
  return {
    bytes: Buffer.byteLength(expected),
    contestants: {
      bare: () => Buffer.from(JSON.stringify(root)),
      steps: () => Buffer.from(steps()),
      closures: () => Buffer.from(closures(root) ?? ""),
      code: () => Buffer.from(code(root) ?? ""),
    },
  };
}

function decide(source: string, scopes: readonly string[]) {
  const [operation] = parse(source).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(source);
  const principal: Principal = {
    ...anonymous,
    ...{ kind: "person", subject: "usr_bench", clientId: "bench" },
    scopes: new Set(scopes),
  };
  const filtered = filterOperation({
    ...{ schema, operation, rules, prefix },
    ...{ fragments: new Map(), variables: {} },
    meets: (requirement) => meets(requirement, principal),
  });
  const document = wireOperation(filtered, prefix);
  const [sent] = document?.definitions ?? [];
  if (!document || sent?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error("Nothing is asked");
  return { filtered, document, sent };
}
