import { demoToday } from "@hr/demo";
import { openServer, provisionAll } from "./databases.ts";
import type { GraphPlan } from "./environments.ts";
import { firstRun } from "./first-run.ts";
import { findPorts } from "./free-ports.ts";
import { ownLine, readableLine } from "./log-line.ts";
import { keepSecrets, machineClients, secretVariable } from "./secrets.ts";
import { type Environment, readStartSettings } from "./settings.ts";
import { type Processes, startProcesses } from "./start-processes.ts";
import { stopRequest } from "./stop-request.ts";
import { supervise } from "./supervise.ts";
import { watchRooms } from "./watch-rooms.ts";

export type StartOptions = {
  readonly data?: string;
  readonly watch?: true;
  /** The services' log lines as they wrote them. */
  readonly json?: true;
};

type Log = (service: string, line: string) => void;

/**
 * Runs everything until it is asked to stop: PostgreSQL, then the five services;
 * ends in the reverse order.
 * @throws CliError or DatabaseError with the one thing that is wrong and its cure.
 */
export async function start(
  options: StartOptions,
  env: Environment,
): Promise<void> {
  const began = performance.now();
  const settings = readStartSettings(env, options.data);
  const ports = await findPorts(settings.ports);
  const stop = stopRequest();
  const log = createLog(options.json ?? false);
  const own = (line: string) => log("hr", ownLine("info", line));
  const names = machineClients.map(secretVariable);
  const secrets = await keepSecrets(settings.secretsFile, names);
  const server = await openServer({ ...settings, log: own });
  try {
    const databases = await provisionAll(server, settings.dataFolder);
    const plan = { ...settings, ports, secrets, databases };
    const announce = () => {
      const seconds = (performance.now() - began) / 1000;
      const today = settings.demoToday ?? demoToday({});
      if (options.json) own(`ready in ${seconds.toFixed(1)} s`);
      else process.stdout.write(firstRun(plan, today, seconds));
    };
    const graph = { ...plan, inherited: env };
    await runServices(graph, { stop, log, announce, watch: !!options.watch });
  } finally {
    await server.stop();
  }
  own("stopped");
}

type Run = {
  readonly stop: AbortSignal;
  readonly log: Log;
  readonly announce: () => void;
  readonly watch: boolean;
};

async function runServices(plan: GraphPlan, run: Run): Promise<void> {
  const own = (level: "info" | "warn") => (line: string) =>
    run.log("hr", ownLine(level, line));
  const supervisor = supervise((name) => processes.start(name), own("warn"));
  const processes: Processes = startProcesses(plan, {
    onLine: run.log,
    onEnd: supervisor.ended,
  });
  try {
    await orStopped(processes.ready, run.stop);
    if (run.stop.aborted) return;
    run.announce();
    const watching = run.watch && watchRooms(processes, own("info"));
    await orStopped(supervisor.gaveUp, run.stop);
    if (watching) watching.close();
  } finally {
    if (run.stop.aborted) own("info")("stopping");
    await processes.stop();
  }
}

/** Resolves when asked to stop, whatever the work then does. */
async function orStopped(work: Promise<void>, stop: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (stop.aborted) resolve();
  else stop.addEventListener("abort", () => resolve(), { once: true });
  await Promise.race([promise, work]);
}

function createLog(json: boolean): Log {
  return (service, line) =>
    void process.stdout.write(`${json ? line : readableLine(service, line)}\n`);
}
