import { createHash } from "node:crypto";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readPrivate, writePrivate } from "./private-file.ts";

/** What a login left. Secret. */
export type Session = {
  readonly refreshToken: string;
  /** By the scopes asked for; under no name those with all. */
  readonly accessTokens: Readonly<Record<string, string>>;
};

/** Where the session at one issuer is kept. */
export type SessionStore = {
  /** @throws CliError if others could have read it */
  read(): Promise<Session | undefined>;
  keep(session: Session): Promise<void>;
  drop(): Promise<void>;
  /** One process at a time: a refresh token is used once. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** Longer than a refresh takes; a lock that is older was left behind. */
const lockMs = 30_000;
const pauseMs = 50;

export function sessionStore(dataFolder: string, issuer: string): SessionStore {
  const name = createHash("sha256").update(issuer).digest("hex");
  const folder = join(dataFolder, "tokens");
  const file = join(folder, `session-${name}`);
  const lock = `${file}.lock`;
  return {
    async read() {
      const text = await readPrivate(file);
      return text === undefined ? undefined : (JSON.parse(text) as Session);
    },
    keep: (session) => writePrivate(file, JSON.stringify(session)),
    drop: () => rm(file, { force: true }),
    async alone(work) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      while (!(await take(lock))) await sleep(pauseMs);
      try {
        return await work();
      } finally {
        await rm(lock, { force: true });
      }
    },
  };
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const taken = await stat(lock).catch(() => undefined);
  if (taken && Date.now() - taken.mtimeMs > lockMs)
    await rm(lock, { force: true });
  return false;
}
