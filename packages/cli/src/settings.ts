import { join, resolve } from "node:path";
import { CliError } from "./cli-error.ts";
import {
  type Ports,
  type ServiceName,
  checkout,
  portVariable,
  serviceNames,
  standardPorts,
  urlOf,
} from "./services.ts";

/** Where one running graph keeps its things and is reached. */
export type Place = {
  readonly dataFolder: string;
  /** Secrets of the machine clients, as a shell can read them. */
  readonly secretsFile: string;
  readonly ports: Ports;
};

export type StartSettings = Place & {
  /** Administrator's URL; undefined: an embedded server. */
  readonly databaseUrl: string | undefined;
  /** The day the demo company is dated by. */
  readonly demoToday: string | undefined;
  readonly nodeEnv: string;
};

/** The variables of this process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const standardData = join(checkout, ".data");

/** Of the WHATWG Fetch standard, section 2.9, those an ordinary user can listen on. */
const blockedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666,
  6667, 6668, 6669, 6679, 6697, 10080,
]);

/** @throws CliError naming every malformed variable at once. */
export function readPlace(env: Environment, data?: string): Place {
  const faults: string[] = [];
  const place = placeOf(env, data, faults);
  demandNone(faults);
  return place;
}

/** The issuer somebody names, else the auth service of that place. */
export function issuerAt(place: Place, issuer?: string): string {
  return issuer || urlOf("auth", place.ports);
}

/** @throws CliError naming every malformed variable at once. */
export function readStartSettings(
  env: Environment,
  data?: string,
): StartSettings {
  const faults: string[] = [];
  const settings = {
    ...placeOf(env, data, faults),
    databaseUrl: env["DATABASE_URL"] || undefined,
    demoToday: env["DEMO_TODAY"] || undefined,
    nodeEnv: env["NODE_ENV"] || "development",
  };
  const { databaseUrl, demoToday, nodeEnv } = settings;
  if (databaseUrl !== undefined && !isPostgresUrl(databaseUrl))
    faults.push(
      "DATABASE_URL is malformed: give an administrator's URL, such as postgres://user:password@127.0.0.1:5432/postgres, or leave it out for an embedded server",
    );
  if (demoToday !== undefined && !isDate(demoToday))
    faults.push(
      "DEMO_TODAY is malformed: give a calendar date, such as 2026-03-31, or leave it out for today",
    );
  if (!["development", "test"].includes(nodeEnv))
    faults.push(
      "NODE_ENV must be development or test: this starts a demo company with known passwords. Unset it, or start each service by itself",
    );
  demandNone(faults);
  return settings;
}

/** The variables with which `hr token` finds the same place, ready to stand before it. */
export function placePrefix({ dataFolder, ports }: Place): string {
  const port =
    ports.auth === standardPorts.auth ? "" : `AUTH_PORT=${ports.auth} `;
  const data = dataFolder === standardData ? "" : `HR_DATA='${dataFolder}' `;
  return port + data;
}

function placeOf(
  env: Environment,
  data: string | undefined,
  faults: string[],
): Place {
  const dataFolder = data ? resolve(data) : standardData;
  return {
    dataFolder,
    secretsFile: join(
      dataFolder === standardData ? checkout : dataFolder,
      ".env.local",
    ),
    ports: readPorts(env, faults),
  };
}

function readPorts(env: Environment, faults: string[]): Ports {
  const ports: Record<ServiceName, number> = { ...standardPorts };
  const taken = new Map<number, string>();
  for (const name of serviceNames) {
    const variable = portVariable(name);
    const text = env[variable] || String(standardPorts[name]);
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
    if (!(port <= 65_535))
      faults.push(
        `${variable} is malformed: give a whole number from 0 to 65535; 0 takes any free port`,
      );
    if (blockedPorts.has(port))
      faults.push(
        `${variable} is ${port}, a port no browser visits: choose another`,
      );
    const other = taken.get(port);
    if (other !== undefined)
      faults.push(`${variable} and ${other} are both ${port}: change one`);
    if (port > 0) taken.set(port, variable);
    ports[name] = port;
  }
  return ports;
}

function demandNone(faults: readonly string[]): void {
  if (faults.length > 0)
    throw new CliError(
      `The environment is not usable.\n${faults.map((fault) => `  ${fault}.`).join("\n")}`,
    );
}

function isPostgresUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === "postgres:" || protocol === "postgresql:";
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(text)
  );
}
