import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from "@jest/globals";
import {
  type Ports,
  checkout,
  findPorts,
  portVariable,
  provisionAll,
  samples,
  serviceNames,
  startProcesses,
  urlOf,
} from "@hr/cli";
import { testPostgres } from "@hr/database/testing";
import { askGraph } from "./estate.ts";

const anyPorts = { auth: 0, employee: 0, payroll: 0, leave: 0, gateway: 0 };

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-cli-"));
  // The embedded server runs as another user if we are root.
  await chmod(folder, 0o755);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a start that cannot be", () => {
  test("names every malformed variable at once", async () => {
    const wrong = {
      LEAVE_PORT: "many",
      DATABASE_URL: "mysql://x",
      DEMO_TODAY: "2026-02-31",
    };
    const { code, stdout, stderr } = await hr(["start"], wrong);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`The environment is not usable.
  LEAVE_PORT is malformed: give a whole number from 0 to 65535; 0 takes any free port.
  DATABASE_URL is malformed: give an administrator's URL, such as postgres://user:password@127.0.0.1:5432/postgres, or leave it out for an embedded server.
  DEMO_TODAY is malformed: give a calendar date, such as 2026-03-31, or leave it out for today.
`);
  });

  test("refuses production, where known passwords have no place", async () => {
    const { code, stderr } = await hr(["start"], { NODE_ENV: "production" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The environment[^\n]*\n {2}NODE_ENV must be/);
  });

  test("names the variable of a port that is taken", async () => {
    await using blocker = await holdPort();
    const variables = { ...variablesOf(anyPorts), PAYROLL_PORT: blocker.port };
    const { code, stdout, stderr } = await hr(["start"], variables);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `PAYROLL_PORT ${blocker.port} is taken: stop the process that uses it, or set PAYROLL_PORT to another (0 takes any free port).\n`,
    );
  });

  test("names DATABASE_URL when no server answers there", async () => {
    await using blocker = await holdPort();
    const { port } = blocker;
    await blocker[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await hr(["start", "--json"], {
      ...variablesOf(anyPorts),
      DATABASE_URL: `postgres://postgres:secret@127.0.0.1:${port}/postgres`,
    });
    expect(code).toBe(1);
    expect(messagesIn(stdout)).toEqual([]);
    expect(stderr).toMatch(
      /^DATABASE_URL: no PostgreSQL server answers .*Start it, or .*\n$/,
    );
    expect(stderr).not.toContain("secret");
  });

  test("passes on the one message of the service that does not start", async () => {
    const server = testPostgres();
    const dataFolder = join(folder, "refused");
    const databases = await provisionAll(server, dataFolder, "_refused");
    const payroll = new URL(databases.payroll);
    payroll.password = "another";
    const processes = startProcesses(
      {
        ports: await findPorts(anyPorts),
        databases: { ...databases, payroll: payroll.href },
        ...{ dataFolder, secrets: {}, nodeEnv: "test" },
        demoToday: "2026-03-31",
        inherited: process.env,
      },
      { onLine: () => undefined },
    );
    const fault = await processes.ready.catch((error: unknown) => error);
    await processes.stop();
    expect((fault as Error).message).toMatch(
      /^payroll did not start\. DATABASE_URL: .* refuses this user and password\..*$/,
    );
  });
});

describe("a command that is wrong", () => {
  test.each([
    [["strat"], "error: unknown command 'strat'\n(Did you mean start?)"],
    [
      ["start", "--wacth"],
      "error: unknown option '--wacth'\n(Did you mean --watch?)",
    ],
    [["token", "bob"], "Allowed choices are ada, mia, hana, pam, amir, otto."],
    [["token", "ada", "--client", "x"], "error: give either a persona"],
    [["token", "ada", "--as", "mia"], "error: give either a persona"],
  ])("%j exits 2 and says what would be right", async (args, message) => {
    const { code, stdout, stderr } = await hr(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("says how to start an auth service that does not answer", async () => {
    const ports = await findPorts(anyPorts);
    const answer = await hr(["token", "ada"], variablesOf(ports));
    expect(answer).toEqual({
      code: 1,
      stdout: "",
      stderr: `No auth service answers at ${urlOf("auth", ports)}: start it with npm start. Should it run on another port, set AUTH_PORT; elsewhere, HR_ISSUER.\n`,
    });
  });
});

describe("compose", () => {
  test("finds the committed files fresh", async () => {
    const { code, stderr } = await hr(["compose", "--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("npm start", () => {
  let ports: Ports;
  let data: string;
  let run: Started;

  beforeAll(async () => {
    ports = await findPorts(anyPorts);
    data = join(folder, "data");
    run = await startHr();
  }, 120_000);
  afterAll(async () => {
    run.child.kill("SIGTERM");
    await run.ended;
  });

  function startHr(): Promise<Started> {
    return startUntilReady({ ...variablesOf(ports), HR_DATA: data });
  }

  function token(...args: readonly string[]) {
    return hr(["token", ...args], { ...variablesOf(ports), HR_DATA: data });
  }

  async function me(bearer: string, fields = "displayName") {
    const url = `${urlOf("gateway", ports)}/graphql`;
    const query = `{ me { ${fields} } }`;
    return (await askGraph(url, bearer, { query })).data;
  }

  test("prints whom to sign in as, and where", () => {
    expect(run.stdout()).toContain("50 employees · 3 countries");
    expect(run.stdout()).toContain(`${urlOf("gateway", ports)}/explorer`);
    for (const name of [
      "ada.employee",
      "mia.manager",
      "hana.hr",
      "pam.payroll",
    ])
      expect(run.stdout()).toMatch(new RegExp(`${name}@demo +demo +\\S`));
  });

  test("keeps the clients' secrets for its owner's eyes only, and marked as no good for production", async () => {
    const { mode } = await stat(join(data, ".env.local"));
    expect(mode & 0o777).toBe(0o600);
    const names = ["PAYROLL_EXPORT", "CALENDAR_SYNC", "PARTNER_PORTAL"];
    for (const name of [...names, "GATEWAY"]) {
      const secret = await secretOf(`${name}_SECRET`);
      expect(secret).toMatch(/^development-/);
      expect(run.stdout()).not.toContain(secret);
    }
  });

  async function secretOf(variable: string): Promise<string> {
    const text = await readFile(join(data, ".env.local"), "utf8");
    return new RegExp(`^${variable}=(.+)$`, "m").exec(text)?.[1] ?? "";
  }

  test("lets Ada in with a token from the command line, and prints nothing else", async () => {
    const { code, stdout, stderr } = await token("ada");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await me(stdout.trim())).toEqual({
      me: { displayName: "Ada Kern" },
    });
  });

  test("hands out a kept token again, but not for other scopes", async () => {
    const first = await token("mia");
    expect((await token("mia")).stdout).toBe(first.stdout);
    const other = await token("mia", "--scope", "employee:read");
    expect(other.stdout).not.toBe(first.stdout);
  });

  test("shows what a token says, and what of the scopes asked for was not granted", async () => {
    const scope = "employee:read payroll:read";
    const { stdout, stderr } = await token(
      "hana",
      "--scope",
      scope,
      "--decode",
    );
    expect(
      JSON.parse(stdout.slice(0, stdout.lastIndexOf("}") + 1)),
    ).toMatchObject({ sub: "usr_hana", scope: "employee:read" });
    expect(stdout).toMatch(/\d\.\d minutes left\n$/);
    expect(stderr).toBe(
      "Not granted, since the role does not allow it: payroll:read\n",
    );
  });

  test("lets people be added beside it, in its own database, until it stops", async () => {
    const left = await stat(join(data, "auth/database-url"));
    expect(left.mode & 0o777).toBe(0o600);
    const kim = ["kim@demo", "--name", "Kim", "--role", "manager"];
    const added = await hr(["user", "add", ...kim, "--generate"], {
      HR_DATA: data,
    });
    expect(added).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await hr(["user", "list"], { HR_DATA: data });
    expect(stdout).toMatch(/^kim@demo +Kim +manager /m);
    expect(stdout).toMatch(/^ada\.employee@demo /m);
  });

  test("stops answering a person who is disabled, within seconds", async () => {
    const bearer = (await token("otto")).stdout.trim();
    expect(await statusOf(bearer)).toBe(200);
    const otto = ["user", "disable", "otto.auditor@demo"];
    expect(await hr(otto, { HR_DATA: data })).toMatchObject({ code: 0 });
    await until(async () => (await statusOf(bearer)) === 401);
  });

  async function statusOf(bearer: string): Promise<number> {
    const url = `${urlOf("gateway", ports)}/graphql`;
    const query = "{ viewer { clientId } }";
    return (await askGraph(url, bearer, { query })).status;
  }

  test("gives a machine a token, and names the scope it may not have", async () => {
    const client = ["--client", "payroll-export", "--scope"];
    expect(await token(...client, "payroll:read")).toMatchObject({ code: 0 });
    expect(await token(...client, "leave:read")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "The auth service refuses: invalid_scope, a requested scope is not for this client: leave:read.\n",
    });
  });

  test("prints samples that work when pasted", async () => {
    const place = {
      ports,
      dataFolder: data,
      secretsFile: join(data, ".env.local"),
    };
    const all = samples(place);
    for (const { lines } of all)
      for (const line of lines) expect(run.stdout()).toContain(line);
    const [query, denied, machine, around] = await paste(
      all.map(({ lines }) => lines.join("\n")),
    );
    expect(query).toMatch(/"displayName":"Ada Kern".*"decimal":"[\d.]+"/);
    expect(query).not.toContain('"errors"');
    expect(denied).toContain('"displayName":"Mia Brandt"');
    expect(denied).toContain("UNAUTHORIZED_FIELD_OR_TYPE");
    expect(denied).toContain("FORBIDDEN");
    expect(machine).toContain('"token_type":"Bearer"');
    expect(machine).toContain('"client_id": "payroll-export"');
    expect(around).toMatch(/^HTTP\/1.1 401 /);
  });

  test("starts a service that was killed again, and Ada is answered again", async () => {
    const [pid] = await pidsOf(run.child, "subgraphs/payroll");
    if (pid === undefined) throw new Error("There is no payroll to kill");
    process.kill(pid, "SIGKILL");
    await run.hasSaid("payroll is back.");
    expect(run.stdout()).toContain("payroll ended (SIGKILL).");
    const bearer = (await token("ada")).stdout.trim();
    expect(await me(bearer, "compensation { base { currency } }")).toEqual({
      me: { compensation: { base: { currency: "EUR" } } },
    });
  });

  test("ends with Ctrl-C, also passed on by npm, leaves no process, and keeps the data", async () => {
    const bearer = (await token("ada")).stdout.trim();
    const secret = await secretOf("PAYROLL_EXPORT_SECRET");
    const pids = await pidsOf(run.child);
    expect(pids.length).toBeGreaterThanOrEqual(6);
    run.child.kill("SIGINT");
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    await until(() => !pids.some(isAlive));
    await expect(stat(join(data, "auth/database-url"))).rejects.toMatchObject({
      code: "ENOENT",
    });
    expect(lastOf(run.stdout())).toEqual(["stopping", "stopped"]);
    run = await startHr();
    expect(await me(bearer)).toEqual({ me: { displayName: "Ada Kern" } });
    expect(await secretOf("PAYROLL_EXPORT_SECRET")).toBe(secret);
  }, 120_000);

  test("leaves no service behind when it is killed, and starts again after that", async () => {
    const services = [
      ...(await pidsOf(run.child, "subgraphs/")),
      ...(await pidsOf(run.child, "gateway/")),
      ...(await pidsOf(run.child, "auth/")),
    ];
    expect(services).toHaveLength(5);
    run.child.kill("SIGKILL");
    await until(() => !services.some(isAlive));
    run = await startHr();
    const { stdout } = await token("ada");
    expect(await me(stdout.trim())).toEqual({
      me: { displayName: "Ada Kern" },
    });
  }, 120_000);
});

type Started = {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** Waits for words on standard output; fails if it ends without them. */
  hasSaid(words: string): Promise<void>;
  stdout(): string;
};

const main = join(checkout, "packages/cli/src/main.ts");

/** The environment of a plain shell, whatever this one's holds. */
function plain(variables: Readonly<Record<string, unknown>>) {
  const { PATH, HOME } = process.env;
  return Object.fromEntries(
    Object.entries({
      PATH,
      HOME,
      HR_DATA: join(folder, "unused"),
      ...variables,
    }).map(([name, value]) => [name, String(value)]),
  );
}

async function hr(
  args: readonly string[],
  variables: Readonly<Record<string, unknown>> = {},
) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: checkout,
    env: plain(variables),
  });
  children.push(child);
  const said = collect(child);
  const code = await new Promise<number | null>((resolve) =>
    child.once("close", resolve),
  );
  return { code, stdout: said.stdout(), stderr: said.stderr() };
}

async function startUntilReady(
  variables: Readonly<Record<string, unknown>>,
): Promise<Started> {
  const child = spawn(process.execPath, [main, "start"], {
    cwd: checkout,
    env: plain(variables),
  });
  const said = collect(child);
  let code: number | null | undefined;
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", (how) => resolve((code = how))),
  );
  const hasSaid = async (words: string) => {
    await until(() => code !== undefined || said.stdout().includes(words));
    if (!said.stdout().includes(words))
      throw new Error(`hr start ended (${code}): ${said.stderr()}`);
  };
  await hasSaid("Ctrl-C stops everything");
  return { child, ended, hasSaid, stdout: said.stdout };
}

function collect(child: ChildProcess) {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return { stdout: () => stdout, stderr: () => stderr };
}

/** Runs the samples in one shell, as a person would, and gives each one's output. */
async function paste(scripts: readonly string[]): Promise<readonly string[]> {
  const mark = "-- next --";
  const script = scripts.join(`\necho; echo "${mark}"\n`);
  const bin = join(checkout, "node_modules/.bin");
  const { stdout } = await promisify(execFile)("sh", ["-c", script], {
    cwd: checkout,
    env: {
      ...plain({ npm_config_offline: "true" }),
      PATH: `${bin}:${process.env["PATH"]}`,
    },
  });
  return stdout.split(mark).map((part) => part.trim());
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

function variablesOf(ports: Ports): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    serviceNames.map((name) => [portVariable(name), ports[name]]),
  );
}

async function holdPort() {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The processes a start has below it, those whose command holds the words. */
async function pidsOf(
  parent: ChildProcess,
  words = "",
): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", [
    "-A",
    "-o",
    "pid=,ppid=,command=",
  ]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, ppid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent.pid && command?.includes(words)
      ? [Number(pid)]
      : [];
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function messagesIn(stdout: string): readonly unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { msg: unknown }).msg);
}

/** What `hr` itself said last. */
function lastOf(stdout: string): readonly string[] {
  const own = /^\d\d:\d\d:\d\d hr +(.*)$/gm;
  return [...stdout.matchAll(own)].map(([, text]) => text ?? "").slice(-2);
}
