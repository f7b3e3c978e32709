import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/**
 * JSON lines on standard output, written together once a turn of the event loop and
 * before the process ends. Never hand it a token, a secret or a personal value.
 */
export function createLogger(
  service: string,
  destination?: DestinationStream,
): Logger {
  const options = {
    base: { service },
    formatters: { level: (level: string) => ({ level }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return pino(options, destination ?? standardOutput());
}

const maximumCharacters = 65_536;

/** A write for each line would cost a request more than all that is said in it. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true });
  let lines = "";
  const flush = () => {
    if (lines === "") return;
    const text = lines;
    lines = "";
    output.write(text);
  };
  process.on("exit", flush);
  return {
    write(line) {
      if (lines === "") setImmediate(flush);
      lines += line;
      if (lines.length > maximumCharacters) flush();
    },
  };
}

/** What a log may call an error that others wrote: its message may hold what they looked at. */
export function faultName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
