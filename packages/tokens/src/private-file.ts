import { randomUUID } from "node:crypto";
import {
  link,
  mkdir,
  open,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Such a file is not as it has to be; the message says what to mend. */
export class PrivateFileError extends Error {
  override readonly name = "PrivateFileError";
}

/**
 * Reads a file that only its owner may write and only its group may read besides.
 * @returns null when there is none.
 * @throws PrivateFileError when others have access: who can write it decides whom to trust.
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  const file = await open(path).catch((error: unknown) => {
    if (isErrorWithCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { mode, uid } = await file.stat();
    const own = process.getuid?.() ?? uid;
    if (uid !== own && uid !== 0)
      throw new PrivateFileError(
        `${path} belongs to another user: remove it, or make it yours.`,
      );
    if (mode & 0o027)
      throw new PrivateFileError(
        `${path} is open to others: set its mode to 600.`,
      );
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Writes the file whole, or not at all. */
export async function replacePrivateFile(
  path: string,
  text: string,
): Promise<void> {
  await withDraft(path, text, (draft) => rename(draft, path));
}

/** Writes the file unless there is one: of several writers exactly one succeeds. */
export async function createPrivateFile(
  path: string,
  text: string,
): Promise<void> {
  await withDraft(path, text, (draft) =>
    link(draft, path).catch((error: unknown) => {
      if (!isErrorWithCode(error, "EEXIST")) throw error;
    }),
  );
}

/**
 * One at a time for each file, of all processes that ask.
 * @param staleMs Longer than anybody holds the lock; an older one was left behind.
 */
export async function whileLocked<Result>(
  path: string,
  work: () => Promise<Result>,
  staleMs = 10_000,
): Promise<Result> {
  const lock = `${path}.lock`;
  await take(lock, staleMs);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, staleMs: number): Promise<void> {
  for (;;) {
    const file = await open(lock, "wx", 0o600).catch((error: unknown) => {
      if (!isErrorWithCode(error, "EEXIST")) throw error;
    });
    if (file) return file.close();
    const held = await stat(lock).catch(() => null);
    const isStale = held && Date.now() - held.mtimeMs > staleMs;
    await (isStale ? rm(lock, { force: true }) : setTimeout(20));
  }
}

async function withDraft(
  path: string,
  text: string,
  settle: (draft: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    await settle(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === code
  );
}
