import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chown,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { DatabaseError } from "./database-error.ts";
import type { Home } from "./embedded-home.ts";

/**
 * Makes the cluster where there is none yet. It is built beside and renamed into
 * place, so that a half-made cluster is never used.
 * @returns the superuser's password, kept in a file of mode 0600.
 */
export async function initialise(
  home: Home,
  log: (line: string) => void,
): Promise<string> {
  const file = join(home.folder, "superuser-password");
  const password = await readFile(file, "utf8").catch(() => "");
  const made = await stat(join(home.cluster, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (made && password !== "") return password;
  if (made)
    throw new DatabaseError(
      `The data folder ${home.folder} has lost its file superuser-password. Bring it back, or remove the folder to begin anew.`,
    );
  log("creating the database cluster");
  const fresh = randomBytes(24).toString("base64url");
  await writeFile(file, fresh, { mode: 0o600 });
  await giveTo(home, file);
  const draft = `${home.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(home, draft);
  await runInitdb(home, [`--pgdata=${draft}`, `--pwfile=${file}`]);
  await rename(draft, home.cluster);
  return fresh;
}

async function giveTo({ user }: Home, path: string): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

async function runInitdb(home: Home, flags: readonly string[]): Promise<void> {
  const child = spawn(
    join(home.binaries, "bin/initdb"),
    [
      ...flags,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      // Sorts alike on every machine, whatever its libraries.
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-sync",
    ],
    {
      ...home.user,
      env: { LC_ALL: "C", TZ: "UTC" },
      cwd: home.folder,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => (said = error.message));
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new DatabaseError(
      `The embedded database cluster could not be created in ${home.folder}: ${said.trim()}. Mend that, or set DATABASE_URL to a server of your own.`,
    );
}
