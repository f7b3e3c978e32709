import { afterEach, describe, expect, test } from "@jest/globals";
import { createLogger } from "./log.ts";
import {
  type Dependencies,
  type Route,
  type Running,
  sendJson,
  serve,
} from "./serve.ts";

const running: Running[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.close())));

async function start(
  routes: readonly Route[],
  dependencies: Dependencies = {},
  port = 0,
): Promise<{ url: string; log: string[]; running: Running }> {
  const log: string[] = [];
  const one = await serve({
    name: "payroll",
    host: "127.0.0.1",
    port,
    logger: createLogger("payroll", { write: (line) => log.push(line) }),
    routes,
    dependencies,
  });
  running.push(one);
  return { url: one.url, log, running: one };
}

const hello: Route = {
  method: "GET",
  path: "/hello",
  handle: (_request, response) => sendJson(response, 200, { hello: "Ada" }),
};

describe("a service", () => {
  test("prints where it listens, as one JSON line", async () => {
    const { url, log } = await start([]);
    expect(JSON.parse(log[0] ?? "")).toMatchObject({
      msg: "listening",
      service: "payroll",
      url,
    });
  });

  test("is alive, and ready while what it depends on is", async () => {
    let up = true;
    const { url } = await start([], {
      database: () =>
        up ? Promise.resolve() : Promise.reject(new Error("secret host")),
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await answer(`${url}/readyz`)).toEqual([
      200,
      { status: "ready", dependencies: { database: { status: "up" } } },
    ]);
    up = false;
    expect(await answer(`${url}/readyz`)).toEqual([
      503,
      { status: "unready", dependencies: { database: { status: "down" } } },
    ]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test("tells of what it can do without, and is ready all the same", async () => {
    const one = await serve({
      name: "gateway",
      host: "127.0.0.1",
      port: 0,
      logger: createLogger("gateway", { write: () => undefined }),
      routes: [],
      dependencies: { issuerKeys: () => Promise.resolve() },
      reported: {
        denylist: () => "outdated",
        further: () => Promise.resolve("up"),
        broken: () => Promise.reject(new Error("secret host")),
      },
    });
    running.push(one);
    expect(await answer(`${one.url}/readyz`)).toEqual([
      200,
      {
        status: "ready",
        dependencies: {
          denylist: { status: "outdated" },
          further: { status: "up" },
          broken: { status: "down" },
          issuerKeys: { status: "up" },
        },
      },
    ]);
  });

  test("answers what it serves, 404 for what it does not, and 405 with the methods it takes", async () => {
    const { url } = await start([hello]);
    expect(await answer(`${url}/hello?a=b`)).toEqual([200, { hello: "Ada" }]);
    expect((await answer(`${url}/nothing`))[0]).toBe(404);
    const wrong = await fetch(`${url}/hello`, { method: "POST" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
  });

  test("answers 500 without a word of the reason when a route fails, and logs it", async () => {
    const { url, log } = await start([
      {
        method: "GET",
        path: "/fails",
        handle: () => Promise.reject(new Error("select * from person")),
      },
    ]);
    const [status, body] = await answer(`${url}/fails`);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("person");
    expect(log.join("")).toContain("request failed");
  });

  test("lets what it began end before it closes", async () => {
    let finish = () => {};
    const { url, running: one } = await start([
      {
        method: "GET",
        path: "/slow",
        handle: async (_request, response) => {
          await new Promise<void>((resolve) => (finish = resolve));
          sendJson(response, 200, { done: true });
        },
      },
    ]);
    const slow = answer(`${url}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = one.close();
    finish();
    expect(await slow).toEqual([200, { done: true }]);
    await closed;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});

describe("an address that cannot be had", () => {
  test("names PORT and the cure when the port is taken", async () => {
    const { url } = await start([]);
    const port = Number(new URL(url).port);
    await expect(start([], {}, port)).rejects.toThrow(`PORT ${port} is taken`);
  });

  test("names HOST when it is not this machine's", async () => {
    const options = {
      name: "payroll",
      host: "192.0.2.1",
      port: 0,
      logger: createLogger("payroll", { write: () => undefined }),
      routes: [],
      dependencies: {},
    };
    await expect(serve(options)).rejects.toThrow(
      "HOST 192.0.2.1 is no address of this machine",
    );
  });
});

async function answer(url: string): Promise<readonly [number, unknown]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}
