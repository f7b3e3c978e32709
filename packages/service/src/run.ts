import { type Logger, createLogger } from "./log.ts";
import type { Running } from "./serve.ts";

/**
 * The life of a process: start, wait for SIGINT or SIGTERM, close, exit 0.
 * A start that fails says why in one message on standard error and exits 1.
 */
export async function run(
  name: string,
  start: (logger: Logger) => Promise<Running>,
): Promise<void> {
  const logger = createLogger(name);
  const stop = nextSignal();
  // A configuration that cannot be read throws before there is a promise.
  const starting = Promise.resolve().then(() => start(logger));
  const running = await starting.catch((error: unknown) => {
    process.stderr.write(`${name} did not start. ${faultOf(error)}\n`);
    process.exit(1);
  });
  const signal = await stop;
  logger.info({ signal }, "closing");
  await running.close().catch((error: unknown) => {
    logger.error({ err: error }, "did not close cleanly");
    process.exitCode = 1;
  });
  process.exit();
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => resolve(signal));
    // Started by another process of ours that is gone: nobody would stop this one.
    process.on("disconnect", () => resolve("disconnect"));
  });
}

/** Our own errors explain themselves; of any other, the stack is the message. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const explained = /^(Config|Database|Rules|Key)Error$/.test(error.name);
  return explained ? error.message : (error.stack ?? error.message);
}
