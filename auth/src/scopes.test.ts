import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Scope, allScopes } from "@hr/access";
import { decodeJwt } from "jose";
import {
  type TestAuth,
  authorizationRequest,
  openBrowser,
  signIn,
  startTestAuth,
  tokensOf,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

const self: readonly Scope[] = [
  "employee:read",
  "employee:read:self",
  "employee:job:read:self",
  "employee:pii:read:self",
  "payroll:payslip:read:self",
  "payroll:compensation:read:self",
  "payroll:bank:read:self",
  "leave:read:self",
  "leave:calendar:read",
  "leave:request:self",
];

const held: Readonly<Record<string, readonly Scope[]>> = {
  "ada.employee@demo": self,
  "mia.manager@demo": [
    ...self,
    "employee:job:read:reports",
    "leave:read:reports",
    "leave:approve:reports",
  ],
  "hana.hr@demo": [
    ...self,
    "employee:job:read",
    "employee:pii:read",
    "payroll:compensation:read",
    "leave:read",
    "leave:request",
    "leave:approve",
  ],
  "pam.payroll@demo": [
    ...self,
    "employee:job:read",
    "employee:pii:read",
    "employee:nationalid:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
    "payroll:bank:read",
    "leave:read",
  ],
  "amir.approver@demo": [
    ...self,
    "employee:job:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
  ],
  "otto.auditor@demo": [
    "employee:read",
    "employee:job:read",
    "payroll:read",
    "payroll:payslip:read",
    "payroll:compensation:read",
    "leave:read",
    "leave:calendar:read",
  ],
};

describe("whoever asks for everything", () => {
  test.each(Object.entries(held))(
    "%s gets what role and client allow, and the answer says so",
    async (login, scopes) => {
      const { body } = await tokensOf(auth.issuer, login, {
        scope: allScopes.join(" "),
      });
      const { scope } = decodeJwt(body["access_token"] ?? "");
      expect(String(scope).split(" ").sort()).toEqual([...scopes].sort());
      expect(body["scope"]).toBe(scope);
      expect(String(scope).length).toBeLessThan(470);
    },
  );

  test.each([undefined, "openid profile"])(
    "gets the same by naming no scope of the API: %s",
    async (scope) => {
      const { body } = await tokensOf(auth.issuer, "ada.employee@demo", {
        scope,
      });
      expect(body["scope"]?.split(" ").sort()).toEqual([...self].sort());
    },
  );
});

test("an employee who asks for pay runs and the directory gets the directory", async () => {
  const scope = "payroll:read employee:read";
  const { body } = await tokensOf(auth.issuer, "ada.employee@demo", { scope });
  expect(body["scope"]).toBe("employee:read");
});

test("an employee who asks for pay runs alone is sent back with access_denied", async () => {
  const { url } = authorizationRequest(auth.issuer, { scope: "payroll:read" });
  const redirect = await signIn(openBrowser(auth.issuer), url, {
    login: "ada.employee@demo",
  });
  expect(redirect.searchParams.get("error")).toBe("access_denied");
  expect(redirect.searchParams.get("code")).toBeNull();
});

test("an auditor has no employee record, so the token names none", async () => {
  const { body } = await tokensOf(auth.issuer, "otto.auditor@demo");
  const claims = decodeJwt(body["access_token"] ?? "");
  expect([claims.sub, claims["roles"]]).toEqual(["usr_otto", ["auditor"]]);
  expect(claims).not.toHaveProperty("employee_id");
});
