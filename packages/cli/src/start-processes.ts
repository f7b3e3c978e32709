import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "./cli-error.ts";
import { type GraphPlan, environmentsOf } from "./environments.ts";
import { type Launched, launch } from "./launch.ts";
import { untilReady } from "./readiness.ts";
import { type ServiceName, serviceNames, subgraphNames } from "./services.ts";
import { type Words, listenTo } from "./words.ts";

export type Hooks = {
  /** A line a service wrote: JSON on standard output, or anything. */
  readonly onLine: (name: ServiceName, line: string) => void;
  /** A service that was ready ended, and nobody asked it to. */
  readonly onEnd?: (name: ServiceName, fault: CliError) => void;
};

/** The five services as processes. */
export type Processes = {
  /**
   * Resolves once all answer ready.
   * @throws CliError with the words of the service that did not start.
   */
  readonly ready: Promise<void>;
  /** Starts a service that is not running; resolves once it is ready. */
  start(name: ServiceName): Promise<void>;
  /** Asks a service to stop and waits until it is gone; SIGKILL does not ask. */
  end(name: ServiceName, signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Stops the gateway, then the rest; resolves when all are gone. */
  stop(): Promise<void>;
};

const readyMs = 60_000;
/** Longer than a service drains. */
const stopMs = 15_000;

/** Starts all side by side; whether the gateway is ready is asked last, since it then asks auth for keys. */
export function startProcesses(plan: GraphPlan, hooks: Hooks): Processes {
  const environments = environmentsOf(plan);
  const alive = new Set<Launched>();
  /** Those nobody asked to end. */
  const running = new Map<ServiceName, Launched>();
  let stopping = false;

  const start = async (
    name: ServiceName,
    before?: Promise<void>,
  ): Promise<void> => {
    if (stopping || running.has(name)) return;
    const words = listenTo((line) => hooks.onLine(name, line));
    const launched = launch(name, environments[name], words);
    alive.add(launched);
    running.set(name, launched);
    let isReady = false;
    void launched.ended.then((how) => {
      alive.delete(launched);
      if (running.get(name) !== launched) return;
      running.delete(name);
      if (isReady && !stopping)
        hooks.onEnd?.(name, endFault(name, how, words.last()));
    });
    await before;
    await becomeReady(name, plan.ports[name], { launched, words });
    isReady = true;
    words.release();
  };

  const end: Processes["end"] = async (name, signal = "SIGTERM") => {
    const launched = running.get(name);
    if (!launched) return;
    running.delete(name);
    launched.signal(signal);
    const late = sleep(stopMs, "late", { ref: false });
    if ((await Promise.race([launched.ended, late])) === "late")
      launched.signal("SIGKILL");
    await launched.ended;
  };

  const killAll = () => {
    for (const launched of alive) launched.signal("SIGKILL");
  };
  process.once("exit", killAll);
  const auth = start("auth");
  const subgraphs = subgraphNames.map((name) => start(name));
  const gateway = start("gateway", auth);
  const ready = Promise.all([auth, ...subgraphs, gateway]).then(
    () => undefined,
  );
  // Whoever stops before it is ready does not wait for it.
  ready.catch(() => undefined);
  return {
    ready,
    start: (name) => start(name),
    end,
    async stop() {
      stopping = true;
      await end("gateway");
      await Promise.all(serviceNames.map((name) => end(name)));
      // Also those that were ending already.
      await Promise.all([...alive].map((launched) => launched.ended));
      process.off("exit", killAll);
    },
  };
}

async function becomeReady(
  name: ServiceName,
  port: number,
  { launched, words }: { launched: Launched; words: Words },
): Promise<void> {
  const gone = new AbortController();
  void launched.ended.then(() => gone.abort());
  const late = AbortSignal.timeout(readyMs);
  const found = await untilReady(port, AbortSignal.any([gone.signal, late]));
  if (found === "ready") return;
  if (!gone.signal.aborted)
    throw new CliError(
      `${name} is not ready after ${readyMs / 1000} s: ${found.last}`,
    );
  const complaint = words.complaint();
  if (complaint.startsWith(name)) throw new CliError(complaint);
  if (complaint !== "")
    throw new CliError(`${name} did not start.\n${complaint}`);
  throw endFault(name, await launched.ended, words.last());
}

function endFault(name: ServiceName, how: string, last: string): CliError {
  return new CliError(
    `${name} ended (${how}).${last === "" ? "" : ` It said last:\n${last}`}`,
  );
}
