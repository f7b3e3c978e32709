import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  type Outgoing,
  type SubgraphClient,
  type SubgraphClientOptions,
  createSubgraphClient,
} from "./subgraph-client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server | undefined;
let client: SubgraphClient | undefined;
afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
  server = client = undefined;
});

describe("a request", () => {
  test("is answered with status and text, over a connection that is kept", async () => {
    const ports = new Set<number | undefined>();
    await open((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(207).end("Grüße");
    });
    for (let n = 0; n < 5; n += 1)
      expect(await ask()).toEqual({ status: 207, text: "Grüße" });
    expect(ports.size).toBeLessThan(5);
  });

  test("that takes too long is given up, and says so", async () => {
    await open(() => undefined, { timeoutMs: 100 });
    await expect(ask()).rejects.toThrow("it does not answer in time");
  });

  test("whose answer drips is given up all the same", async () => {
    await open(
      (_request, response) => {
        const timer = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(timer));
      },
      { timeoutMs: 200 },
    );
    await expect(ask()).rejects.toThrow("it does not answer in time");
  });

  test("whose answer is too large is given up", async () => {
    await open((_request, response) => response.end("x".repeat(2_000)), {
      maximumBytes: 1_999,
    });
    await expect(ask()).rejects.toThrow("its answer is too large");
  });

  test("that nobody waits for any more ends at the subgraph as well", async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await open((_request, response) => {
      response.on("close", resolve);
      arrive();
    });
    const leaving = new AbortController();
    const answer = ask({ signal: leaving.signal });
    await arrived;
    leaving.abort();
    await expect(answer).rejects.toThrow("nobody waits for it");
    await gone;
  });

  test("whose sender left before it began is not sent", async () => {
    let seen = 0;
    await open((_request, response) => {
      seen += 1;
      response.end("{}");
    });
    const signal = AbortSignal.abort();
    await expect(ask({ signal })).rejects.toThrow("nobody waits for it");
    await ask({ body: "another" });
    expect(seen).toBe(1);
  });
});

describe("a connection that breaks before an answer", () => {
  const breakOnce = () => {
    let seen = 0;
    const handle: Handler = (request, response) => {
      seen += 1;
      if (seen === 1) request.socket.destroy();
      else response.end("second");
    };
    return { handle, seen: () => seen };
  };

  test("is no matter to a read, which is sent once more", async () => {
    const { handle, seen } = breakOnce();
    await open(handle);
    expect((await ask()).text).toBe("second");
    expect(seen()).toBe(2);
  });

  test("ends a mutation, which may have been carried out", async () => {
    const { handle, seen } = breakOnce();
    await open(handle);
    await expect(ask({ isRead: false })).rejects.toThrow(
      "it cannot be reached",
    );
    expect(seen()).toBe(1);
  });

  test("after the answer began is not tried again", async () => {
    let seen = 0;
    await open((request, response) => {
      seen += 1;
      response.writeHead(200).write("half");
      setTimeout(() => request.socket.destroy(), 20);
    });
    await expect(ask()).rejects.toThrow("it cannot be reached");
    expect(seen).toBe(1);
  });
});

describe("identical reads under way", () => {
  test("of one caller share a request, those of others and other ones do not", async () => {
    const seen: string[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    await open(async (request, response) => {
      const body = await textOf(request);
      seen.push(`${request.headers.authorization} ${body}`);
      if (seen.length === 4) resolve();
      await all;
      response.end(`${request.headers.authorization} ${body}`);
    });
    const answers = await Promise.all([
      ask(as("ada")),
      ask(as("ada")),
      ask(as("mia")),
      ask({ ...as("ada"), body: "other" }),
      ask({ ...as("ada"), ...german("ada") }),
    ]);
    expect(answers.map(({ text }) => text)).toEqual([
      "ada query",
      "ada query",
      "mia query",
      "ada other",
      "ada query",
    ]);
    expect(seen.sort()).toEqual([
      "ada other",
      "ada query",
      "ada query",
      "mia query",
    ]);
  });

  test("are never mutations", async () => {
    let seen = 0;
    await open((_request, response) => {
      seen += 1;
      setTimeout(() => response.end("{}"), 50);
    });
    await Promise.all([ask({ isRead: false }), ask({ isRead: false })]);
    expect(seen).toBe(2);
  });

  test("go on for who stays when one leaves", async () => {
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await open(async (_request, response) => {
      arrive();
      await end;
      response.end("answer");
    });
    const leaving = new AbortController();
    const one = ask({ signal: leaving.signal });
    const other = ask();
    await arrived;
    leaving.abort();
    resolve();
    expect((await other).text).toBe("answer");
    await one.catch(() => undefined);
  });

  test("are not joined to one that is being given up", async () => {
    let seen = 0;
    await open((_request, response) => {
      seen += 1;
      if (seen > 1) response.end("answer");
    });
    const leaving = new AbortController();
    const one = ask({ signal: leaving.signal });
    const refused = expect(one).rejects.toThrow("nobody waits for it");
    await until(() => Promise.resolve(seen === 1));
    leaving.abort();
    expect((await ask()).text).toBe("answer");
    await refused;
  });

  test("from before a mutation are not joined by those after it", async () => {
    const { promise: end, resolve } = Promise.withResolvers<void>();
    let value = "old";
    let reads = 0;
    await open(async (request, response) => {
      if ((await textOf(request)) === "change") {
        value = "new";
        return response.end("{}");
      }
      reads += 1;
      const seen = value;
      if (reads === 1) await end;
      response.end(seen);
    });
    const before = ask();
    await until(() => Promise.resolve(reads === 1));
    await ask({ body: "change", isRead: false });
    expect((await ask()).text).toBe("new");
    resolve();
    expect((await before).text).toBe("old");
  });

  test("that come after the answer are asked anew", async () => {
    let seen = 0;
    await open((_request, response) => response.end(String((seen += 1))));
    expect([(await ask()).text, (await ask()).text]).toEqual(["1", "2"]);
  });
});

describe("a subgraph that fails over and over", () => {
  test("is left alone for a moment, then tried by one request and used again", async () => {
    let isDown = true;
    let seen = 0;
    await open(
      (request, response) => {
        seen += 1;
        if (isDown) request.socket.destroy();
        else response.end("{}");
      },
      { failures: 3, pauseMs: 200 },
    );
    const failing = () => ask({ isRead: false });
    for (let n = 0; n < 3; n += 1)
      await expect(failing()).rejects.toThrow("it cannot be reached");
    await expect(failing()).rejects.toThrow(
      "it failed too often and is left alone",
    );
    expect(seen).toBe(3);
    isDown = false;
    await until(() =>
      failing().then(
        () => true,
        () => false,
      ),
    );
    expect((await failing()).status).toBe(200);
  });

  test("is not one that answers with errors", async () => {
    await open((_request, response) => response.writeHead(500).end("no"), {
      failures: 2,
    });
    for (let n = 0; n < 5; n += 1)
      expect((await ask({ isRead: false })).status).toBe(500);
  });
});

test("beyond what may be under way and wait, a request is refused at once", async () => {
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const { promise: both, resolve: bothCame } = Promise.withResolvers<void>();
  let most = 0;
  let now = 0;
  await open(
    async (_request, response) => {
      now += 1;
      most = Math.max(most, now);
      if (now === 2) bothCame();
      await end;
      now -= 1;
      response.end("{}");
    },
    { concurrency: 2, queue: 2 },
  );
  const asked = Array.from({ length: 6 }, () => ask({ isRead: false }));
  const ends = Promise.allSettled(asked);
  await expect(asked[5]).rejects.toThrow("too many requests wait for it");
  await both;
  resolve();
  const statuses = (await ends).map(({ status }) => status);
  expect(statuses).toEqual([
    ...Array.from({ length: 4 }, () => "fulfilled"),
    "rejected",
    "rejected",
  ]);
  expect(most).toBe(2);
});

test("the time that is spent waiting for a turn counts", async () => {
  const seen: string[] = [];
  await open(
    async (request) => {
      seen.push(await textOf(request));
    },
    { concurrency: 1, queue: 5, timeoutMs: 200 },
  );
  const asked = ["1", "2", "3"].map((body) => ask({ isRead: false, body }));
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual([
    "rejected",
    "rejected",
    "rejected",
  ]);
  expect(seen).toEqual(["1"]);
});

test("who leaves while waiting for a turn is not sent", async () => {
  const seen: string[] = [];
  const { promise: end, resolve } = Promise.withResolvers<void>();
  await open(
    async (request, response) => {
      seen.push(await textOf(request));
      await end;
      response.end("{}");
    },
    { concurrency: 1, queue: 5 },
  );
  const leaving = new AbortController();
  const first = ask({ isRead: false, body: "first" });
  const gone = ask({ isRead: false, body: "gone", signal: leaving.signal });
  const last = ask({ isRead: false, body: "last" });
  const refused = expect(gone).rejects.toThrow("nobody waits for it");
  leaving.abort();
  resolve();
  await refused;
  await Promise.all([first, last]);
  expect(seen).toEqual(["first", "last"]);
});

async function open(
  handle: Handler,
  options: Partial<SubgraphClientOptions> = {},
): Promise<void> {
  const listening = createServer((request, response) => {
    void handle(request, response);
  });
  server = listening;
  await new Promise<void>((resolve) => {
    listening.listen(0, "127.0.0.1", resolve);
  });
  const { port } = listening.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  client = createSubgraphClient({ url, ...options });
}

function ask(outgoing: Partial<Outgoing> = {}) {
  if (!client) throw new Error("no client is open");
  return client.post({
    headers: { authorization: "ada", "x-request-id": crypto.randomUUID() },
    body: "query",
    isRead: true,
    signal: new AbortController().signal,
    ...outgoing,
  });
}

function as(authorization: string): Partial<Outgoing> {
  return { headers: { authorization } };
}

function german(authorization: string): Partial<Outgoing> {
  return { headers: { authorization, "accept-language": "de" } };
}

async function textOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()))
    await new Promise((resolve) => setTimeout(resolve, 20));
}
