import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Snapshot } from "./metrics.ts";
import { contentTypes, textOf } from "./metrics-text.ts";

export type MetricsAddress = { readonly host: string; readonly port: number };

export type MetricsListener = {
  readonly url: string;
  close(): Promise<void>;
};

/** Answers `GET /metrics` and nothing else. */
export async function listenForMetrics(
  address: MetricsAddress,
  read: () => Promise<readonly Snapshot[]>,
  logger: Logger,
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    answer(request, response, read).catch((error: unknown) => {
      logger.error({ err: error }, "metrics not told");
      send(response, 500, "Something went wrong here.\n");
    });
  });
  await listen(server, address);
  const { address: host, family, port } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
  logger.info({ url: `${url}/metrics` }, "metrics listening");
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(
  server: Server,
  { host, port }: MetricsAddress,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new ConfigError(faultOf(error.code, host, port))),
    );
    server.listen(port, host, resolve);
  });
  server.removeAllListeners("error");
}

function faultOf(code: string | undefined, host: string, port: number): string {
  if (code === "EADDRINUSE")
    return `METRICS_PORT ${port} is taken on ${host}: stop the process that uses it, or set METRICS_PORT to another (0 takes any free port).`;
  if (code === "EACCES")
    return `METRICS_PORT ${port} needs privileges this process does not have: set METRICS_PORT to one above 1023.`;
  return `METRICS_HOST ${host} is no address of this machine (${code ?? "unknown"}): set METRICS_HOST, for example to 127.0.0.1.`;
}

async function answer(
  { method, url = "/", headers }: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<readonly Snapshot[]>,
): Promise<void> {
  if (url.split("?", 1)[0] !== "/metrics")
    return send(response, 404, "There is nothing here but /metrics.\n");
  if (method !== "GET") {
    response.setHeader("allow", "GET");
    return send(response, 405, "Use GET.\n");
  }
  const format = headers.accept?.includes("application/openmetrics-text")
    ? "openMetrics"
    : "prometheus";
  const text = await textOf(await read(), format);
  send(response, 200, text, contentTypes[format]);
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}
