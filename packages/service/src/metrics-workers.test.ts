import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

type Line = { readonly url?: string; readonly worker?: number };

let program: ReturnType<typeof start>;
let lines: Line[];
let first: number;
let second: number;

beforeEach(async () => {
  lines = [];
  program = start();
  await until(() => workers().length === 2);
  [first = 0, second = 0] = workers();
  await until(async () => (await read("alive")) === 2);
});
afterEach(async () => {
  const ended = once(program, "exit");
  for (const worker of [first, second]) signal(worker, "SIGKILL");
  program.kill("SIGKILL");
  await ended;
});

test("two workers are read as one: counters are summed, gauges as each says", async () => {
  signal(first, "SIGUSR2");
  await until(async () => (await read("signals_total")) === 1);
  signal(second, "SIGUSR2");
  await until(async () => (await read("signals_total")) === 2);
  expect(await read("alive")).toBe(2);
  expect(await read("most")).toBe(1);
});

test("the processes of both are told, and the one that gathers is left out", async () => {
  const text = await scrape();
  expect(text).toContain("\nnodejs_heap_size_used_bytes ");
  expect(text).toContain("\nnodejs_eventloop_lag_p99_seconds ");
  const started = /^process_start_time_seconds (\d+)/m.exec(text)?.[1];
  expect(Number(started)).toBeGreaterThan(1_600_000_000);
});

test("what a worker that died had counted stays; what it held does not", async () => {
  signal(first, "SIGUSR2");
  signal(second, "SIGUSR2");
  await until(async () => (await read("signals_total")) === 2);
  signal(first, "SIGKILL");
  await until(async () => (await read("alive")) === 1);
  expect(await read("signals_total")).toBe(2);
  signal(second, "SIGKILL");
  await until(async () => (await read("alive")) === undefined);
  expect(await read("signals_total")).toBe(2);
});

test("of a worker that does not answer, what it said last is told", async () => {
  signal(first, "SIGUSR2");
  await until(async () => (await read("signals_total")) === 1);
  signal(first, "SIGSTOP");
  signal(second, "SIGUSR2");
  await until(async () => (await read("signals_total")) === 2);
  expect(await read("alive")).toBe(2);
});

test("whoever asks while a worker dies is answered for the other", async () => {
  signal(first, "SIGSTOP");
  signal(second, "SIGUSR2");
  const asked = scrape();
  await sleep(100);
  signal(first, "SIGKILL");
  expect(await asked).toContain("\nalive 1\n");
  expect(await read("signals_total")).toBe(1);
});

function start() {
  const file = join(import.meta.dirname, "test-metrics-workers.ts");
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) =>
    lines.push(JSON.parse(line) as Line),
  );
  return child;
}

function workers(): readonly number[] {
  return lines.flatMap(({ worker }) => worker ?? []);
}

/** To one that is still there. */
function signal(worker: number, name: NodeJS.Signals): void {
  try {
    process.kill(worker, name);
  } catch (error) {
    expect(error).toMatchObject({ code: "ESRCH" });
  }
}

async function read(name: string): Promise<number | undefined> {
  const value = new RegExp(`^${name} (.+)$`, "m").exec(await scrape())?.[1];
  return value === undefined ? undefined : Number(value);
}

async function scrape(): Promise<string> {
  const url = lines.find((line) => line.url)?.url ?? "";
  return (await fetch(url)).text();
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}
