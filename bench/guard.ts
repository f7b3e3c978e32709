import "./production.ts";
import { deepStrictEqual } from "node:assert/strict";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type Principal, anonymous } from "@hr/access";
import { createLogger } from "@hr/service";
import { guardSubgraph, openPolicy } from "@hr/service/testing";
import { type ExecutionResult, execute, parse } from "graphql";
import { interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

/**
 * What the guard costs where nothing else does: rows of fields that read a property,
 * run by `execute` of graphql-js in this process. `plain` is the same schema and rows
 * without a guard. Each call is a request of its own: what the guard remembers of a
 * request is made anew in it. More rows, and more fields, show how the cost grows.
 */
const shapes = [
  [100, 10],
  [1_000, 10],
  [5_000, 10],
  [1_000, 1],
  [1_000, 100],
] as const;
const rule = '@requiresScopes(scopes: [["pay:read"], ["pay:read:reports"]])';
const callers: Readonly<Record<string, Caller>> = {
  "no rules": { rule: "", scope: "", below: "all" },
  "company-wide scopes": { rule, scope: "pay:read", below: "all" },
  "by reach, all reports": { rule, scope: "pay:read:reports", below: "all" },
  "by reach, half of them": { rule, scope: "pay:read:reports", below: "half" },
  "scopes missing": { rule, scope: "pay:write", below: "none" },
};
const rounds = Number(process.argv[2] ?? 20);
const logger = createLogger("bench", { write: () => undefined });

print(["rows × fields", "plain, ns a field", ...Object.keys(callers)]);
print(["---", "--:", ...Object.keys(callers).map(() => "--:")]);
for (const [rowCount, fieldCount] of shapes)
  print([
    `${rowCount.toLocaleString("en")} × ${fieldCount}`,
    ...(await compare(companyOf(rowCount, fieldCount))),
  ]);

type Caller = {
  /** On every field. */
  readonly rule: string;
  readonly scope: string;
  /** The rows that are open to it, and by reach below it. */
  readonly below: "all" | "half" | "none";
};

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

type Company = {
  readonly rows: readonly Row[];
  readonly fields: readonly string[];
};

function companyOf(rowCount: number, fieldCount: number): Company {
  const fields = Array.from({ length: fieldCount }, (_, n) => `field${n}`);
  const values = Object.fromEntries(fields.map((name, n) => [name, n]));
  const rows = Array.from({ length: rowCount }, (_, n) => ({
    id: `emp_${n}`,
    ...values,
  }));
  return { rows, fields };
}

/** The cost of a field, then each caller's in multiples of it. */
async function compare(company: Company): Promise<readonly string[]> {
  const contestants: Record<string, () => unknown> = { plain: plain(company) };
  for (const [name, caller] of Object.entries(callers))
    contestants[name] = await guarded(company, caller);
  const timings = await interleave(contestants, { rounds, milliseconds: 100 });
  const cost = median(timings["plain"] ?? []) * 1_000;
  const count = company.rows.length * company.fields.length;
  return [
    (cost / count).toFixed(0),
    ...Object.keys(callers).map((name) => ratio(timings, name, "plain")),
  ];
}

function plain(company: Company): () => unknown {
  const typeDefs = parse(sdlOf(company, ""));
  const resolvers = { Query: { rows: () => company.rows } };
  const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
  const document = documentOf(company);
  const run = () => execute({ schema, document, contextValue: {} });
  check(run() as ExecutionResult, company, company.rows);
  return run;
}

async function guarded(
  company: Company,
  { rule, scope, below }: Caller,
): Promise<() => Promise<ExecutionResult>> {
  const open = company.rows.filter(
    (_, n) => below === "all" || (below === "half" && n % 2 === 0),
  );
  const ids = new Set(open.map(({ id }) => id));
  const { schema, contextOf } = guardSubgraph(
    {
      name: "bench",
      schema: sdlOf(company, rule),
      policy: openPolicy("bench", sdlOf(company, "")),
      resolvers: { Query: { rows: () => company.rows } },
      subjects: { Row: { kind: "of", id: ({ id }: Row) => id } },
      reports: (_, asked) =>
        Promise.resolve(new Set(asked.filter((one) => ids.has(one)))),
      context: () => ({}),
      dependencies: {},
    },
    { logger, clock: () => new Date() },
  );
  const document = documentOf(company);
  const request = { principal: callerWith(scope), requestId: "bench" };
  const run = async () => {
    const asked = { ...request, acceptLanguage: undefined };
    return execute({ schema, document, contextValue: await contextOf(asked) });
  };
  check(await run(), company, open);
  return run;
}

/** Every field of the rows expected to be open has its value, every other is null. */
function check(
  { data }: ExecutionResult,
  { rows, fields }: Company,
  open: readonly Row[],
): void {
  const opened = new Set(open);
  const expected = rows.map((row) =>
    Object.fromEntries(
      fields.map((name) => [name, opened.has(row) ? row[name] : null]),
    ),
  );
  deepStrictEqual(JSON.parse(JSON.stringify(data)), { rows: expected });
}

function documentOf({ fields }: Company) {
  return parse(`{ rows { ${fields.join(" ")} } }`);
}

function sdlOf({ fields }: Company, rule: string): string {
  return `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes"])
    type Query { rows: [Row] }
    type Row { id: ID! ${fields.map((name) => `${name}: Int ${rule}`).join(" ")} }`;
}

function callerWith(scope: string): Principal {
  return {
    ...anonymous,
    ...{ kind: "person", subject: "usr_bench", clientId: "bench" },
    employeeId: "emp_manager",
    scopes: new Set([scope]),
  };
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
