import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from "@jest/globals";
import { decodeJwt } from "jose";
import { listPasskeys } from "./passkeys.repository.ts";
import {
  type Device,
  type Lies,
  type Place,
  addPasskey,
  createDevice,
  enrol,
  enterPassword,
  hasCode,
  openRequest,
  optionsOf,
  passkeyAcr,
  post,
  usePasskey,
} from "./passkeys-testing.ts";
import {
  type TestAuth,
  askToken,
  exchangeOf,
  openBrowser,
  startTestAuth,
} from "./testing.ts";

const ada = "ada.employee@demo";
const mia = "mia.manager@demo";
const hana = "hana.hr@demo";

let auth: TestAuth;
let device: Device;
beforeAll(async () => {
  auth = await startTestAuth();
  device = createDevice(auth.issuer);
  await enrol(auth, ada, device);
});
afterEach(async () => {
  await auth.database.deleteFrom("sign_in_attempt").execute();
});
afterAll(() => auth.close());

describe("a passkey", () => {
  test("signs Ada in without her password, and her token says how and when", async () => {
    const place = await usePasskey(await openRequest(auth), "passkey", device);
    const { sub, acr, amr, iat, auth_time: at } = await claimsFor(place);
    expect({ sub, acr, amr }).toEqual({
      sub: "usr_ada",
      acr: passkeyAcr,
      amr: ["pop", "user", "mfa"],
    });
    expect([0, 1, 2]).toContain(Number(iat) - Number(at));
  });

  test("whose device counts nothing signs in again and again", async () => {
    const uncounted = createDevice(auth.issuer);
    const lies = { counter: 0 };
    const start = await openRequest(auth, { acr_values: passkeyAcr });
    const first = await enterPassword(start, mia);
    const made = await addPasskey(first, uncounted, lies);
    const places = [
      await usePasskey(made, "use", uncounted, lies),
      await usePasskey(await openRequest(auth), "passkey", uncounted, lies),
    ];
    expect(places.map(hasCode)).toEqual([true, true]);
  });

  test("is known by its device, and since when it is used", async () => {
    const [kept] = await listPasskeys(auth.database, "usr_ada");
    expect(kept).toEqual({
      id: device.id,
      transports: ["internal"],
      deviceType: "singleDevice",
      createdAt: expect.any(Date),
      lastUsedAt: expect.any(Date),
    });
  });
});

describe("a passkey is refused", () => {
  const lies: readonly [string, Lies][] = [
    ["used on another site", { said: { origin: "https://hr.example" } }],
    ["made for another site", { rpId: "hr.example" }],
    ["of an answer made for something else", { said: { type: "payment.get" } }],
    ["whose device did not verify the person", { verified: false }],
    ["that nobody was present for", { present: false }],
    ["that names somebody else", { userHandle: "dXNyX21pYQ" }],
    ["that answers another challenge", { said: { challenge: "AAAA" } }],
    ["that signs something else", { signs: "something else" }],
  ];
  test.each(lies)("%s", async (_, lie) => {
    const start = await openRequest(auth);
    const refused = await usePasskey(start, "passkey", device, lie);
    expect(refused.answer?.status).toBe(400);
    expect(refused.answer?.text).toContain("That passkey does not let you in.");
    const granted = await usePasskey(refused, "passkey", device);
    expect(hasCode(granted)).toBe(true);
  });

  test("that nobody has, with the same words as that of a disabled account", async () => {
    const hers = createDevice(auth.issuer);
    expect(hasCode(await enrol(auth, hana, hers))).toBe(true);
    const start = await openRequest(auth);
    const stranger = createDevice(auth.issuer);
    const unknown = await usePasskey(start, "passkey", stranger);
    await setDisabled("usr_hana", new Date());
    const disabled = await usePasskey(unknown, "passkey", hers);
    await setDisabled("usr_hana", null);
    const enabled = await usePasskey(disabled, "passkey", hers);
    expect(unknown.answer?.status).toBe(400);
    expect(withoutOptions(disabled)).toEqual(withoutOptions(unknown));
    expect(hasCode(enabled)).toBe(true);
  });

  test("whose counter went back, which is logged: there is a copy of it", async () => {
    const start = await openRequest(auth);
    const used = await usePasskey(start, "passkey", device, { counter: 900 });
    const next = await openRequest(auth);
    const copy = await usePasskey(next, "passkey", device, { counter: 900 });
    const rest = await usePasskey(copy, "passkey", device, { counter: 0 });
    const moved = await usePasskey(rest, "passkey", device, { counter: 901 });
    expect([used, copy, rest, moved].map(hasCode)).toEqual([
      ...[true, false, false, true],
    ]);
    const logged = auth.log.filter((line) =>
      line.includes("counter went back"),
    );
    expect(logged.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: "warn", sub: "usr_ada" },
      { level: "warn", sub: "usr_ada" },
    ]);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "passkey"],
    ["another shape", '{"id":1}'],
    ["no challenge", '{"id":"a","response":{"clientDataJSON":"e30"}}'],
  ])("that is %s", async (_, credential) => {
    const start = await openRequest(auth);
    const refused = await post(start, "passkey", { credential });
    expect(refused.answer?.status).toBe(400);
  });
});

describe("a challenge", () => {
  test("is good for one of six parallel answers", async () => {
    const { browser, url, answer } = await openRequest(auth);
    const credential = JSON.stringify(device.use(optionsOf(answer)));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        browser.post(`${url}/passkey`, { credential }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.sort()).toEqual([303, 400, 400, 400, 400, 400]);
  });

  test("is good in its own interaction only", async () => {
    const mine = await openRequest(auth);
    const other = await openRequest(auth);
    const used = device.use(optionsOf(other.answer));
    const form = { credential: JSON.stringify(used) };
    const swapped = await post(mine, "passkey", form);
    expect([hasCode(swapped), swapped.answer?.status]).toEqual([false, 400]);
    expect(hasCode(await post(other, "passkey", form))).toBe(true);
  });

  test("ends with its interaction's time", async () => {
    const place = await openRequest(auth);
    await auth.database
      .updateTable("passkey_challenge")
      .set({ expires_at: new Date() })
      .execute();
    const late = await usePasskey(place, "passkey", device);
    expect(late.answer?.status).toBe(400);
    expect(hasCode(await usePasskey(late, "passkey", device))).toBe(true);
  });

  test("is kept by its digest, and cleared away in time", async () => {
    const { answer } = await openRequest(auth);
    const { challenge } = optionsOf<{ challenge: string }>(answer);
    const kept = await challenges();
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(challenge);
    await auth.database
      .updateTable("passkey_challenge")
      .set({ expires_at: new Date() })
      .execute();
    await openRequest(auth);
    expect(await challenges()).toHaveLength(1);
  });

  function challenges() {
    return auth.database.selectFrom("passkey_challenge").selectAll().execute();
  }
});

describe("too many refused passkeys", () => {
  test("lock their address, for a right one too, but not for passwords", async () => {
    const start = await openRequest(auth);
    const statuses = new Set<number | undefined>();
    for (let attempt = 0; attempt < 51; attempt++) {
      const refused = await post(start, "passkey", { credential: "{}" });
      statuses.add(refused.answer?.status);
    }
    const place = await openRequest(auth);
    const locked = await usePasskey(place, "passkey", device);
    expect([...statuses]).toEqual([400]);
    expect(locked.answer?.status).toBe(429);
    expect(Number(locked.answer?.headers.get("retry-after"))).toBeGreaterThan(
      0,
    );
    expect(locked.answer?.text).toContain("Too many attempts.");
    expect(hasCode(await enterPassword(locked, ada))).toBe(true);
  });
});

test("passkeys that let somebody in are not counted", async () => {
  await usePasskey(await openRequest(auth), "passkey", device);
  const counted = await auth.database
    .selectFrom("sign_in_attempt")
    .select("failures")
    .execute();
  expect(counted).toEqual([{ failures: 0 }]);
});

describe("a passkey posted", () => {
  test("from another site is refused", async () => {
    const { browser, url, answer } = await openRequest(auth);
    const credential = JSON.stringify(device.use(optionsOf(answer)));
    const send = (site: string) =>
      browser.visit(`${url}/passkey`, {
        method: "POST",
        body: new URLSearchParams({ credential }),
        headers: { "sec-fetch-site": site },
      });
    const statuses = [
      (await send("cross-site")).status,
      (await send("same-origin")).status,
    ];
    expect(statuses).toEqual([403, 303]);
  });

  test("without the cookie of its interaction is refused", async () => {
    const { url, answer } = await openRequest(auth);
    const credential = JSON.stringify(device.use(optionsOf(answer)));
    const stranger = openBrowser(auth.issuer);
    const refused = await stranger.post(`${url}/passkey`, { credential });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("Sign-in expired");
  });
});

test("the sign-in page hides what needs its script, until that runs", async () => {
  const { answer } = await openRequest(auth);
  expect(answer?.text).toMatch(/<form[^>]*data-passkey="use"[^>]*hidden/);
});

async function claimsFor({ url, verifier }: Place) {
  const form = exchangeOf(new URL(url), verifier);
  const { body } = await askToken(auth.issuer, form);
  return decodeJwt(body["access_token"] ?? "");
}

function withoutOptions({ answer }: Place) {
  const text = answer?.text.replace(/data-options="[^"]*"/, "");
  return { status: answer?.status, text };
}

async function setDisabled(id: string, since: Date | null) {
  await auth.database
    .updateTable("account")
    .set({ disabled_at: since })
    .where("id", "=", id)
    .execute();
}
