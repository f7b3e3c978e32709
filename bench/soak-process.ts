import { once } from "node:events";
import type { Settings, Started } from "./child.ts";
import { forkChild, nextMessage } from "./start-child.ts";

/** A process that may be asked for a report, and may be killed. */
export type SoakProcess = {
  readonly pid: number;
  readonly url: string;
  /** What its `report` says; one asks at a time. */
  report<Report>(): Promise<Report>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export type SoakStarted = Pick<Started, "url"> & {
  readonly report: () => object;
};

/** Starts a file of this room as a process of its own, and waits until it listens. */
export async function startSoakProcess(
  file: string,
  settings: Settings,
  execArgv: readonly string[] = [],
): Promise<SoakProcess> {
  const child = forkChild(file, settings, execArgv);
  const { url } = await nextMessage<{ readonly url: string }>(child, file);
  const end = async (tell: () => void) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    tell();
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    url,
    report<Report>() {
      const answer = nextMessage<Report>(child, file);
      child.send("report");
      return answer;
    },
    kill: () => end(() => void child.kill("SIGKILL")),
    stop: () => end(() => child.disconnect()),
  };
}

/** The other end: a process that `startSoakProcess` started ends when its parent does. */
export async function runSoakProcess(
  start: (settings: Settings) => Promise<SoakStarted>,
): Promise<void> {
  process.on("disconnect", () => process.exit());
  const settings = JSON.parse(process.argv[2] ?? "{}") as Settings;
  const { url, report } = await start(settings);
  process.on("message", () => process.send?.(report()));
  process.send?.({ url });
}
