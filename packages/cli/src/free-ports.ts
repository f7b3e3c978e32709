import { randomInt } from "node:crypto";
import { type Server, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { CliError } from "./cli-error.ts";
import {
  type Ports,
  type ServiceName,
  portVariable,
  serviceNames,
} from "./services.ts";

/**
 * The same ports, with any free one for each 0.
 * @throws CliError naming every port that cannot be had, and its variable.
 */
export async function findPorts(wanted: Ports): Promise<Ports> {
  const faults: string[] = [];
  const held = new Map<ServiceName, Server>();
  // All are held until each is found, so that no two get the same.
  for (const name of serviceNames) {
    const server = createServer();
    const code = await (wanted[name] === 0
      ? listenAnywhere(server)
      : listen(server, wanted[name]));
    if (code === undefined) held.set(name, server);
    else faults.push(faultOf(portVariable(name), wanted[name], code));
  }
  const ports = [...held].map(
    ([name, server]) => [name, (server.address() as AddressInfo).port] as const,
  );
  await Promise.all([...held.values()].map(close));
  if (faults.length > 0) throw new CliError(faults.join("\n"));
  return Object.fromEntries(ports) as Ports;
}

/**
 * Below the ports an operating system gives to outgoing connections: between being
 * found and being used, those are taken now and then.
 */
async function listenAnywhere(server: Server): Promise<string | undefined> {
  for (let attempt = 0; attempt < 20; attempt += 1)
    if ((await listen(server, randomInt(15_000, 32_000))) === undefined)
      return undefined;
  return listen(server, 0);
}

/** @returns the error's code if the port cannot be had. */
function listen(server: Server, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? "unknown");
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed);
      resolve(undefined);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function faultOf(variable: string, port: number, code: string): string {
  if (code === "EACCES")
    return `${variable} ${port} needs privileges this process does not have: set ${variable} to one above 1023.`;
  return `${variable} ${port} is taken: stop the process that uses it, or set ${variable} to another (0 takes any free port).`;
}
