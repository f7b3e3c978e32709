import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readAuthConfig, startAuth } from "@hr/auth";
import {
  type AuthAdmin,
  createSigningKeys,
  openAuthAdmin,
} from "@hr/auth/admin";
import {
  checkout,
  clientToken,
  findPorts,
  provisionAll,
  signIn,
  urlOf,
} from "@hr/cli";
import { testPostgres } from "@hr/database/testing";
import { readEmployeeConfig, startEmployee } from "@hr/employee";
import { readGatewayConfig, startGateway } from "@hr/gateway";
import { type Running, createLogger } from "@hr/service";
import { rotateInternalKeys } from "@hr/tokens";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeProtectedHeader } from "jose";
import { sql } from "kysely";
import { askGraph, estateToday } from "./estate.ts";

/** A minute between two readings of the keys is here so many milliseconds. */
const keysEveryMs = 100;
/** How long a verifier waits between two looks for keys it does not know. */
const cooldownMs = 10_500;

const secrets = {
  PAYROLL_EXPORT_SECRET: randomBytes(24).toString("hex"),
  GATEWAY_SECRET: randomBytes(24).toString("hex"),
};
const keyEncryptionKey = randomBytes(24).toString("hex");

let folder: string;
let auth: string;
let gateway: string;
let keysFile: string;
let running: Record<"auth" | "employee" | "gateway", Running>;
let admin: AuthAdmin;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hr-rotation-"));
  keysFile = join(folder, "internal-keys.json");
  const mark = `_${randomBytes(4).toString("hex")}`;
  const databases = await provisionAll(testPostgres(), folder, mark);
  const nothing = { auth: 0, employee: 0, payroll: 0, leave: 0, gateway: 0 };
  const ports = await findPorts(nothing);
  auth = urlOf("auth", ports);
  gateway = urlOf("gateway", ports);
  const base = { NODE_ENV: "test", DATA_FOLDER: folder };
  running = {
    auth: await startAuth(
      readAuthConfig({
        ...base,
        ...secrets,
        PORT: String(ports.auth),
        DATABASE_URL: databases.auth,
        ISSUER: auth,
        API_AUDIENCE: `${gateway}/graphql`,
        GATEWAY_ORIGIN: gateway,
        KEY_ENCRYPTION_KEY: keyEncryptionKey,
      }),
      silent,
      { keysEveryMs },
    ),
    employee: await startEmployee(
      readEmployeeConfig({
        ...base,
        PORT: String(ports.employee),
        DATABASE_URL: databases.employee,
        GATEWAY_JWKS_URI: `${gateway}/.well-known/jwks.json`,
        SEED: "demo",
        DEMO_TODAY: estateToday,
      }),
      silent,
    ),
    gateway: await startGateway(
      readGatewayConfig({
        NODE_ENV: "test",
        PORT: String(ports.gateway),
        SUPERGRAPH: join(checkout, "gateway/supergraph.graphql"),
        TOKEN_ISSUER: auth,
        TOKEN_AUDIENCE: `${gateway}/graphql`,
        DENYLIST_CLIENT_SECRET: secrets.GATEWAY_SECRET,
        GATEWAY_KEYS_FILE: keysFile,
        JWKS_SNAPSHOT_FILE: join(folder, "issuer-jwks.json"),
        DENYLIST_SNAPSHOT_FILE: join(folder, "denylist.json"),
        SUBGRAPH_URL_EMPLOYEE: `${urlOf("employee", ports)}/graphql`,
      }),
      silent,
      { keysEveryMs },
    ),
  };
  admin = await openAuthAdmin(databases.auth, { development: true });
});

afterAll(async () => {
  await admin.close();
  for (const name of ["gateway", "employee", "auth"] as const)
    await running[name].close();
  await rm(folder, { recursive: true });
});

const silent = createLogger("rotation", { write: () => undefined });

const machine = { id: "payroll-export", secret: secrets.PAYROLL_EXPORT_SECRET };
const ask = (token: string) =>
  askGraph(`${gateway}/graphql`, token, { query: "{ me { displayName } }" });

type Counts = Record<"machines" | "people" | "graph", number>;

/** Everything clients do, over and over, until stopped. */
function startLoad() {
  const done: Counts = { machines: 0, people: 0, graph: 0 };
  const failures: string[] = [];
  let isOver = false;
  let newest = signIn(auth, "ada.employee@demo");
  let earlier = newest;

  async function keepOn(
    name: keyof Counts,
    act: () => Promise<unknown>,
  ): Promise<void> {
    while (!isOver) {
      await act().catch((error: unknown) =>
        failures.push(`${name}: ${String(error)}`),
      );
      done[name] += 1;
    }
  }

  async function query(token: string): Promise<void> {
    const { status, data, errors } = await ask(token);
    const isGood = status === 200 && errors === undefined;
    if (!isGood) throw new Error(JSON.stringify({ status, data, errors }));
  }

  const loops = [
    keepOn("machines", () => clientToken(auth, machine)),
    keepOn("people", async () => {
      const token = await signIn(auth, "ada.employee@demo");
      newest = Promise.resolve(token);
    }),
    keepOn("graph", async () => query(await newest)),
    keepOn("graph", async () => query(await earlier)),
  ];

  return {
    failures,
    newest: () => newest,
    /** Goes on until everything was done a few times more, also with a token from before. */
    async phase(): Promise<void> {
      const before = { ...done };
      const isEnough = () =>
        Object.entries(before).every(
          ([name, count]) => done[name as keyof Counts] >= count + 5,
        );
      while (!isEnough()) await setTimeout(20);
      earlier = newest;
    },
    async stop(): Promise<void> {
      isOver = true;
      await Promise.all(loops);
    },
  };
}

async function kidsOf(at: string): Promise<readonly string[]> {
  const response = await fetch(`${at}/.well-known/jwks.json`);
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  const { keys } = (await response.json()) as {
    readonly keys: readonly { readonly kid: string }[];
  };
  return keys.map(({ kid }) => kid);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20);
}

/** The next key of auth and of the gateway, as soon as both sign with it. */
async function rotateBoth(): Promise<void> {
  const before = [await kidsOf(auth), await kidsOf(gateway)];
  const keys = createSigningKeys(admin.query, keyEncryptionKey);
  await keys.rotate({ force: true });
  await rotateInternalKeys(keysFile, { force: true });
  for (const [index, at] of [auth, gateway].entries())
    await until(async () => (await kidsOf(at))[0] === before[index]?.[1]);
}

/** As if 24 hours had gone by since the retired keys signed last. */
async function expireRetired(): Promise<void> {
  await sql`update signing_key set since = since - interval '24 hours' where state = 'retired'`.execute(
    admin.query,
  );
  const { keys } = JSON.parse(await readFile(keysFile, "utf8")) as {
    readonly keys: readonly { readonly stage: string }[];
  };
  const aged = keys.map((key) =>
    key.stage === "retired" ? { ...key, since: 0 } : key,
  );
  await writeFile(keysFile, JSON.stringify({ keys: aged }));
  for (const at of [auth, gateway])
    await until(async () => (await kidsOf(at)).length === 2);
}

test("R7, R8, R81: under load no request fails while the keys of auth and gateway go from pending to active, retired and gone", async () => {
  const load = startLoad();
  const signer = async () => decodeProtectedHeader(await load.newest()).kid;

  await load.phase();
  const fetched = Date.now();
  const [first, followed] = await kidsOf(auth);
  const [, ofGateway] = await kidsOf(gateway);
  expect(await signer()).toBe(first);

  await rotateBoth();
  await load.phase();
  expect(await signer()).toBe(followed);
  expect((await kidsOf(gateway))[0]).toBe(ofGateway);

  // The 15 minutes in which verifiers come to know the next key are this long here.
  await setTimeout(Math.max(0, fetched + cooldownMs - Date.now()));
  await rotateBoth();
  await load.phase();
  expect(await signer()).not.toBe(followed);
  expect((await kidsOf(auth)).slice(2)).toEqual([followed, first]);
  expect((await kidsOf(gateway)).slice(2)).toContain(ofGateway);

  await expireRetired();
  await load.phase();
  expect(await kidsOf(auth)).not.toContain(followed);
  expect(await kidsOf(gateway)).not.toContain(ofGateway);

  await load.stop();
  expect(load.failures).toEqual([]);
}, 180_000);

test("R73, R74: while auth is down, known keys verify tokens not seen before, and a key that may be new is 503", async () => {
  const fresh = await signIn(auth, "mia.manager@demo");
  await running.auth.close();
  const [, claims, signature] = fresh.split(".");
  const header = { typ: "at+jwt", alg: "ES256", kid: "never-published" };
  const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
  const unknown = `${encoded}.${claims}.${signature}`;
  await until(async () => (await ask(unknown)).status === 503);
  const { status, data } = await ask(fresh);
  expect(status).toBe(200);
  expect(data).toEqual({ me: { displayName: expect.any(String) } });
});
