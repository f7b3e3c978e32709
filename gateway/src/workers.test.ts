import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createTestIssuer } from "@hr/tokens/testing";

type Line = {
  readonly msg?: string;
  readonly url?: string;
  readonly worker?: number;
};

const issuer = "http://localhost:1/issuer";
const audience = "http://localhost:4000/graphql";
const lines: Line[] = [];
let folder: string;
let keys: Server;
let token: string;
let gateway: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workers-"));
  const local = await createTestIssuer({ issuer, audience });
  token = await local.accessToken({ scope: "" });
  keys = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(local.jwks));
  });
  keys.listen(0, "127.0.0.1");
  await once(keys, "listening");
  const { port } = keys.address() as AddressInfo;
  gateway = start({
    WORKERS: "2",
    PORT: "0",
    METRICS_PORT: "0",
    SUPERGRAPH: join(import.meta.dirname, "../supergraph.graphql"),
    TOKEN_ISSUER: issuer,
    TOKEN_AUDIENCE: audience,
    TOKEN_JWKS_URI: `http://127.0.0.1:${port}/jwks`,
    DENYLIST_URL: "none",
    GATEWAY_KEYS_FILE: join(folder, "keys.json"),
    JWKS_SNAPSHOT_FILE: join(folder, "jwks.json"),
  });
  await until(() => lines.filter(isListening).length === 2);
});
afterAll(async () => {
  gateway.kill("SIGKILL");
  keys.close();
  await rm(folder, { recursive: true, force: true });
});

test("two workers answer on one port, and sign for subgraphs by the same keys", async () => {
  const urls = new Set(lines.filter(isListening).map(({ url }) => url));
  expect(urls.size).toBe(1);
  const kids = new Set<string>();
  for (let asked = 0; asked < 8; asked += 1) {
    expect(await ask()).toEqual({ data: { __typename: "Query" } });
    kids.add(await get("/.well-known/jwks.json"));
  }
  expect(kids.size).toBe(1);
});

test("while one that was killed is replaced, the other goes on", async () => {
  const [killed = 0] = workers();
  process.kill(killed, "SIGKILL");
  await until(() =>
    lines.some(({ msg }) => msg === "worker ended; another is started"),
  );
  for (let asked = 0; asked < 8; asked += 1)
    expect(await ask()).toEqual({ data: { __typename: "Query" } });
  await until(() => workers().length === 3);
  expect(workers().at(-1)).not.toBe(killed);
});

test("one place tells what all workers did, those that are gone included", async () => {
  const answered = /^hr_gateway_requests_total\{.*outcome="ok"/;
  const before = await metric(answered);
  expect(before).toBeGreaterThan(0);
  for (let asked = 0; asked < 4; asked += 1) await ask();
  expect(await metric(answered)).toBe(before + 4);
  const killed = workers().at(-1) ?? 0;
  process.kill(killed, "SIGKILL");
  await until(() => workers().length === 4);
  expect(await metric(answered)).toBe(before + 4);
  expect(await metric(/^hr_gateway_workers /)).toBe(2);
  expect(await metric(/^hr_gateway_worker_ends_total /)).toBe(2);
});

test("a signal to the first process ends all of them", async () => {
  const ended = once(gateway, "exit");
  gateway.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  for (const worker of workers())
    expect(() => process.kill(worker, 0)).toThrow("ESRCH");
});

test("when a worker cannot start, the whole does not, and says why once more", async () => {
  const broken = spawn(process.execPath, [main], {
    env: { ...path, WORKERS: "2", SUPERGRAPH: "nowhere.graphql", ...tokens },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  broken.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(broken, "close")) as [number];
  expect(code).toBe(1);
  expect(said).toContain("SUPERGRAPH names");
  expect(said).toContain("gateway did not start. One of its workers did not");
});

const main = join(import.meta.dirname, "main.ts");
const path = { PATH: process.env["PATH"] };
const tokens = { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, PORT: "0" };

function start(env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [main], {
    env: { ...path, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) =>
    lines.push(JSON.parse(line) as Line),
  );
  return child;
}

function isListening({ msg }: Line): boolean {
  return msg === "listening";
}

function workers(): readonly number[] {
  return lines
    .filter(({ msg }) => msg === "worker started")
    .map(({ worker = 0 }) => worker);
}

async function ask(): Promise<unknown> {
  const response = await fetch(`${address()}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      connection: "close",
    },
    body: JSON.stringify({ query: "{ __typename }" }),
  });
  return response.json();
}

async function get(url: string): Promise<string> {
  const headers = { connection: "close" };
  return (await fetch(address() + url, { headers })).text();
}

/** What its series come to. */
async function metric(series: RegExp): Promise<number> {
  const url = lines.find(({ msg }) => msg === "metrics listening")?.url ?? "";
  const told = (await (await fetch(url)).text()).split("\n");
  return told
    .filter((line) => series.test(line))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

function address(): string {
  return lines.find(isListening)?.url ?? "";
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}
