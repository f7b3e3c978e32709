import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Reads a file that only its owner may write and only its group may read besides.
 * @returns null when there is none.
 * @throws Error when others have access: who can write it decides whom to trust.
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  const file = await open(path).catch((error: unknown) => {
    if (isErrorWithCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { mode } = await file.stat();
    if (mode & 0o027)
      throw new Error(`${path} is open to others: set its mode to 600.`);
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
