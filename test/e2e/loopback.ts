import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A program on the person's own machine that waits for a redirect (RFC 8252, section 7.3). */
export type Loopback = {
  readonly origin: string;
  /** Where to send the browser, for the command line unless another client is named. */
  authorizationUrl(issuer: string, scope: string, client?: string): string;
  close(): void;
};

/** Listens on a free port, as the command line client would. */
export async function openLoopback(): Promise<Loopback> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<!doctype html><title>Back</title><p>Close this page.</p>");
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    authorizationUrl(issuer, scope, client = "hr-cli") {
      const url = new URL("/connect/authorize", issuer);
      url.search = new URLSearchParams({
        client_id: client,
        response_type: "code",
        redirect_uri: `${origin}/callback`,
        scope,
        state: randomBytes(16).toString("base64url"),
        code_challenge: createHash("sha256")
          .update(randomBytes(32).toString("base64url"))
          .digest("base64url"),
        code_challenge_method: "S256",
      }).toString();
      return url.href;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
