import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestIssuer, createTestMint } from "@hr/tokens/testing";

/** Whose tokens the contenders take, and where its keys are. */
export type Issuer = {
  readonly jwksUri: string;
  /** Fresh bearer tokens, one for each caller. */
  tokens(scope: string): Promise<readonly string[]>;
  close(): void;
};

export const accessTokens = {
  issuer: "https://issuer.example",
  audience: "https://hr.example/graphql",
};
export const internalIssuer = "urn:hr:gateway";

const callers = Array.from({ length: 200 }, (_, n) => n);

/** Access tokens of 200 employees, as a client sends them to a gateway. */
export async function openIssuer(): Promise<Issuer> {
  const issuer = await createTestIssuer(accessTokens);
  return {
    ...(await serveKeys(issuer.jwks)),
    tokens: (scope) =>
      Promise.all(
        callers.map((n) =>
          issuer.accessToken({
            sub: `usr_${n}`,
            clientId: "bench",
            employeeId: `emp_${n}`,
            scope,
          }),
        ),
      ),
  };
}

/** Internal tokens of 200 managers for one subgraph, valid for a minute. */
export async function openMint(subgraph: string): Promise<Issuer> {
  const mint = await createTestMint({ issuer: internalIssuer });
  return {
    ...(await serveKeys(mint.jwks)),
    tokens: (scope) =>
      Promise.all(
        callers.map((n) =>
          mint.token({
            subgraph,
            sub: `usr_${n}`,
            clientId: "bench",
            employeeId: `mgr_${n}`,
            scope,
          }),
        ),
      ),
  };
}

async function serveKeys(
  jwks: object,
): Promise<Pick<Issuer, "jwksUri" | "close">> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    jwksUri: `http://127.0.0.1:${port}/jwks.json`,
    close: () => void server.close(),
  };
}
