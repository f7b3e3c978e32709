import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { sql } from "kysely";
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
  headingOf,
  openRequest,
  optionsOf,
  passkeyAcr,
  post,
  usePasskey,
} from "./passkeys-testing.ts";
import { type TestAuth, startTestAuth } from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

const ada = "ada.employee@demo";
const mia = "mia.manager@demo";
const hana = "hana.hr@demo";
const otto = "otto.auditor@demo";
const pam = "pam.payroll@demo";

const asking = { acr_values: passkeyAcr };
const looking = { prompt: "passkey" };

describe("a first passkey", () => {
  const lies: readonly [string, Lies][] = [
    ["made on another site", { said: { origin: "https://hr.example" } }],
    ["made for another site", { rpId: "hr.example" }],
    ["that was used, not made", { said: { type: "webauthn.get" } }],
    ["whose device did not verify the person", { verified: false }],
    ["that nobody was present for", { present: false }],
    ["that answers another challenge", { said: { challenge: "AAAA" } }],
  ];
  test.each(lies)("%s is refused, and an honest one added", async (_, lie) => {
    await forget("usr_ada");
    const device = createDevice(auth.issuer);
    const first = await enterPassword(await openRequest(auth, asking), ada);
    const refused = await addPasskey(first, device, lie);
    expect(refused.answer?.status).toBe(400);
    expect(refused.answer?.text).toContain("That passkey was not accepted.");
    expect(await kept("usr_ada")).toEqual([]);
    await addPasskey(refused, device);
    expect(await kept("usr_ada")).toEqual([device.id]);
  });

  test("is asked for after the password, also in an open session", async () => {
    await forget("usr_ada");
    const { browser } = await enterPassword(await openRequest(auth), ada);
    const place = await openRequest(auth, asking, browser);
    expect(headingOf(place)).toBe("Sign in");
    expect(headingOf(await post(place, "add"))).toBe("Nothing here");
    const first = await enterPassword(place, ada);
    expect(headingOf(first)).toBe("Set up a passkey");
  });

  test("is one, of two that are made at once in as many browsers", async () => {
    await forget("usr_ada");
    const [hers, theirs] = pair();
    const one = await enterPassword(await openRequest(auth, asking), ada);
    const other = await enterPassword(await openRequest(auth, asking), ada);
    const places = await atOnce("usr_ada", [
      () => addPasskey(one, hers),
      () => addPasskey(other, theirs),
    ]);
    const statuses = places.map(({ answer }) => answer?.status);
    expect(statuses.sort()).toEqual([200, 400]);
    expect(await kept("usr_ada")).toHaveLength(1);
  });

  test("is not added beside its owner's by whoever knows the password only", async () => {
    await forget("usr_ada");
    const [hers, theirs] = pair();
    const open = await enterPassword(await openRequest(auth, asking), ada);
    await enrol(auth, ada, hers);
    expect(headingOf(await addPasskey(open, theirs))).toBe("Use your passkey");
    expect(await kept("usr_ada")).toEqual([hers.id]);
  });

  test("is not somebody else's", async () => {
    const device = createDevice(auth.issuer);
    await enrol(auth, mia, device);
    await forget("usr_ada");
    const first = await enterPassword(await openRequest(auth, asking), ada);
    const refused = await addPasskey(first, device);
    expect(refused.answer?.status).toBe(400);
    expect(await kept("usr_ada")).toEqual([]);
  });

  test("is not added to an account disabled meanwhile", async () => {
    const device = createDevice(auth.issuer);
    const first = await enterPassword(await openRequest(auth, asking), pam);
    await setDisabled("usr_pam", new Date());
    const late = await addPasskey(first, device);
    await setDisabled("usr_pam", null);
    expect(headingOf(late)).toBe("Sign-in expired");
    expect(await kept("usr_pam")).toEqual([]);
    await addPasskey(first, device);
    expect(await kept("usr_pam")).toEqual([device.id]);
  });

  test("is asked of the device with who it is for, and which it has", async () => {
    await forget("usr_ada");
    const first = await enterPassword(await openRequest(auth, asking), ada);
    expect(optionsOf(first.answer)).toMatchObject({
      rp: { id: "localhost", name: "HR" },
      user: { id: "dXNyX2FkYQ", name: ada, displayName: "Ada Kern" },
      excludeCredentials: [],
      attestation: "none",
      authenticatorSelection: {
        residentKey: "required",
        userVerification: "required",
      },
    });
  });

  test("may be one of several devices, and is known as such", async () => {
    const device = createDevice(auth.issuer);
    const first = await enterPassword(await openRequest(auth, asking), hana);
    const made = await addPasskey(first, device, { synced: true });
    await usePasskey(made, "use", device, { synced: true });
    const list = await usePasskey(
      await openRequest(auth, looking),
      "passkey",
      device,
      { synced: true },
    );
    expect(list.answer?.text).toContain("Passkey on all your devices");
  });
});

describe("the page of one's passkeys", () => {
  test("needs a new sign-in, and a passkey if there is one", async () => {
    await forget("usr_ada");
    const device = createDevice(auth.issuer);
    const { browser } = await enrol(auth, ada, device);
    const place = await openRequest(auth, looking, browser);
    expect(headingOf(place)).toBe("Sign in");
    const weak = await enterPassword(place, ada);
    expect(headingOf(weak)).toBe("Use your passkey");
    const unasked = await addPasskeyUnasked(weak);
    expect(headingOf(unasked)).toBe("Use your passkey");
    expect(await kept("usr_ada")).toEqual([device.id]);
    const list = await usePasskey(unasked, "use", device);
    expect(headingOf(list)).toBe("Your passkeys");
    expect(hasCode(await post(list, "continue"))).toBe(true);
  });

  test("adds another, and removes the first, which then lets nobody in", async () => {
    await forget("usr_ada");
    const [old, recent] = pair();
    await enrol(auth, ada, old);
    const list = await usePasskey(
      await openRequest(auth, looking),
      "passkey",
      old,
    );
    const both = await addPasskey(list, recent);
    expect(headingOf(both)).toBe("Your passkeys");
    expect(await kept("usr_ada")).toEqual([old.id, recent.id]);
    const one = await post(both, "remove", { passkey: old.id });
    expect(await kept("usr_ada")).toEqual([recent.id]);
    expect(one.answer?.text).not.toContain("Remove<");
    const next = await usePasskey(await openRequest(auth), "passkey", old);
    expect(next.answer?.status).toBe(400);
    expect(hasCode(await usePasskey(next, "passkey", recent))).toBe(true);
  });

  test("adds one, of six parallel answers to one challenge", async () => {
    await forget("usr_ada");
    const device = createDevice(auth.issuer);
    await enrol(auth, ada, device);
    const list = await usePasskey(
      await openRequest(auth, looking),
      "passkey",
      device,
    );
    await Promise.all(devices(6).map((one) => addPasskey(list, one)));
    expect(await kept("usr_ada")).toHaveLength(2);
  });

  test("removes neither the last one nor somebody else's", async () => {
    await forget("usr_ada");
    const [hers, second] = pair();
    const other = createDevice(auth.issuer);
    await enrol(auth, otto, other);
    await enrol(auth, ada, hers);
    const list = await usePasskey(
      await openRequest(auth, looking),
      "passkey",
      hers,
    );
    const same = await post(list, "remove", { passkey: hers.id });
    expect(await kept("usr_ada")).toEqual([hers.id]);
    const both = await addPasskey(same, second);
    expect(await kept("usr_ada")).toHaveLength(2);
    await post(both, "remove", { passkey: other.id });
    expect(await kept("usr_otto")).toEqual([other.id]);
  });

  test("leaves one, of two that are removed at once", async () => {
    await forget("usr_ada");
    const [old, recent] = pair();
    await enrol(auth, ada, old);
    const list = await usePasskey(
      await openRequest(auth, looking),
      "passkey",
      old,
    );
    const both = await addPasskey(list, recent);
    await atOnce(
      "usr_ada",
      [old, recent].map(
        ({ id }) =>
          () =>
            post(both, "remove", { passkey: id }),
      ),
    );
    expect(await kept("usr_ada")).toHaveLength(1);
  });

  test("begins with the first for somebody who has none", async () => {
    await forget("usr_ada");
    const place = await enterPassword(await openRequest(auth, looking), ada);
    expect(headingOf(place)).toBe("Set up a passkey");
  });

  /** As somebody would whom the page does not offer it. */
  function addPasskeyUnasked(place: Place) {
    const device = createDevice(auth.issuer);
    const { challenge } = optionsOf<{ challenge: string }>(place.answer);
    const made = device.make({ challenge, user: { id: "dXNyX2FkYQ" } });
    return post(place, "add", { credential: JSON.stringify(made) });
  }
});

/** Lets all wait for the account, and then go on together. */
async function atOnce(
  accountId: string,
  steps: readonly (() => Promise<Place>)[],
): Promise<readonly Place[]> {
  const { database } = auth;
  const started = await database.transaction().execute(async (holder) => {
    const account = holder.selectFrom("account").where("id", "=", accountId);
    await account.select("id").forUpdate().execute();
    const places = steps.map((step) => step());
    for (let look = 0; (await waiting()) < steps.length; look++)
      if (look > 1_000) throw new Error("they do not wait for the account");
    return { places };
  });
  return Promise.all(started.places);
}

async function waiting(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
  `.execute(auth.database);
  return rows[0]?.count ?? 0;
}

async function kept(accountId: string): Promise<readonly string[]> {
  const passkeys = await listPasskeys(auth.database, accountId);
  return passkeys.map(({ id }) => id);
}

async function forget(accountId: string) {
  await auth.database
    .deleteFrom("passkey")
    .where("account_id", "=", accountId)
    .execute();
}

async function setDisabled(id: string, since: Date | null) {
  await auth.database
    .updateTable("account")
    .set({ disabled_at: since })
    .where("id", "=", id)
    .execute();
}

function devices(count: number): readonly Device[] {
  return Array.from({ length: count }, () => createDevice(auth.issuer));
}

function pair(): readonly [Device, Device] {
  return [createDevice(auth.issuer), createDevice(auth.issuer)];
}
