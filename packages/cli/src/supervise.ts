import { setTimeout as sleep } from "node:timers/promises";
import { CliError, messageOf } from "./cli-error.ts";
import type { ServiceName } from "./services.ts";

const firstPauseMs = 500;
const mostEnds = 5;
const withinMs = 60_000;

export type Supervisor = {
  /** To be told of every end nobody asked for. */
  readonly ended: (name: ServiceName, fault: CliError) => void;
  /** Rejects, with the fault, when a service ended five times within a minute. */
  readonly gaveUp: Promise<never>;
};

/** Starts a service that ended again, after a pause that doubles while it keeps ending. */
export function supervise(
  restart: (name: ServiceName) => Promise<void>,
  log: (line: string, level: "info" | "warn") => void,
): Supervisor {
  const ends = new Map<ServiceName, readonly number[]>();
  const { promise: gaveUp, reject } = Promise.withResolvers<never>();
  // It may be too early for anybody to listen.
  gaveUp.catch(() => undefined);
  const ended = (name: ServiceName, fault: CliError): void => {
    const since = Date.now() - withinMs;
    const recent = [...(ends.get(name) ?? []), Date.now()].filter(
      (at) => at > since,
    );
    ends.set(name, recent);
    if (recent.length >= mostEnds)
      return reject(
        new CliError(
          `${name} ended ${mostEnds} times within a minute, so everything stops. ${fault.message}`,
        ),
      );
    const pauseMs = firstPauseMs * 2 ** (recent.length - 1);
    const [summary] = fault.message.split(" It said last:");
    log(`${summary} Starting it again in ${pauseMs / 1000} s.`, "warn");
    void sleep(pauseMs, undefined, { ref: false })
      .then(() => restart(name))
      .then(() => log(`${name} is back.`, "info"))
      .catch((error: unknown) => ended(name, new CliError(messageOf(error))));
  };
  return { ended, gaveUp };
}
