import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Estate, startEstate } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.stop());

const question = "{ viewer { clientId } }";
const passed = { status: 200 };
const revoked = {
  status: 401,
  errors: [
    { extensions: { code: "UNAUTHENTICATED", reason: "TOKEN_REVOKED" } },
  ],
};

describe("an access token that its client revokes", () => {
  let gone: string;
  let live: string;

  test("is refused by the gateway while it is young, and others are not", async () => {
    gone = await estate.token("ada");
    live = await estate.token("ada");
    expect(await estate.ask(question, gone)).toMatchObject(passed);
    await revoke(gone);
    await until(async () => (await estate.ask(question, gone)).status === 401);
    expect(await estate.ask(question, gone)).toMatchObject(revoked);
    expect(await estate.ask(question, live)).toMatchObject(passed);
  });

  test("stays refused when the gateway starts anew, from its first request on", async () => {
    await estate.restart("gateway");
    expect(await estate.ask(question, gone)).toMatchObject(revoked);
    expect(await estate.ask(question, live)).toMatchObject(passed);
  });

  test("stays refused when the gateway starts anew while the auth service is down", async () => {
    await estate.kill("auth");
    await estate.kill("gateway");
    await estate.restart("gateway");
    expect(await estate.ask(question, gone)).toMatchObject(revoked);
    expect(await estate.ask(question, live)).toMatchObject(passed);
    expect(await readiness()).toMatchObject({
      status: "ready",
      dependencies: { denylist: { status: "outdated" } },
    });
  });

  test("what is revoked after such an outage is refused as well", async () => {
    await estate.restart("auth");
    await until(async () =>
      JSON.stringify(await readiness()).includes('"denylist":{"status":"up"'),
    );
    await revoke(live);
    await until(async () => (await estate.ask(question, live)).status === 401);
    expect(await estate.ask(question, live)).toMatchObject(revoked);
  });
});

/** As the command line, for which `estate.token` signs in. */
async function revoke(token: string): Promise<void> {
  const answer = await fetch(`${estate.auth}/connect/revocation`, {
    method: "POST",
    body: new URLSearchParams({ token, client_id: "hr-cli" }),
  });
  expect(answer.status).toBe(200);
}

async function readiness(): Promise<unknown> {
  return (await fetch(`${estate.gateway}/readyz`)).json();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}
