import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ServiceName,
  type SubgraphName,
  clientToken,
  findPorts,
  provisionAll,
  secretClients,
  secretVariable,
  serviceNames,
  signIn,
  startProcesses,
  urlOf,
} from "@hr/cli";
import { testPostgres } from "@hr/database/testing";
import { personas } from "@hr/demo";

/** The day every estate's demo company is dated by. */
export const estateToday = "2026-03-31";

/** The whole graph for one test file: five real processes on free ports, databases of its own. */
export type Estate = {
  readonly gateway: string;
  readonly auth: string;
  readonly dataFolder: string;
  readonly subgraphs: Readonly<Record<SubgraphName, string>>;
  /** A persona's access token, by short name. Without `scope`, all the role allows. */
  token(persona: string, scope?: string): Promise<string>;
  /** A machine client's access token. */
  clientToken(id: string, scope?: string): Promise<string>;
  /** One GraphQL request to the gateway. */
  ask(
    query: string,
    token: string | null,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<GraphAnswer>;
  /** SIGKILL; resolves when it is gone. */
  kill(name: ServiceName): Promise<void>;
  /** Stops it if it runs, starts it, and waits until it is ready. */
  restart(name: ServiceName): Promise<void>;
  /** Every line it wrote so far. */
  logs(name: ServiceName): readonly string[];
  stop(): Promise<void>;
};

export type GraphAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly errors: readonly GraphFault[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
};

export type GraphFault = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** @param env beside that of this process, as for `npm start` */
export async function startEstate(
  env: Readonly<Record<string, string>> = {},
): Promise<Estate> {
  const dataFolder = await mkdtemp(join(tmpdir(), "hr-estate-"));
  const mark = randomBytes(4).toString("hex");
  const nothing = { auth: 0, employee: 0, payroll: 0, leave: 0, gateway: 0 };
  const ports = await findPorts(nothing);
  const secrets = secretsOf(mark);
  const lines = new Map(serviceNames.map((name) => [name, [] as string[]]));
  const processes = startProcesses(
    {
      ...{ ports, secrets, dataFolder },
      // The server of the test run goes with them when it ends.
      databases: await provisionAll(testPostgres(), dataFolder, `_${mark}`),
      nodeEnv: "test",
      demoToday: estateToday,
      inherited: { ...process.env, ...env },
    },
    { onLine: (name, line) => lines.get(name)?.push(line) },
  );
  const stop = async () => {
    await processes.stop();
    await rm(dataFolder, { recursive: true, force: true });
  };
  await processes.ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const auth = urlOf("auth", ports);
  const gateway = urlOf("gateway", ports);
  return {
    gateway,
    auth,
    dataFolder,
    subgraphs: {
      employee: urlOf("employee", ports),
      payroll: urlOf("payroll", ports),
      leave: urlOf("leave", ports),
    },
    token: (name, scope) => signIn(auth, loginOf(name), scope),
    clientToken: (id, scope) =>
      clientToken(
        auth,
        { id, secret: secrets[secretVariable(id)] ?? "" },
        scope,
      ),
    ask: (query, token, variables = {}) =>
      askGraph(`${gateway}/graphql`, token, { query, variables }),
    kill: (name) => processes.end(name, "SIGKILL"),
    async restart(name) {
      await processes.end(name);
      await processes.start(name);
    },
    logs: (name) => lines.get(name) ?? [],
    stop,
  };
}

/** One GraphQL request, to the gateway or around it. */
export async function askGraph(
  url: string,
  token: string | null,
  body: unknown,
): Promise<GraphAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const { data, errors, extensions } = (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: GraphAnswer["errors"];
    readonly extensions?: GraphAnswer["extensions"];
  };
  const { status, headers } = response;
  return { status, headers, data, errors, extensions };
}

function secretsOf(mark: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    secretClients.map((id) => [secretVariable(id), `estate-${mark}-${id}`]),
  );
}

function loginOf(name: string): string {
  const persona = personas.find((one) => one.name === name);
  if (!persona) throw new Error(`There is no persona ${name}`);
  return persona.login;
}
