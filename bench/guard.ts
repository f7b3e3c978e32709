import { deepStrictEqual } from "node:assert/strict";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type Principal, anonymous } from "@hr/access";
import { createLogger } from "@hr/service";
import { guardSubgraph, openPolicy } from "@hr/service/testing";
import { type ExecutionResult, execute, parse } from "graphql";
import { interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

/**
 * What the guard costs where nothing else does: 1,000 rows × 10 fields that read a
 * property, run by `execute` of graphql-js in this process. `plain` is the same
 * schema and rows without a guard. Each call is a request of its own: what the
 * guard remembers of a request is made anew in it.
 */
type Row = Readonly<Record<string, unknown>> & { readonly id: string };

const rowCount = 1_000;
const fields = Array.from({ length: 10 }, (_, n) => `field${n}`);
const rows: readonly Row[] = Array.from({ length: rowCount }, (_, n) => ({
  id: `emp_${n}`,
  ...Object.fromEntries(fields.map((name) => [name, n])),
}));
const half = rows.filter((_, n) => n % 2 === 0);
const document = parse(`{ rows { ${fields.join(" ")} } }`);
const resolvers = { Query: { rows: () => rows } };
const logger = createLogger("bench", { write: () => undefined });

const contestants = {
  plain: plain(),
  "no rules": await guarded({ rule: "" }),
  "company-wide scopes": await guarded({ scope: "pay:read" }),
  "by reach, all reports": await guarded({ scope: "pay:read:reports" }),
  "by reach, half of them": await guarded({
    scope: "pay:read:reports",
    below: half,
  }),
  "scopes missing": await guarded({ scope: "pay:write", below: [] }),
};

const timings = await interleave(contestants, {
  rounds: Number(process.argv[2] ?? 50),
  milliseconds: 100,
});
process.stdout.write("| caller | CPU ms | × plain (spread) |\n|---|--:|--:|\n");
for (const name of Object.keys(contestants)) {
  const cost = (median(timings[name] ?? []) / 1_000).toFixed(2);
  process.stdout.write(
    `| ${name} | ${cost} | ${ratio(timings, name, "plain")} |\n`,
  );
}

function plain(): () => unknown {
  const typeDefs = parse(sdlWith(""));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
  const run = () => execute({ schema, document, contextValue: {} });
  check(run() as ExecutionResult, rows);
  return run;
}

async function guarded({
  rule = '@requiresScopes(scopes: [["pay:read"], ["pay:read:reports"]])',
  scope = "",
  below = rows,
}): Promise<() => Promise<ExecutionResult>> {
  const ids = new Set(below.map(({ id }) => id));
  const { schema, contextOf } = guardSubgraph(
    {
      name: "bench",
      schema: sdlWith(rule),
      policy: openPolicy("bench", sdlWith("")),
      resolvers,
      subjects: { Row: { kind: "of", id: ({ id }: Row) => id } },
      reports: (_, asked) =>
        Promise.resolve(new Set(asked.filter((one) => ids.has(one)))),
      context: () => ({}),
      dependencies: {},
    },
    { logger, clock: () => new Date() },
  );
  const request = { principal: callerWith(scope), requestId: "bench" };
  const run = async () => {
    const asked = { ...request, acceptLanguage: undefined };
    return execute({ schema, document, contextValue: await contextOf(asked) });
  };
  check(await run(), below);
  return run;
}

/** Every field of the rows expected to be open has its value, every other is null. */
function check({ data }: ExecutionResult, open: readonly Row[]): void {
  const opened = new Set(open);
  const expected = rows.map((row) =>
    Object.fromEntries(
      fields.map((name) => [name, opened.has(row) ? row[name] : null]),
    ),
  );
  deepStrictEqual(JSON.parse(JSON.stringify(data)), { rows: expected });
}

function sdlWith(rule: string): string {
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
