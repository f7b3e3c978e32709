import { createServer } from "node:http";
import { createTestIssuer, createTestMint } from "@hr/tokens/testing";
import type { Settings } from "./child.ts";
import { listen } from "./listen.ts";

/** Whose tokens a contender takes, and how it is told. */
export type Issuer = {
  readonly settings: Settings;
  /** Fresh bearer tokens, one for each caller. */
  tokens(scope: string): Promise<readonly string[]>;
  close(): void;
};

const accessTokens = {
  issuer: "https://issuer.example",
  audience: "https://hr.example/graphql",
};
const internalIssuer = "urn:hr:gateway";

const callers = Array.from({ length: 200 }, (_, n) => n);

/** Access tokens of 200 employees, as a client sends them to a gateway. */
export async function openIssuer(): Promise<Issuer> {
  const issuer = await createTestIssuer(accessTokens);
  const { jwksUri, close } = await serveKeys(issuer.jwks);
  return {
    settings: { ...accessTokens, jwksUri },
    close,
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
  const { jwksUri, close } = await serveKeys(mint.jwks);
  return {
    settings: { issuer: internalIssuer, jwksUri },
    close,
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

async function serveKeys(jwks: object) {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(jwks));
  });
  const url = await listen(server);
  return {
    jwksUri: `${url}/jwks.json`,
    close: () => void server.close(),
  };
}
