import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readPrivate, writePrivate } from "./private-file.ts";

/** Leaves the URL of the auth database where commands beside a running start look for it, for its owner's eyes only. */
export function leaveDatabaseUrl(
  dataFolder: string,
  url: string,
): Promise<void> {
  return writePrivate(fileIn(dataFolder), url);
}

/** Undefined while no start runs on the folder. */
export function findDatabaseUrl(
  dataFolder: string,
): Promise<string | undefined> {
  return readPrivate(fileIn(dataFolder));
}

export function removeDatabaseUrl(dataFolder: string): Promise<void> {
  return rm(fileIn(dataFolder), { force: true });
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, "auth/database-url");
}
