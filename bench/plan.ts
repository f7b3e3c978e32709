import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ApolloGateway } from "@apollo/gateway";
import type {
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from "@apollo/server-gateway-interface";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type Principal, allScopes, anonymous } from "@hr/access";
import {
  createAuthorizer,
  readSupergraph,
  standardCost,
  standardLimits,
} from "@hr/gateway";
import { createLogger } from "@hr/service";
import { type GraphQLSchema, Kind, graphql, parse } from "graphql";
import { createPlans } from "../gateway/src/compiled/plans.ts";
import {
  type Post,
  type SubgraphAnswer,
  createForwarder,
} from "../gateway/src/forward.ts";
import { type SubgraphName, resolvers, sdlOf } from "./graph/company.ts";
import { compose, subgraphNames } from "./graph/supergraph.ts";
import { interleave, ratio } from "./interleave.ts";
import { median } from "./table.ts";

/**
 * What it costs to run a planned operation: the compiled executor against the stock
 * one, on the same documents, in one process. The subgraphs answer from memory; reading
 * their JSON is part of both, and stands alone in the last column.
 */
const rounds = Number(process.argv[2] ?? 9);
const url = "http://127.0.0.1/graphql";
const supergraph = readSupergraph(
  compose({ employee: url, payroll: url, leave: url }),
);
const posts = new Map<string, Post>();
const reading: { texts: string[] } = { texts: [] };
for (const name of subgraphNames) posts.set(name, inMemory(name));
const { apiSchema, stock, compiled } = await load();
const wireOf = createWires();

process.stdout.write(
  "| operation | subgraph answers, bytes | stock µs | compiled µs | compiled, × stock | reading the JSON, × stock |\n|---|--:|--:|--:|--:|--:|\n",
);
for (const [what, file, first] of [
  ["`me`", "me", 0],
  ["list of 50", "list", 50],
  ["20 over three subgraphs", "join", 20],
  ["1,000 over three subgraphs", "join", 1_000],
] as const) {
  const request = await wireOf(file, first);
  reading.texts = [];
  await agree(request);
  const texts = reading.texts.slice(0, reading.texts.length / 2);
  const timings = await interleave(
    {
      stock: () => stock(request),
      compiled: () => compiled(request),
      json: () => texts.map((text) => JSON.parse(text) as unknown),
    },
    { rounds, milliseconds: 300 },
  );
  const micros = (name: string) => median(timings[name] ?? []).toFixed(0);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  process.stdout.write(
    `| ${what} | ${bytes} | ${micros("stock")} | ${micros("compiled")} | ${ratio(timings, "compiled", "stock")} | ${ratio(timings, "json", "stock")} |\n`,
  );
}

/** Answers are made once for each request, and kept as text. */
function inMemory(name: SubgraphName): Post {
  const module = { typeDefs: parse(sdlOf(name)), resolvers: resolvers[name] };
  const schema = buildSubgraphSchema([module] as never);
  const known = new Map<string, string>();
  const make = async (body: string) => {
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables: Record<string, unknown>;
    };
    const result = await graphql({
      ...{ schema, source: query, variableValues: variables },
      contextValue: { employeeId: "emp_1" },
    });
    return JSON.stringify(result);
  };
  return async (body) => {
    const text = known.get(body) ?? (await make(body));
    known.set(body, text);
    reading.texts.push(text);
    return JSON.parse(text) as SubgraphAnswer;
  };
}

function postTo(name: string): Post {
  const post = posts.get(name);
  if (!post) throw new Error(`There is no ${name}`);
  return post;
}

async function load() {
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph.runnable,
    buildService: ({ name }) => createForwarder(postTo(name)),
  });
  const loaded: { apiSchema?: GraphQLSchema } = {};
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    loaded.apiSchema = apiSchema;
  });
  const { executor: stock } = await gateway.load({ apollo: {} });
  const { queryPlanner: planner } = gateway.__testing();
  const { apiSchema } = loaded;
  if (!apiSchema || !stock || !planner) throw new Error("Nothing was loaded");
  const logger = createLogger("bench");
  const post = postTo;
  const options = { planner, apiSchema, post, stock, logger };
  return { apiSchema, stock, compiled: createPlans(options).execute };
}

/** The request that goes to an executor for an operation of `operations/`. */
function createWires() {
  const authorizer = createAuthorizer(supergraph, apiSchema, {
    limits: standardLimits,
    cost: standardCost,
  });
  const principal: Principal = {
    ...anonymous,
    ...{ kind: "person", subject: "usr_bench", clientId: "bench" },
    scopes: new Set(allScopes),
  };
  return async (
    name: string,
    first: number,
  ): Promise<GatewayGraphQLRequestContext> => {
    const file = join(import.meta.dirname, `operations/${name}.graphql`);
    const document = parse(await readFile(file, "utf8"));
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(file);
    const prepared = authorizer.prepare(document, operation);
    if (prepared.kind === "too-large") throw new Error("It is above a limit");
    const variables = first > 0 ? { first } : {};
    const asked = { variables, principal, policies: new Set<string>() };
    const { wire } = authorizer.decide(prepared, asked);
    return {
      ...{ request: { variables }, context: {}, metrics: {} },
      ...{ document: wire?.document, operation: wire?.operation },
      queryHash: wire?.hash,
    } as unknown as GatewayGraphQLRequestContext;
  };
}

/** Both say the same before they are timed; ours has also what the plan asked for itself. */
async function agree(request: GatewayGraphQLRequestContext): Promise<void> {
  const ours = await dataOf(compiled, request);
  const theirs = await dataOf(stock, request);
  if (!holds(ours, theirs)) throw new Error("The answers differ");
}

async function dataOf(
  execute: GatewayExecutor,
  request: GatewayGraphQLRequestContext,
): Promise<unknown> {
  const { data, errors } = await execute(request);
  if (errors) throw new Error(errors.map(({ message }) => message).join());
  return data;
}

function holds(whole: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null) return whole === part;
  if (typeof whole !== "object" || whole === null) return false;
  return Object.entries(part).every(([key, value]) =>
    holds((whole as Readonly<Record<string, unknown>>)[key], value),
  );
}
