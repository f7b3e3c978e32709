import { demoToday } from "@hr/demo";
import { leaveDatabaseUrl, removeDatabaseUrl } from "./database-url.ts";
import { openServer, provisionAll } from "./databases.ts";
import type { GraphPlan } from "./environments.ts";
import { firstRun } from "./first-run.ts";
import { findPorts } from "./free-ports.ts";
import { ownLine, readableLine } from "./log-line.ts";
import { keepSecrets, secretClients, secretVariable } from "./secrets.ts";
import {
  type Environment,
  type StartSettings,
  readStartSettings,
} from "./settings.ts";
import { type Processes, startProcesses } from "./start-processes.ts";
import { stopRequest } from "./stop-request.ts";
import { supervise } from "./supervise.ts";

export type StartOptions = {
  readonly data?: string;
  readonly watch?: true;
  /** The services' log lines as they wrote them. */
  readonly json?: true;
};

/** What a start is told and how it speaks. */
type Run = {
  readonly settings: StartSettings;
  readonly env: Environment;
  readonly stop: AbortSignal;
  readonly options: StartOptions;
  /** A line a service wrote; `hr` is this program. */
  readonly log: (service: string, line: string) => void;
};

/**
 * Runs everything until it is asked to stop: PostgreSQL, then the five services;
 * ends in the reverse order.
 * @throws CliError or DatabaseError with the one thing that is wrong and its cure.
 */
export async function start(
  options: StartOptions,
  env: Environment,
): Promise<void> {
  const wanted = readStartSettings(env, options.data);
  const settings = { ...wanted, ports: await findPorts(wanted.ports) };
  const stop = stopRequest(env);
  const log = createLog(options.json ?? false);
  const run = { settings, env, stop, options, log };
  try {
    await runAll(run);
  } catch (error) {
    // What a stop interrupts is no fault.
    if (!stop.aborted) throw error;
  }
  say(run, "stopped");
}

async function runAll(run: Run): Promise<void> {
  const { settings, env } = run;
  const names = secretClients.map(secretVariable);
  const secrets = await keepSecrets(settings.secretsFile, names);
  const log = (line: string) => say(run, line);
  const server = await openServer({ ...settings, log });
  try {
    const databases = await provisionAll(server, settings.dataFolder);
    if (run.stop.aborted) return;
    await leaveDatabaseUrl(settings.dataFolder, databases.auth);
    await runServices({ ...settings, secrets, databases, inherited: env }, run);
  } finally {
    await removeDatabaseUrl(settings.dataFolder);
    await server.stop();
  }
}

async function runServices(plan: GraphPlan, run: Run): Promise<void> {
  const supervisor = supervise(
    (name) => processes.start(name),
    (line, level) => say(run, line, level),
  );
  const processes: Processes = startProcesses(plan, {
    onLine: run.log,
    onEnd: supervisor.ended,
  });
  let watching: { close(): void } | undefined;
  try {
    await orStopped(processes.ready, run.stop);
    if (run.stop.aborted) return;
    announce(run);
    if (run.options.watch) watching = await watch(processes, run);
    await orStopped(supervisor.gaveUp, run.stop);
  } finally {
    watching?.close();
    say(run, "stopping");
    await processes.stop();
  }
}

/** Composition takes a while to load, and few need it here. */
async function watch(processes: Processes, run: Run) {
  const { watchRooms } = await import("./watch-rooms.ts");
  return watchRooms(processes, (line) => say(run, line));
}

function announce(run: Run): void {
  const seconds = performance.now() / 1000; // since this process began
  const today = run.settings.demoToday ?? demoToday({});
  if (run.options.json) say(run, `ready in ${seconds.toFixed(1)} s`);
  else process.stdout.write(firstRun(run.settings, today, seconds));
}

/** Resolves when asked to stop, whatever the work then does. */
async function orStopped(work: Promise<void>, stop: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (stop.aborted) resolve();
  stop.addEventListener("abort", () => resolve());
  await Promise.race([promise, work]);
}

function say(run: Run, msg: string, level: "info" | "warn" = "info"): void {
  run.log("hr", ownLine(level, msg));
}

function createLog(json: boolean): Run["log"] {
  return (service, line) => {
    const shown = json ? line : readableLine(service, line);
    if (shown !== null) process.stdout.write(`${shown}\n`);
  };
}
