import { createServer } from "node:net";

/**
 * Ports of loopback that are free and below those the system gives to outgoing connections:
 * such a connection could take the place of a process that is away, or reach itself there.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = lowest + Math.floor(Math.random() * range);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

const lowest = 20_000;
const range = 10_000;

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
