import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on loopback, and nowhere else; returns the URL. */
export async function listen(server: Server): Promise<string> {
  // An idle connection closed just as a request is sent would end a run.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
