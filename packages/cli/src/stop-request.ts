import type { Environment } from "./settings.ts";

const sameRequestMs = 500;
const lookMs = 250;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at
 * once; one within half a second is the first again, as npm passes on a Ctrl-C that
 * the terminal sent to both. Started by npm, it aborts when npm is gone too: npm
 * that is itself ended leaves its shell, and what the shell runs, behind.
 */
export function stopRequest(env: Environment): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      first ??= performance.now();
      if (performance.now() - first > sameRequestMs) process.exit(1);
      controller.abort();
    });
  if (env["npm_command"] !== undefined) {
    const parent = process.ppid;
    const look = () => {
      if (process.ppid !== parent) controller.abort();
    };
    setInterval(look, lookMs).unref();
  }
  return controller.signal;
}
