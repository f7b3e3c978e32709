import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** JSON lines on standard output. Never hand it a token, a secret or a personal value. */
export function createLogger(
  service: string,
  destination?: DestinationStream,
): Logger {
  const options = {
    base: { service },
    formatters: { level: (level: string) => ({ level }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return destination ? pino(options, destination) : pino(options);
}

/** What a log may call an error that others wrote: its message may hold what they looked at. */
export function faultName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
