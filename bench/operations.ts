import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compensationOf, employees, leaveBalancesOf } from "./graph/company.ts";

export type Operation = {
  readonly name: string;
  /** The request, as JSON text. */
  readonly body: string;
  /** `data` of the answer, written by hand: no GraphQL made it. */
  expected(caller: number): unknown;
};

export const gatewayOperations: readonly Operation[] = [
  {
    name: "me",
    body: requestOf("Me", {}),
    expected: (caller) => ({ me: employees[caller] }),
  },
  {
    name: "list",
    body: requestOf("List", { first: 50 }),
    expected: () => ({ employees: { nodes: employees.slice(0, 50) } }),
  },
  {
    name: "join",
    body: requestOf("Join", { first: 20 }),
    expected: () => ({
      employees: {
        nodes: employees
          .slice(0, 20)
          .map(({ id, displayName, department }) => ({
            displayName,
            department,
            compensation: compensationOf(id),
            leaveBalances: leaveBalancesOf(id),
          })),
      },
    }),
  },
];

export const subgraphOperations: readonly Operation[] = [1, 100, 1_000].map(
  (count) => {
    const asked = employees.slice(0, count);
    return {
      name: `entities-${count}`,
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

function requestOf(operationName: string, variables: object): string {
  const file = `operations/${operationName.toLowerCase()}.graphql`;
  const query = readFileSync(join(import.meta.dirname, file), "utf8");
  return JSON.stringify({ operationName, query, variables });
}
