import {
  type IncomingMessage,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
) => void;

export type KeyServer = AsyncDisposable & {
  readonly url: string;
  /** Paths asked for so far. */
  readonly asked: string[];
  answer: Answer;
};

export const hanging: Answer = () => undefined;
export const html: Answer = (_request, response) =>
  void response
    .writeHead(200, { "content-type": "text/html" })
    .end("<!doctype html><title>Maintenance</title>");
export const broken: Answer = (_request, response) =>
  void response.writeHead(500).end("{}");

export function json(document: unknown): Answer {
  return (_request, response) =>
    void response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(document));
}

/** A real server on a free port; while `answer` is as given it answers so. */
export async function startKeyServer(answer: Answer): Promise<KeyServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    started.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const started: KeyServer = {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}
