import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "./config.ts";
import type { Logger } from "./log.ts";

export type Route = {
  /** `*` takes every method. */
  readonly method: "GET" | "POST" | "*";
  /** Exact, or a prefix ending in `/*`. */
  readonly path: string;
  handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): void | Promise<void>;
};

/** Each rejects while what it stands for is down. */
export type Dependencies = Readonly<Record<string, () => Promise<void>>>;

export type Health = "up" | "outdated" | "down";

/** What readiness tells and never depends on: others can do the work without it. */
export type Reported = Readonly<Record<string, Probe>>;

export type Probe = () => Health | Promise<Health>;

export type Running = {
  readonly url: string;
  /** Stops accepting, drains what is open, then resolves. */
  close(): Promise<void>;
};

export type ServeOptions = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  /** A function is called once the port is known, with the service's own URL. */
  readonly routes:
    | readonly Route[]
    | ((url: string) => readonly Route[] | Promise<readonly Route[]>);
  readonly dependencies: Dependencies;
  readonly reported?: Reported;
  /** Called once the last request has ended. */
  readonly onClose?: () => Promise<void>;
};

const drainMs = 10_000;
const probeMs = 2_000;

/**
 * Listens, with `GET /livez` and `GET /readyz` beside the given routes, and
 * prints `{"msg":"listening","url":…}`.
 * @throws ConfigError naming PORT or HOST when the address cannot be had.
 */
export async function serve(options: ServeOptions): Promise<Running> {
  const state = { routes: [] as readonly Route[], closing: false };
  const server = createServer((request, response) => {
    void answer(options, state, request, response);
  });
  await listen(server, options);
  const url = urlOf(server, options.host);
  try {
    state.routes =
      typeof options.routes === "function"
        ? await options.routes(url)
        : options.routes;
  } catch (error) {
    server.close();
    throw error;
  }
  options.logger.info({ url }, "listening");
  return {
    url,
    async close() {
      if (state.closing) return;
      state.closing = true;
      await drain(server);
      await options.onClose?.();
    },
  };
}

/** Writes one JSON answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(JSON.stringify(body));
}

async function answer(
  options: ServeOptions,
  state: { readonly routes: readonly Route[]; readonly closing: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split("?", 1)[0] ?? "/";
  try {
    if (path === "/livez") return sendJson(response, 200, { status: "alive" });
    if (path === "/readyz")
      return await sendReadiness(response, options, state.closing);
    const route = state.routes.find(
      (one) => matches(one.path, path) && takes(one.method, request.method),
    );
    if (route) return await route.handle(request, response);
    const here = state.routes.filter((one) => matches(one.path, path));
    if (here.length === 0)
      return sendJson(response, 404, { error: "There is nothing here." });
    const allow = here.map(({ method }) => method).join(", ");
    sendJson(response, 405, { error: `Use ${allow}.` }, { allow });
  } catch (error) {
    if (request.errored) options.logger.info({ path }, "client gone");
    else options.logger.error({ err: error, path }, "request failed");
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { error: "Something went wrong here." });
  }
}

async function sendReadiness(
  response: ServerResponse,
  { dependencies, reported = {} }: ServeOptions,
  closing: boolean,
): Promise<void> {
  const probes = Object.entries(dependencies).map(
    ([name, probe]): [string, Probe] => [
      name,
      () => probe().then(() => "up" as const),
    ],
  );
  const [needed, told] = await Promise.all([
    healthOf(Object.fromEntries(probes)),
    healthOf(reported),
  ]);
  const up = Object.values(needed).every(({ status }) => status === "up");
  const ready = up && !closing;
  sendJson(response, ready ? 200 : 503, {
    status: closing ? "closing" : ready ? "ready" : "unready",
    dependencies: { ...told, ...needed },
  });
}

async function healthOf(
  probes: Reported,
): Promise<Readonly<Record<string, { readonly status: Health }>>> {
  const entries = Object.entries(probes).map(
    async ([name, probe]) =>
      [name, { status: await withinProbeTime(probe) }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function withinProbeTime(probe: Probe): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(() => resolve("down"), probeMs);
  });
  const found = Promise.resolve()
    .then(probe)
    .catch(() => "down" as const);
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith("/*")
    ? path.startsWith(pattern.slice(0, -1))
    : path === pattern;
}

function takes(method: Route["method"], asked = "GET"): boolean {
  return (
    method === "*" || method === asked || (method === "GET" && asked === "HEAD")
  );
}

async function listen(
  server: Server,
  { host, port, name }: ServeOptions,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(listenFault(error.code, name, host, port)));
    });
    server.listen(port, host, resolve);
  });
  server.removeAllListeners("error");
}

function listenFault(
  code: string | undefined,
  name: string,
  host: string,
  port: number,
): string {
  if (code === "EADDRINUSE")
    return `PORT ${port} is taken, so ${name} cannot listen on ${host}: stop the process that uses it, or set PORT to another (0 takes any free port).`;
  if (code === "EACCES")
    return `PORT ${port} needs privileges ${name} does not have: set PORT to one above 1023.`;
  return `HOST ${host} is no address of this machine, so ${name} cannot listen on it (${code ?? "unknown"}): set HOST, for example to 127.0.0.1.`;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = ["0.0.0.0", "::"].includes(host) ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
