import { readFileSync } from "node:fs";
import { join } from "node:path";

export const employees = Array.from({ length: 5_000 }, (_, n) => ({
  id: `emp_${n}`,
  displayName: `Person Number ${n}`,
  email: `person.${n}@example.com`,
  jobTitle: n % 7 === 0 ? null : `Engineer ${n % 5}`,
  department: { name: `Department ${n % 12}` },
}));

export function compensationOf(id: string) {
  const base = { amount: 40_000 + numberOf(id) * 10, currency: "EUR" };
  return { base, frequency: "MONTHLY" };
}

export function leaveBalancesOf(id: string) {
  return [
    { leaveType: "VACATION", available: (numberOf(id) % 30) + 0.5 },
    { leaveType: "SICK", available: 10 },
  ];
}

/** Whose line goes up through everybody, so that it is as long as one likes. */
export function managerOf(id: string) {
  return employees[(numberOf(id) + 1) % employees.length];
}

/** What asking for leave answers. Nothing is kept: nobody else's answer changes. */
export function leaveRequestOf(employeeId: string, days: number) {
  return { id: `leave_of_${employeeId}`, days, status: "REQUESTED" };
}

type Reference = { readonly id: string };

/** Whom the bearer token of a request speaks for, unproved. */
export type Asker = { readonly employeeId: string };

const referenced = ({ id }: Reference) => ({ id });

export const resolvers = {
  employee: {
    Query: {
      me: (_: unknown, _arguments: unknown, { employeeId }: Asker) =>
        employees[numberOf(employeeId)],
      employees: (_: unknown, { first }: { first: number }) => ({
        nodes: employees.slice(0, first),
      }),
    },
    Employee: {
      __resolveReference: ({ id }: Reference) => employees[numberOf(id)],
      manager: ({ id }: Reference) => managerOf(id),
    },
  },
  payroll: {
    Employee: {
      __resolveReference: referenced,
      compensation: ({ id }: Reference) => compensationOf(id),
    },
  },
  leave: {
    Mutation: {
      requestLeave: (
        _: unknown,
        { days }: { days: number },
        { employeeId }: Asker,
      ) => ({ leave: leaveRequestOf(employeeId, days) }),
    },
    Employee: {
      __resolveReference: referenced,
      leaveBalances: ({ id }: Reference) => leaveBalancesOf(id),
    },
  },
};

export type SubgraphName = keyof typeof resolvers;

export function sdlOf(name: SubgraphName): string {
  return readFileSync(join(import.meta.dirname, `${name}.graphql`), "utf8");
}

function numberOf(id: string): number {
  return Number(id.slice("emp_".length));
}
