import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import {
  type JWTVerifyOptions,
  createLocalJWKSet,
  errors,
  jwtVerify,
} from "jose";
import { type Make, casesOf, grantsOf, requestsOf, rules } from "./cases.ts";
import { gatewayRules } from "./gateway-cases.ts";
import { subgraphRules } from "./subgraph-cases.ts";
import { send } from "./wire.ts";
import { type World, gatewayWorld, subgraphWorld } from "./world.ts";

/**
 * What the rules are for: the same tables against a server that verifies as most do,
 * with a sound library and the options that come to mind.
 */
const places = [
  ["the gateway", gatewayWorld(), [...rules, ...gatewayRules]],
  ["a subgraph", subgraphWorld(), [...rules, ...subgraphRules]],
] as const;

const verifiers = [
  ["issuer and audience", () => ({}), 80],
  [
    "issuer, audience, algorithms and typ",
    ({ alg, typ }: World) => ({ algorithms: [alg], typ }),
    65,
  ],
] as const;

describe.each(places)("in the place of %s", (place, world, table) => {
  test.each(verifiers)(
    "a bare jwtVerify with %s lets much through that is refused",
    async (options, more, least) => {
      await using server = await startBare(world, more(world));
      const outcomes = (makes: readonly { title: string; make: Make }[]) =>
        Promise.all(
          makes.map(async ({ title, make }) => ({
            title,
            granted: await isGranted(server.url, make, world),
          })),
        );
      const refused = await outcomes(casesOf(table));
      const granted = await outcomes(grantsOf(table));
      const through = refused.filter((one) => one.granted);
      const kept = granted.filter((one) => one.granted);
      process.stdout.write(
        `${place}, ${options}: ${through.length} of ${refused.length} misuses let through, ${kept.length} of ${granted.length} good requests granted\n`,
      );
      expect(refused.length).toBeGreaterThanOrEqual(80);
      expect(through.length).toBeGreaterThanOrEqual(least);
      expect(kept.length).toBeGreaterThan(granted.length - 5);
    },
  );
});

async function isGranted(
  url: string,
  make: Make,
  world: World,
): Promise<boolean> {
  let granted = false;
  for (const request of requestsOf(make, world))
    granted = (await send(url, request)).status === 200;
  return granted;
}

/** Takes the token by either scheme, and answers 200 to whoever it is told of. */
async function startBare(world: World, more: JWTVerifyOptions) {
  const { issuer, audience } = world;
  const keys = createLocalJWKSet(world.jwks);
  const verify = async ({ headers }: IncomingMessage) => {
    const [, token = ""] =
      /^(?:Bearer|DPoP) +(.+)$/i.exec(headers.authorization ?? "") ?? [];
    try {
      await jwtVerify(token, keys, { issuer, audience, ...more });
      return 200;
    } catch (error) {
      if (error instanceof errors.JOSEError) return 401;
      throw error;
    }
  };
  const server = createServer((request, response) => {
    void verify(request).then((status) =>
      response.writeHead(status, { connection: "close" }).end("{}"),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
