import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { sql } from "kysely";
import { readDenied } from "./denied.repository.ts";
import { type TestAuth, askToken, startTestAuth, tokensOf } from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

describe("a refresh token", () => {
  test("works again for parallel tabs within its grace, which is logged by grant", async () => {
    const token = await refreshTokenOf("ada.employee@demo");
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => refresh(token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ]);
    const issued = answers.map(({ body }) => body["refresh_token"]);
    expect(new Set(issued).size).toBe(5);
    const { gid } = decodeJwt(answers[0]?.body["access_token"] ?? "");
    const again = auth.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === "refresh token used again within its grace");
    expect(again.map((line) => line["gid"])).toEqual([gid, gid, gid, gid]);
  });

  test("used after its grace is refused, and every successor dies", async () => {
    const token = await refreshTokenOf("ada.employee@demo");
    const successor = (await refresh(token)).body["refresh_token"] ?? "";
    const third = (await refresh(successor)).body["refresh_token"] ?? "";
    await consumedLongAgo();
    const reused = await refresh(token);
    const orphan = await refresh(third);
    expect([reused.status, reused.body["error"]]).toEqual([
      400,
      "invalid_grant",
    ]);
    expect([orphan.status, orphan.body["error"]]).toEqual([
      400,
      "invalid_grant",
    ]);
    const { entries } = await readDenied(auth.database, 0);
    expect(entries).toMatchObject([{ kind: "gid" }]);
  });

  test("that was used long ago leaves its successor alive as long as it is not used again", async () => {
    const token = await refreshTokenOf("ada.employee@demo");
    const successor = (await refresh(token)).body["refresh_token"] ?? "";
    await consumedLongAgo();
    expect((await refresh(successor)).status).toBe(200);
  });

  test("may be used for less, not for more", async () => {
    const token = await refreshTokenOf("ada.employee@demo");
    const less = await refresh(token, { scope: "employee:read" });
    const more = await refresh(token, { scope: "employee:read payroll:read" });
    expect([less.status, less.body["scope"]]).toEqual([200, "employee:read"]);
    expect([more.status, more.body["error"]]).toEqual([400, "invalid_scope"]);
  });

  test("follows the role: a promotion and a demotion show in the next access token", async () => {
    const scope = "employee:read leave:read leave:read:reports";
    const tokens = await tokensOf(auth.issuer, "mia.manager@demo", { scope });
    const scopes = [tokens.body["scope"]];
    let token = tokens.body["refresh_token"] ?? "";
    for (const role of ["hr-partner", "employee", "manager"]) {
      await auth.database
        .updateTable("account")
        .set({ role })
        .where("id", "=", "usr_mia")
        .execute();
      const { body } = await refresh(token);
      token = body["refresh_token"] ?? "";
      scopes.push(body["scope"]);
    }
    expect(scopes).toEqual([
      "employee:read leave:read:reports",
      "employee:read leave:read",
      "employee:read",
      "employee:read leave:read:reports",
    ]);
  });

  test("of a disabled account is refused, and works for others", async () => {
    const [otto, hana] = await Promise.all([
      refreshTokenOf("otto.auditor@demo"),
      refreshTokenOf("hana.hr@demo"),
    ]);
    await auth.database
      .updateTable("account")
      .set({ disabled_at: new Date() })
      .where("id", "=", "usr_otto")
      .execute();
    const refused = await refresh(otto);
    expect([refused.status, refused.body["error"]]).toEqual([
      400,
      "invalid_grant",
    ]);
    expect((await refresh(hana)).status).toBe(200);
  });
});

async function refreshTokenOf(login: string): Promise<string> {
  const { body } = await tokensOf(auth.issuer, login);
  return body["refresh_token"] ?? "";
}

function refresh(token: string, more: Record<string, string> = {}) {
  return askToken(auth.issuer, {
    grant_type: "refresh_token",
    client_id: "explorer",
    refresh_token: token,
    ...more,
  });
}

async function consumedLongAgo() {
  await auth.database
    .updateTable("oidc_record")
    .set({ consumed_at: sql<Date>`consumed_at - interval '11 seconds'` })
    .where("model", "=", "RefreshToken")
    .execute();
}
