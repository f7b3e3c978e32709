import {
  compensationOf,
  employees,
  leaveBalancesOf,
  leaveRequestOf,
} from "./graph/company.ts";
import { type Credential, type Scopes, scopesOf } from "./soak-callers.ts";

/** What changes while the gateway runs, and with it what is right. */
export type World = {
  /** Whether the supergraph demands a scope for job titles. */
  readonly jobs: "open" | "locked";
  readonly leave: "here" | "away";
};

export type Question = {
  readonly name: string;
  /** The request, as JSON text. */
  readonly body: string;
  /** Whether it asks the subgraph that comes and goes. */
  readonly needsLeave: boolean;
  readonly credential: Credential;
  /** The right answer, written by hand: no GraphQL made it. */
  readonly expected: (caller: number, world: World) => Expected;
};

export type Expected = {
  readonly status: number;
  readonly data?: unknown;
  readonly errors: readonly ExpectedError[];
};

export type ExpectedError = {
  readonly code: string;
  readonly path?: readonly (string | number)[];
};

type Path = readonly (string | number)[];

/** What three subgraphs say of somebody. */
const everywhere =
  "displayName department { name } compensation { base { amount currency } frequency } leaveBalances { leaveType available }";

/** Each as often as it stands here, in turn. */
export const questions: readonly Question[] = deal([
  [40, me()],
  [10, list(10)],
  [10, list(50)],
  [12, join(5)],
  [12, join(20)],
  [8, mine()],
  [3, leave(1)],
  [3, leave(5)],
  [1, intruder("forged")],
  [1, intruder("revoked")],
]);

function me(): Question {
  return ask(
    "me",
    "query Me { me { id displayName email jobTitle department { name } } }",
    {},
    (caller, world) => {
      const { row, errors } = titled(caller, caller, world, ["me"]);
      return { data: { me: row }, errors };
    },
  );
}

function list(first: number): Question {
  return ask(
    `list of ${first}`,
    "query List($first: Int!) { employees(first: $first) { nodes { id displayName email jobTitle department { name } } } }",
    { first },
    (caller, world) => {
      const path = ["employees", "nodes"];
      const rows = numbers(first).map((n) => titled(n, caller, world, path));
      const nodes = rows.map(({ row }) => row);
      return { data: { employees: { nodes } }, errors: rows[0]?.errors ?? [] };
    },
  );
}

function join(first: number): Question {
  return {
    ...ask(
      `join of ${first}`,
      `query Join($first: Int!) { employees(first: $first) { nodes { ${everywhere} } } }`,
      { first },
      (caller, world) => {
        const nodes = numbers(first).map((n) =>
          joined(n, scopesOf(caller), world),
        );
        const path = ["employees", "nodes"];
        return {
          data: { employees: { nodes } },
          errors: [
            ...unpaid(caller, [...path, "compensation"]),
            ...away(world, [...path, 0, "leaveBalances"]),
          ],
        };
      },
    ),
    needsLeave: true,
  };
}

function mine(): Question {
  return {
    ...ask(
      "mine",
      `query Mine { me { ${everywhere} } }`,
      {},
      (caller, world) => ({
        data: { me: joined(caller, scopesOf(caller), world) },
        errors: [
          ...unpaid(caller, ["me", "compensation"]),
          ...away(world, ["me", "leaveBalances"]),
        ],
      }),
    ),
    needsLeave: true,
  };
}

function leave(days: number): Question {
  return {
    ...ask(
      `mutation of ${days}`,
      "mutation Leave($days: Int!) { requestLeave(days: $days) { leave { id days status } } }",
      { days },
      (caller, world) => ({
        data: {
          requestLeave:
            world.leave === "here"
              ? { leave: leaveRequestOf(`emp_${caller}`, days) }
              : null,
        },
        errors: away(world, ["requestLeave"]),
      }),
    ),
    needsLeave: true,
  };
}

function intruder(credential: Exclude<Credential, "own">): Question {
  return {
    ...me(),
    name: `me, ${credential} token`,
    credential,
    expected: () => ({ status: 401, errors: [{ code: "UNAUTHENTICATED" }] }),
  };
}

function ask(
  name: string,
  query: string,
  variables: object,
  expected: (caller: number, world: World) => Omit<Expected, "status">,
): Question {
  return {
    name,
    body: JSON.stringify({ query, variables }),
    needsLeave: false,
    credential: "own",
    expected: (caller, world) => ({ status: 200, ...expected(caller, world) }),
  };
}

/** Somebody as the directory shows them. */
function titled(n: number, caller: number, { jobs }: World, path: Path) {
  const isDenied = jobs === "locked" && !scopesOf(caller).jobs;
  const { [n]: row } = employees;
  return isDenied
    ? {
        row: { ...row, jobTitle: null },
        errors: [denied([...path, "jobTitle"])],
      }
    : { row, errors: [] };
}

/** Somebody with what all three subgraphs say of them. */
function joined(n: number, { pay }: Scopes, world: World) {
  const { id = "", displayName, department } = employees[n] ?? {};
  return {
    displayName,
    department,
    compensation: pay ? compensationOf(id) : null,
    leaveBalances: world.leave === "here" ? leaveBalancesOf(id) : null,
  };
}

function unpaid(caller: number, path: Path): readonly ExpectedError[] {
  return scopesOf(caller).pay ? [] : [denied(path)];
}

function away({ leave }: World, path: Path): readonly ExpectedError[] {
  return leave === "here" ? [] : [{ code: "SUBGRAPH_UNAVAILABLE", path }];
}

function denied(path: Path): ExpectedError {
  return { code: "UNAUTHORIZED_FIELD_OR_TYPE", path };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** Well mixed: a stride without a common factor with the whole visits each once. */
function deal(
  parts: readonly (readonly [number, Question])[],
): readonly Question[] {
  const whole = parts.flatMap(([times, question]) =>
    Array.from({ length: times }, () => question),
  );
  return numbers(whole.length).flatMap(
    (n) => whole[(n * 37) % whole.length] ?? [],
  );
}
