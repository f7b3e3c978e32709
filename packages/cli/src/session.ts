import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { whileLocked } from "@hr/tokens/private-file";
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

export function sessionStore(dataFolder: string, issuer: string): SessionStore {
  const name = createHash("sha256").update(issuer).digest("hex");
  const folder = join(dataFolder, "tokens");
  const file = join(folder, `session-${name}`);
  return {
    async read() {
      const text = await readPrivate(file);
      return text === undefined ? undefined : (JSON.parse(text) as Session);
    },
    keep: (session) => writePrivate(file, JSON.stringify(session)),
    drop: () => rm(file, { force: true }),
    async alone(work) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return whileLocked(file, work, lockMs);
    },
  };
}
