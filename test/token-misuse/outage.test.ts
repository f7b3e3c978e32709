import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from "@jest/globals";
import { broken, html, json, startKeyServer } from "@hr/tokens/testing";
import { refusal } from "./expectation.ts";
import { type Before, type Place, startFront, startPeople } from "./places.ts";
import { type Wire, bearer, send } from "./wire.ts";
import { type World, gatewayWorld, subgraphWorld } from "./world.ts";

const outages = [
  ["answers 500", broken],
  ["answers a page", html],
  [
    "hangs up",
    (_request: unknown, response: { destroy(): void }) => response.destroy(),
  ],
] as const;

const doors = [
  ["the gateway", gatewayWorld(), startFront],
  ["a subgraph", subgraphWorld(), startPeople],
] as const;

let place: Place;
afterEach(() => place[Symbol.asyncDispose]());

const ask = (wire: Wire) => send(place.url, wire);
const good = (world: World) => bearer(world.token());
const granted = { status: 200, body: { data: { whoami: "usr_ada" } } };

describe.each(doors)("%s", (_door, world, start) => {
  test.each(outages)(
    "R75: that starts while its issuer %s says so with 503 and never with 401, and goes on when it is back",
    async (_how, answer) => {
      place = await start(world);
      place.keys.answer = answer;
      expect(await ask(good(world))).toEqual(
        refusal("KEYS_UNAVAILABLE", world),
      );
      expect(await ask(good(world))).toMatchObject({ status: 503 });
      expect(place.ran).toEqual([]);
      place.keys.answer = json(world.jwks);
      await expect(eventually(() => ask(good(world)))).resolves.toMatchObject(
        granted,
      );
    },
  );

  test("R75: that knows no keys still tells what is wrong without them", async () => {
    place = await start(world);
    place.keys.answer = broken;
    expect(await ask({})).toEqual(refusal("NO_TOKEN", world));
    expect(await ask(bearer("x"))).toEqual(refusal("TOKEN_MALFORMED", world));
    expect(await ask(bearer(world.token({}, { typ: "JWT" })))).toEqual(
      refusal("WRONG_TOKEN_KIND", world),
    );
    expect(await ask(good(world))).toMatchObject({ status: 503 });
  });
});

test("R72: a hundred tokens with as many unknown keys cause no fetch each", async () => {
  const world = gatewayWorld();
  place = await startFront(world);
  await ask(good(world));
  const before = place.keys.asked.length;
  const strangers = Array.from({ length: 100 }, (_, n) =>
    ask(bearer(world.token({}, { kid: `strange-${n}` }))),
  );
  for (const answer of await Promise.all(strangers))
    expect(answer).toEqual(refusal("KEY_UNKNOWN", world));
  expect(place.keys.asked.length).toBeLessThanOrEqual(before + 1);
});

describe("R73 to R75: a gateway that has the keys of its last run", () => {
  const world = gatewayWorld();
  let folder: string;
  let before: Before;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "snapshot-"));
    before = {
      snapshot: join(folder, "jwks.json"),
      keys: await startKeyServer(json(world.jwks)),
    };
    await using first = await startFront(world, { before });
    expect(await send(first.url, good(world))).toMatchObject(granted);
  });
  afterAll(async () => {
    await before.keys[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test.each(outages)(
    "starts and goes on by them while its issuer %s, and says of other keys that it cannot tell",
    async (_how, answer) => {
      before.keys.answer = answer;
      const asked = before.keys.asked.length;
      place = await startFront(world, { before });
      expect(await ask(good(world))).toMatchObject(granted);
      expect(before.keys.asked.length).toBe(asked);
      expect(await ask(bearer(world.token({}, { kid: "key-2" })))).toEqual(
        refusal("KEYS_UNAVAILABLE", world),
      );
      expect(before.keys.asked.length).toBe(asked + 1);
      expect(await ask(good(world))).toMatchObject(granted);
      expect(await ask(bearer(world.token({ aud: "x" })))).toEqual(
        refusal("AUDIENCE_MISMATCH", world),
      );
    },
  );
});

/** Asks until the time in which nothing is fetched again is over. */
async function eventually(
  attempt: () => ReturnType<typeof send>,
): ReturnType<typeof send> {
  for (;;) {
    const answer = await attempt();
    if (answer.status === 200) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
