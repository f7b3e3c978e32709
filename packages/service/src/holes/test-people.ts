import { type TestMint, createTestMint } from "@hr/tokens/testing";
import { createLogger } from "../log.ts";
import { sendJson, serve } from "../serve.ts";
import { startSubgraph } from "../start-subgraph.ts";
import type { SubgraphOptions } from "../subgraph-options.ts";
import { openPolicy } from "../testing.ts";

export type Answer = {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly extensions: Readonly<Record<string, unknown>>;
    }[];
  };
};

/** A subgraph with no gateway before it, whose mint and whose helpers are in the test's hands. */
export type People = {
  readonly url: string;
  readonly mint: TestMint;
  /** Resolvers that ran. */
  readonly called: string[];
  /** What others answer the subgraph; a test may have them answer otherwise. */
  readonly others: {
    reports: SubgraphOptions<object>["reports"];
    policies: () => readonly string[];
  };
  /** Nothing was called, everybody reports to everybody, no policy holds. */
  reset(): void;
  /** As Mira, with a token the gateway would have made for her. */
  ask(request: object, scope: string): Promise<Answer["body"]>;
  tokenOf(scope: string): Promise<string>;
  send(
    request: object,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer>;
} & AsyncDisposable;

const schema = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@authenticated", "@policy"])
  type Query {
    open: String
    mine: String @authenticated
    sum: Int @requiresScopes(scopes: [["sum"]])
    local: String @policy(policies: [["local"]])
    person: Person
  }
  type Mutation { greet: String order: String @requiresScopes(scopes: [["order"]]) }
  type Person @key(fields: "id") @requiresScopes(scopes: [["person"], ["person:reports"]]) {
    id: ID!
    name: String
    pay: Int @requiresScopes(scopes: [["pay"], ["pay:self"]])
  }`;

/** Every scope there is. */
export const everything = "sum order person pay";

/** The one row there is, by its key. */
export const zoe =
  '_entities(representations: [{ __typename: "Person", id: "emp_zoe" }])';

export async function startPeople(): Promise<People> {
  const called: string[] = [];
  const others = { ...standard };
  const logger = createLogger("people", { write: () => undefined });
  const mint = await createTestMint();
  const keys = await serve({
    ...{ name: "keys", host: "127.0.0.1", port: 0, logger, dependencies: {} },
    routes: [
      {
        method: "GET",
        path: "/jwks",
        handle: (_request, response) => sendJson(response, 200, mint.jwks),
      },
    ],
  });
  const running = await startSubgraph(optionsOf(called, others), {
    ...{ host: "127.0.0.1", port: 0, logger },
    gateway: { issuer: "urn:hr:gateway", jwksUri: `${keys.url}/jwks` },
  });
  const url = `${running.url}/graphql`;
  const tokenOf = (scope: string) =>
    mint.token({
      ...{ subgraph: "people", sub: "usr_mira", clientId: "app", scope },
      employeeId: "emp_mira",
    });
  const send: People["send"] = async (request, headers) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(request),
    });
    const body = (await response.json()) as Answer["body"];
    return { status: response.status, body };
  };
  return {
    ...{ url, mint, called, others, tokenOf, send },
    reset() {
      called.length = 0;
      Object.assign(others, standard);
    },
    ask: async (request, scope) =>
      (await send(request, bearing(await tokenOf(scope)))).body,
    async [Symbol.asyncDispose]() {
      await running.close();
      await keys.close();
    },
  };
}

export function bearing(
  token: string | null,
): Readonly<Record<string, string>> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

const standard: People["others"] = {
  reports: (_manager, candidates) => Promise.resolve(new Set(candidates)),
  policies: () => [],
};

function optionsOf(
  called: string[],
  others: People["others"],
): SubgraphOptions<object> {
  const noting =
    <Value>(coordinate: string, value: Value) =>
    () => {
      called.push(coordinate);
      return value;
    };
  const row = { id: "emp_zoe" };
  return {
    ...{ name: "people", schema, policy: openPolicy("people", schema) },
    resolvers: {
      Query: {
        open: noting("Query.open", "yes"),
        mine: noting("Query.mine", "m"),
        sum: noting("Query.sum", 9),
        local: noting("Query.local", "l"),
        person: noting("Query.person", row),
      },
      Mutation: {
        greet: noting("Mutation.greet", "hello"),
        order: noting("Mutation.order", "done"),
      },
      Person: {
        __resolveReference: noting("Person", row),
        name: noting("Person.name", "Zoe"),
        pay: noting("Person.pay", 90),
      },
    },
    subjects: { Person: { kind: "of", id: ({ id }: { id: string }) => id } },
    reports: (manager, candidates) => others.reports(manager, candidates),
    policies: () => others.policies(),
    ...{ context: () => ({}), dependencies: {} },
  };
}
