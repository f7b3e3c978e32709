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
  const child = fork(
    join(import.meta.dirname, file),
    [JSON.stringify(settings)],
    {
      env,
      execArgv: [...execArgv],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  const { url } = (await reply(child, file)) as { readonly url: string };
  return {
    pid: child.pid ?? 0,
    url,
    async requests() {
      child.send("requests");
      const answer = (await reply(child, file)) as {
        readonly requests: number;
      };
      return answer.requests;
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

function reply(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`${file} ended by itself`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}
