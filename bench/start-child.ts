import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Settings } from "./child.ts";

export type Child = {
  readonly pid: number;
  readonly url: string;
  /** Requests it has answered so far. */
  requests(): Promise<number>;
  stop(): Promise<void>;
};

const env = {
  PATH: process.env["PATH"],
  NODE_ENV: "production",
  APOLLO_TELEMETRY_DISABLED: "1",
};

/** Starts a file of this room as a process of its own, and waits until it listens. */
export async function startChild(
  file: string,
  settings: Settings,
  execArgv: readonly string[] = [],
): Promise<Child> {
  const child = forkChild(file, settings, execArgv);
  const { url } = await nextMessage<{ readonly url: string }>(child, file);
  return {
    pid: child.pid ?? 0,
    url,
    async requests() {
      child.send("requests");
      const answer = nextMessage<{ readonly requests: number }>(child, file);
      return (await answer).requests;
    },
    async stop() {
      if (!child.connected) return;
      const exited = once(child, "exit");
      child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Runs a file of this room, told its settings by its argument, and heard by messages. */
export function forkChild(
  file: string,
  settings: Settings,
  execArgv: readonly string[],
): ChildProcess {
  return fork(join(import.meta.dirname, file), [JSON.stringify(settings)], {
    env,
    execArgv: [...execArgv],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** @throws Error when it ends before it says something. */
export function nextMessage<Message>(
  child: ChildProcess,
  file: string,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      child.off("message", told);
      reject(new Error(`${file} ended by itself`));
    };
    const told = (message: unknown) => {
      child.off("exit", ended);
      resolve(message as Message);
    };
    child.once("exit", ended);
    child.once("message", told);
  });
}
