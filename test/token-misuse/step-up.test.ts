import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Part } from "@hr/tokens/testing";
import { type Place, startFront } from "./places.ts";
import { bearer, send } from "./wire.ts";
import { gatewayWorld, now } from "./world.ts";

const world = gatewayWorld();
const strong = { acr: "urn:hr:acr:passkey" };
let front: Place;

beforeAll(async () => {
  const stepUp = { maxAge: 300, acr: new Set([strong.acr]) };
  front = await startFront(world, { stepUp });
});
afterAll(() => front[Symbol.asyncDispose]());

const change = (claims: Part) =>
  send(front.url, {
    ...bearer(world.token(claims)),
    query: "mutation { change }",
  });

test.each([
  ["too long ago", () => ({ ...strong, auth_time: now() - 400 })],
  ["nobody knows when", () => strong],
  ["by a password", () => ({ acr: "urn:hr:acr:password", auth_time: now() })],
])(
  "a subgraph that demands a fresh sign-in checks it again behind a gateway that does not: %s",
  async (_when, claims) => {
    const before = front.ran.length;
    const { status, body } = await change(claims());
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: { change: null },
        errors: [
          {
            message:
              "This needs a sign-in by urn:hr:acr:passkey no older than 300 seconds: sign in again.",
            path: ["change"],
            extensions: {
              code: "UNAUTHENTICATED",
              reason: "LOGIN_TOO_OLD",
              maxAge: 300,
              acrValues: ["urn:hr:acr:passkey"],
            },
          },
        ],
      },
    });
    expect(front.ran.length).toBe(before);
  },
);

test.each([
  ["a person who signed in so", () => ({ ...strong, auth_time: now() - 200 })],
  ["a machine", () => ({ sub: "export", client_id: "export" })],
])("what the subgraph is told lets it change for %s", async (_who, claims) => {
  expect(await change(claims())).toMatchObject({
    status: 200,
    body: { data: { change: 1 } },
  });
});
