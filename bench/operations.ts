import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  compensationOf,
  employees,
  leaveBalancesOf,
  leaveRequestOf,
  managerOf,
} from "./graph/company.ts";

export type Question = {
  /** The request, as JSON text. */
  readonly body: string;
  /** `data` of the answer, written by hand: no GraphQL made it. */
  readonly expected: (caller: number) => unknown;
  /** Errors may stand beside it, under any status. */
  readonly isDenied?: boolean;
};

export type Operation = Question & {
  readonly name: string;
  /** Requests under way at once. Default 16. */
  readonly connections?: number;
  /** How many it answers, where growing is looked at. */
  readonly entities?: number;
  /** What the callers' tokens carry instead of everything. */
  readonly scope?: string;
  /** What is asked, and right, of whoever enforces nothing: the allowed part alone. */
  readonly unenforced?: Question;
};

const me: Operation = {
  name: "me",
  body: requestOf("Me", {}),
  expected: (caller) => ({ me: employees[caller] }),
};

export const gatewayOperations: readonly Operation[] = [
  me,
  { ...me, name: "me-64", connections: 64 },
  {
    name: "list",
    body: requestOf("List", { first: 50 }),
    expected: () => ({ employees: { nodes: employees.slice(0, 50) } }),
  },
  {
    name: "join",
    body: requestOf("Join", { first: 20 }),
    expected: () =>
      joined((id) => ({
        compensation: compensationOf(id),
        leaveBalances: leaveBalancesOf(id),
      })),
  },
  {
    name: "mutation",
    body: requestOf("Leave", { days: 5 }),
    expected: (caller) => ({
      requestLeave: { leave: leaveRequestOf(`emp_${caller}`, 5) },
    }),
  },
  {
    name: "denied",
    body: requestOf("Mine", {}),
    expected: (caller) => ({
      me: placed(caller, (id) => ({
        compensation: null,
        leaveBalances: leaveBalancesOf(id),
      })),
    }),
    ...withoutPayroll({
      body: requestOf("MineAllowed", {}),
      expected: (caller) => ({
        me: placed(caller, (id) => ({ leaveBalances: leaveBalancesOf(id) })),
      }),
    }),
  },
  {
    name: "denied-20",
    body: requestOf("Join", { first: 20 }),
    expected: () =>
      joined((id) => ({
        compensation: null,
        leaveBalances: leaveBalancesOf(id),
      })),
    ...withoutPayroll({
      body: requestOf("JoinAllowed", { first: 20 }),
      expected: () => joined((id) => ({ leaveBalances: leaveBalancesOf(id) })),
    }),
  },
  wide("entities-1000", 1_000),
  {
    name: "deep",
    body: requestOf("Deep", {}),
    expected: (caller) => ({ me: line(`emp_${caller}`, 10) }),
  },
];

export const growthOperations: readonly Operation[] = [100, 1_000, 5_000].map(
  (count) => wide(`grow-${count}`, count),
);

export const subgraphOperations: readonly Operation[] = [1, 100, 1_000].map(
  (count) => {
    const asked = employees.slice(0, count);
    return {
      name: `rows-${count}`,
      body: requestOf("Entities", {
        representations: asked.map(({ id }) => ({
          __typename: "Employee",
          id,
        })),
      }),
      expected: () => ({
        _entities: asked.map(({ id }) => ({
          compensation: compensationOf(id),
        })),
      }),
    };
  },
);

/** The caller may not read pay. */
function withoutPayroll(unenforced: Question) {
  return { scope: "employee:read leave:read", isDenied: true, unenforced };
}

function joined(theirs: (id: string) => object) {
  const nodes = employees.slice(0, 20).map((_, n) => placed(n, theirs));
  return { employees: { nodes } };
}

/** Somebody, with what other subgraphs say of them. */
function placed(index: number, theirs: (id: string) => object) {
  const { id = "", displayName, department } = employees[index] ?? {};
  return { displayName, department, ...theirs(id) };
}

/** So many employees of one subgraph, each with a part from another. */
function wide(name: string, first: number): Operation {
  const nodes = employees.slice(0, first).map(({ id, displayName }) => ({
    id,
    displayName,
    compensation: compensationOf(id),
  }));
  return {
    name,
    entities: first,
    body: requestOf("Wide", { first }),
    expected: () => ({ employees: { nodes } }),
  };
}

/** So many employees, each the manager of the one before; the pay of the last. */
function line(id: string, length: number): object {
  const displayName = employees[Number(id.slice("emp_".length))]?.displayName;
  return length === 1
    ? { displayName, compensation: compensationOf(id) }
    : { displayName, manager: line(managerOf(id)?.id ?? "", length - 1) };
}

function requestOf(operationName: string, variables: object): string {
  const file = operationName.replaceAll(/\B[A-Z]/g, "-$&").toLowerCase();
  const path = join(import.meta.dirname, "operations", `${file}.graphql`);
  const query = readFileSync(path, "utf8");
  return JSON.stringify({ operationName, query, variables });
}
