import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Principal, allScopes, anonymous } from "@hr/access";
import {
  createAuthorizer,
  readSupergraph,
  standardCost,
  standardLimits,
} from "@hr/gateway";
import {
  type DocumentNode,
  Kind,
  NoUnusedFragmentsRule,
  buildASTSchema,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { type Contestants, interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

type Authorizer = ReturnType<typeof createAuthorizer>;

/**
 * What the filter costs against what every GraphQL server does with a document
 * anyway: `parse + validate` of graphql-js. `cold` sees the document for the first
 * time; `warm` has decided it before for a caller with the same scopes.
 */
const root = join(import.meta.dirname, "..");
const sdl = await readFile(join(root, "gateway/supergraph.graphql"), "utf8");
const supergraph = readSupergraph(sdl);
const schema = buildASTSchema(parse(sdl), { assumeValidSDL: true });
const limits = {
  ...standardLimits,
  selections: Infinity,
  rootFields: Infinity,
  aliases: Infinity,
};

// The examples share a file of fragments, of which each uses some.
const rulesOfValidation = specifiedRules.filter(
  (rule) => rule !== NoUnusedFragmentsRule,
);
const authorizer: Authorizer = createAuthorizer(supergraph, schema, {
  limits,
  cost: standardCost,
});
const everything = callerWith(allScopes);
const little = callerWith(["employee:read"]);

process.stdout.write(
  "| document | tokens | parse + validate µs | cold, granted × | cold, mostly denied × | warm µs |\n|---|--:|--:|--:|--:|--:|\n",
);
for (const { name, source } of [...(await examples()), ...grown()]) {
  const document = parse(source);
  const timings = await interleave(contestants(source, document), {
    rounds: 9,
    milliseconds: 200,
  });
  const of = (contestant: string) => ratio(timings, contestant, "base");
  const micros = (contestant: string) =>
    median(timings[contestant] ?? []).toFixed(1);
  process.stdout.write(
    `| ${name} | ${sizeOf(source)} | ${micros("base")} | ${of("granted")} | ${of("denied")} | ${micros("warm")} |\n`,
  );
}

function contestants(source: string, document: DocumentNode): Contestants {
  // Parsed anew as far as the authorizer can tell.
  const decideCold = (principal: Principal) => () =>
    decide(
      authorizer,
      {
        ...document,
        definitions: document.definitions.map((one) => ({ ...one })),
      },
      principal,
    );
  return {
    base: () => validate(schema, parse(source), rulesOfValidation),
    granted: decideCold(everything),
    denied: decideCold(little),
    warm: () => decide(authorizer, document, everything),
  };
}

function decide(
  authorizer: Authorizer,
  document: DocumentNode,
  principal: Principal,
): unknown {
  const operation = document.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("The document holds no operation");
  const prepared = authorizer.prepare(document, operation);
  if (prepared.kind === "too-large") throw new Error("It is above a limit");
  const variables = { withPay: true };
  const asked = { variables, principal, policies: new Set<string>() };
  return authorizer.decide(prepared, asked);
}

async function examples() {
  const folder = join(root, "examples/operations");
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(
    files.map((file) => readFile(join(folder, file), "utf8")),
  );
  const shared = texts[files.indexOf("fragments.graphql")] ?? "";
  return files.flatMap((file, at) => {
    const name = basename(file, ".graphql");
    const alone = texts[at] ?? "";
    const source = alone.includes("...") ? `${alone}\n${shared}` : alone;
    return file === "fragments.graphql" ? [] : [{ name, source }];
  });
}

/** The same question under more and more aliases, to see how the cost grows. */
function grown() {
  return [10, 100, 1_000].map((count) => ({
    name: `${count} aliased people`,
    source: `{ ${Array.from({ length: count }, (_, n) => `p${n}: employee(id: "e${n}") { displayName compensation { base { decimal } } leaveBalances { available } }`).join(" ")} }`,
  }));
}

function sizeOf(source: string): number {
  return source.match(/[\w$]+|[^\s\w,]/g)?.length ?? 0;
}

function callerWith(scopes: readonly string[]): Principal {
  return {
    ...anonymous,
    kind: "person",
    subject: "usr_bench",
    clientId: "bench",
    scopes: new Set(scopes),
  };
}
