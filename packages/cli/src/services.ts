import { join, resolve } from "node:path";

export type ServiceName = (typeof serviceNames)[number];

export type Ports = Readonly<Record<ServiceName, number>>;

/** The gateway last: it asks auth for its keys when it starts. */
export const serviceNames = [
  "auth",
  "employee",
  "payroll",
  "leave",
  "gateway",
] as const;

export type SubgraphName = (typeof subgraphNames)[number];

export const subgraphNames = ["employee", "payroll", "leave"] as const;

/** Every service that keeps something. */
export const databaseOwners = ["auth", ...subgraphNames] as const;

export type DatabaseOwner = (typeof databaseOwners)[number];

export const standardPorts: Ports = {
  auth: 4001,
  employee: 4101,
  payroll: 4102,
  leave: 4103,
  gateway: 4000,
};

export const checkout = resolve(import.meta.dirname, "../../..");

/** The service's folder in the checkout. */
export function roomOf(name: ServiceName): string {
  const isSubgraph = (subgraphNames as readonly string[]).includes(name);
  return join(checkout, isSubgraph ? "subgraphs" : "", name);
}

/** `payroll` → `PAYROLL_PORT`. */
export function portVariable(name: ServiceName): string {
  return `${name.toUpperCase()}_PORT`;
}

/** Where each service is reached, by the host name its clients use. */
export function urlOf(name: ServiceName, ports: Ports): string {
  return `http://localhost:${ports[name]}`;
}
