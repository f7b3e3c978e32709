import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type TokenSource, createFetcher } from "./fetcher.ts";

/** Says who asked; knows the token `fresh` alone. */
const gateway = createServer((request, response) => {
  const { authorization = "nobody" } = request.headers;
  asked.push(authorization);
  if (authorization === "Bearer broken") {
    response.writeHead(502);
    response.end("<h1>Bad gateway</h1>");
    return;
  }
  const known = authorization === "Bearer fresh";
  response.writeHead(known ? 200 : 401);
  response.end(JSON.stringify(known ? welcome : refusal));
});
const welcome = { data: { me: null } };
const refusal = { errors: [{ message: "The token is not accepted." }] };
let asked: string[] = [];

beforeEach(
  () =>
    new Promise<void>((listening) => {
      asked = [];
      gateway.listen(0, "127.0.0.1", listening);
    }),
);

afterEach(
  () =>
    new Promise<void>((closed) => {
      gateway.close(() => closed());
      gateway.closeAllConnections();
    }),
);

describe("the fetcher", () => {
  test("sends an operation with the token it is given", async () => {
    expect(await run(source("fresh", []))).toEqual(welcome);
    expect(asked).toEqual(["Bearer fresh"]);
  });

  test("renews a token that is not accepted, and asks again", async () => {
    expect(await run(source("stale", ["fresh"]))).toEqual(welcome);
    expect(asked).toEqual(["Bearer stale", "Bearer fresh"]);
  });

  test("asks no third time when the new token is not accepted either", async () => {
    expect(await run(source("stale", ["stale too", "fresh"]))).toEqual(refusal);
    expect(asked).toEqual(["Bearer stale", "Bearer stale too"]);
  });

  test("answers with the refusal when there is no new token", async () => {
    expect(await run(source("stale", []))).toEqual(refusal);
    expect(asked).toEqual(["Bearer stale"]);
  });

  test("renews nothing for somebody who is not signed in", async () => {
    expect(await run(source(undefined, ["fresh"]))).toEqual(refusal);
    expect(asked).toEqual(["nobody"]);
  });

  test("names the status of an answer that is no GraphQL", async () => {
    await expect(run(source("broken", []))).rejects.toThrow(
      "The gateway answered 502 without a GraphQL response.",
    );
  });
});

function source(
  token: string | undefined,
  renewals: readonly string[],
): TokenSource {
  const left = [...renewals];
  return { token: () => token, renew: () => Promise.resolve(left.shift()) };
}

async function run(tokens: TokenSource): Promise<unknown> {
  const { port } = gateway.address() as AddressInfo;
  const fetcher = createFetcher(`http://127.0.0.1:${port}/graphql`, tokens);
  return await fetcher({ query: "{ me { id } }" });
}
