import type { IncomingMessage } from "node:http";
import { joined } from "./post.ts";

/** Collects a body without a promise or an iterator. */
export function readBody(
  request: IncomingMessage,
  use: (body: string) => void,
): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => use(joined(chunks).toString()));
}
