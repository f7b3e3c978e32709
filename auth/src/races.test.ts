import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SignJWT, exportJWK } from "jose";
import { sql } from "kysely";
import * as client from "openid-client";
import type { AdapterFactory } from "oidc-provider";
import { type AdapterSettings, sqlAdapter } from "./adapter.ts";
import {
  type TestAuth,
  askDeviceCode,
  askToken,
  authorizationRequest,
  exchangeDeviceCode,
  exchangeOf,
  letDeviceIn,
  openBrowser,
  signIn,
  startTestAuth,
  tokensOf,
} from "./testing.ts";

const ada = { login: "ada.employee@demo" };

describe("parallel exchanges of one code", () => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await startTestAuth();
  });
  afterAll(() => auth.close());

  test.each([5, 6])("%i at once: exactly one wins", async (count) => {
    for (let round = 0; round < 8; round++) {
      const answers = await exchangeAtOnce(auth, count);
      expect(answers.sort()).toEqual(["200", ...losers(count - 1)]);
    }
  });

  test("six exchanges of one code: the winner's tokens die with the grant", async () => {
    for (let round = 0; round < 8; round++) {
      const [won = {}] = await wonAtOnce(auth, 6);
      const answer = await askToken(auth.issuer, {
        grant_type: "refresh_token",
        client_id: "explorer",
        refresh_token: won["refresh_token"] ?? "",
      });
      expect(outcome(answer)).toBe("invalid_grant");
    }
  });

  test("six exchanges of one device code: exactly one wins", async () => {
    for (let round = 0; round < 4; round++) {
      const { deviceCode, userCode } = await askDeviceCode(auth.issuer);
      await letDeviceIn(openBrowser(auth.issuer), auth.issuer, {
        ...ada,
        code: userCode,
      });
      const answers = await Promise.all(
        Array.from({ length: 6 }, () =>
          exchangeDeviceCode(auth.issuer, deviceCode),
        ),
      );
      expect(answers.map(outcome).sort()).toEqual(["200", ...losers(5)]);
    }
  });

  test("six uses of one DPoP proof: exactly one wins", async () => {
    const keys = await client.randomDPoPKeyPair("ES256");
    for (let round = 0; round < 8; round++) {
      const answers = await useProofAtOnce(auth, keys, 6);
      expect(answers.sort()).toEqual(["200", ...losers(5)]);
    }
  });
});

test("six uses of one refresh token without grace: exactly one wins", async () => {
  const adapter = (settings: AdapterSettings) =>
    sqlAdapter({ ...settings, graceSeconds: 0 });
  const auth = await startTestAuth({ adapter });
  for (let round = 0; round < 8; round++) {
    const { body } = await tokensOf(auth.issuer, ada.login);
    const form = {
      grant_type: "refresh_token",
      client_id: "explorer",
      refresh_token: body["refresh_token"] ?? "",
    };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => askToken(auth.issuer, form)),
    );
    expect(answers.map(outcome).sort()).toEqual(["200", ...losers(5)]);
  }
  await auth.close();
});

test("without the guard in the database, parallel exchanges of one code win more than once", async () => {
  const auth = await startTestAuth({ adapter: unguarded });
  const wins: number[] = [];
  while (wins.length < 20 && !wins.some((count) => count > 1)) {
    const answers = await exchangeAtOnce(auth, 6);
    wins.push(answers.filter((answer) => answer === "200").length);
  }
  await auth.close();
  expect(Math.max(...wins)).toBeGreaterThan(1);
});

/** Consumes as a plain adapter does: whoever found it unused writes, and wins. */
function unguarded(settings: AdapterSettings): AdapterFactory {
  const guarded = sqlAdapter(settings);
  return (model) => ({
    ...guarded(model),
    consume: async () => {
      await settings.database
        .updateTable("oidc_record")
        .set({ consumed_at: sql<Date>`now()` })
        .where("model", "=", model)
        .execute();
    },
  });
}

function losers(count: number): readonly string[] {
  return Array.from({ length: count }, () => "invalid_grant");
}

async function exchangeAtOnce(auth: TestAuth, count: number) {
  return (await answersAtOnce(auth, count)).map(outcome);
}

/** What those who won were given. */
async function wonAtOnce(auth: TestAuth, count: number) {
  const answers = await answersAtOnce(auth, count);
  return answers.filter(({ status }) => status === 200).map(({ body }) => body);
}

async function answersAtOnce(auth: TestAuth, count: number) {
  const { url, verifier } = authorizationRequest(auth.issuer);
  const redirect = await signIn(openBrowser(auth.issuer), url, ada);
  const form = exchangeOf(redirect, verifier);
  return Promise.all(
    Array.from({ length: count }, () => askToken(auth.issuer, form)),
  );
}

/** Six codes, one proof. */
async function useProofAtOnce(
  auth: TestAuth,
  keys: client.CryptoKeyPair,
  count: number,
) {
  const browser = openBrowser(auth.issuer);
  const forms: Readonly<Record<string, string>>[] = [];
  for (let made = 0; made < count; made++) {
    const { url, verifier } = authorizationRequest(auth.issuer);
    forms.push(exchangeOf(await signIn(browser, url, ada), verifier));
  }
  const dpop = await proofOf(keys, `${auth.issuer}/connect/token`);
  const answers = await Promise.all(
    forms.map((form) => askToken(auth.issuer, form, { dpop })),
  );
  return answers.map(outcome);
}

async function proofOf(
  { publicKey, privateKey }: client.CryptoKeyPair,
  htu: string,
): Promise<string> {
  const jwk = await exportJWK(publicKey);
  return new SignJWT({ htm: "POST", htu })
    .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
    .setIssuedAt()
    .setJti(randomUUID())
    .sign(privateKey);
}

function outcome({ status, body }: Awaited<ReturnType<typeof askToken>>) {
  return status === 200 ? "200" : (body["error"] ?? "");
}
