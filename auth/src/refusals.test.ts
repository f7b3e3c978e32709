import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type TestAuth,
  askToken,
  authorizationRequest,
  basic,
  exchangeOf,
  openBrowser,
  signIn,
  startTestAuth,
} from "./testing.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startTestAuth();
});
afterAll(() => auth.close());

const ada = { login: "ada.employee@demo" };

describe("an authorization request", () => {
  test("leads to the sign-in page if it is well-formed, by 303", async () => {
    const { url } = authorizationRequest(auth.issuer);
    const answer = await openBrowser(auth.issuer).visit(url);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/^\/interaction\//);
  });

  const sentBack: readonly [
    string,
    Record<string, string | undefined>,
    string,
  ][] = [
    [
      "without PKCE",
      { code_challenge: undefined, code_challenge_method: undefined },
      "invalid_request",
    ],
    ["with plain PKCE", { code_challenge_method: "plain" }, "invalid_request"],
    [
      "for a token in the front channel",
      { response_type: "token" },
      "unsupported_response_type",
    ],
    [
      "for an ID token in the front channel",
      { response_type: "code id_token" },
      "unsupported_response_type",
    ],
    ["with a request object", { request: "e30.e30." }, "request_not_supported"],
    [
      "for a scope nobody knows",
      { scope: "openid payroll:everything" },
      "invalid_scope",
    ],
    [
      "for another resource",
      { resource: "https://elsewhere.example/graphql" },
      "invalid_target",
    ],
    [
      "that must not ask, without a session",
      { prompt: "none" },
      "login_required",
    ],
  ];
  test.each(sentBack)(
    "%s is sent back refused, with the issuer's name",
    async (_, params, error) => {
      const { url } = authorizationRequest(auth.issuer, params);
      const answer = await openBrowser(auth.issuer).visit(url);
      const back = new URL(answer.headers.get("location") ?? "");
      const said = new URLSearchParams(back.search || back.hash.slice(1));
      expect(answer.status).toBe(303);
      expect(`${back.origin}${back.pathname}`).toBe(
        "http://localhost:4000/explorer/callback",
      );
      expect([said.get("error"), said.get("iss"), said.get("state")]).toEqual([
        error,
        auth.issuer,
        "state-of-the-client",
      ]);
    },
  );

  const shown: readonly [string, Record<string, string>][] = [
    [
      "with an unknown redirect URI",
      { redirect_uri: "http://localhost:4000/explorer/callback/" },
    ],
    [
      "with a redirect URI on another port",
      { redirect_uri: "http://localhost:4444/explorer/callback" },
    ],
    ["of an unknown client", { client_id: "nobody" }],
    ["of a machine", { client_id: "payroll-export" }],
  ];
  test.each(shown)(
    "%s ends on a page of ours, without a redirect",
    async (_, params) => {
      const { url } = authorizationRequest(auth.issuer, params);
      const answer = await openBrowser(auth.issuer).visit(url, {
        headers: { accept: "text/html", origin: "http://localhost:4000" },
      });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("location")).toBeNull();
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.text).toContain("Tell the people who run it");
    },
  );

  test("with a parameter twice is refused at the registered URI only", async () => {
    const { url } = authorizationRequest(auth.issuer);
    url.searchParams.append("scope", "openid");
    const answer = await openBrowser(auth.issuer).visit(url);
    expect(answer.headers.get("location")).toMatch(
      /^http:\/\/localhost:4000\/explorer\/callback\?error=invalid_request&/,
    );
  });
});

describe("a code", () => {
  test("is redeemed once, with its verifier", async () => {
    const form = await codeForm();
    const first = await askToken(auth.issuer, form);
    const second = await askToken(auth.issuer, form);
    const refresh = await askToken(auth.issuer, {
      grant_type: "refresh_token",
      client_id: "explorer",
      refresh_token: first.body["refresh_token"] ?? "",
    });
    expect(first.status).toBe(200);
    expect([second.status, second.body["error"]]).toEqual([
      400,
      "invalid_grant",
    ]);
    expect([refresh.status, refresh.body["error"]]).toEqual([
      400,
      "invalid_grant",
    ]);
  });

  const bad: readonly [string, Record<string, string>, string][] = [
    [
      "with a wrong verifier",
      { code_verifier: "x".repeat(43) },
      "invalid_grant",
    ],
    ["without a verifier", { code_verifier: "" }, "invalid_grant"],
    [
      "for another redirect URI",
      { redirect_uri: "http://127.0.0.1:4000/explorer/callback" },
      "invalid_grant",
    ],
    ["by another client", { client_id: "hr-cli" }, "invalid_grant"],
    ["that was never issued", { code: "x".repeat(43) }, "invalid_grant"],
  ];
  test.each(bad)("%s is refused", async (_, change, error) => {
    const answer = await askToken(auth.issuer, {
      ...(await codeForm()),
      ...change,
    });
    expect([answer.status, answer.body["error"]]).toEqual([400, error]);
  });

  async function codeForm() {
    const { url, verifier } = authorizationRequest(auth.issuer);
    const redirect = await signIn(openBrowser(auth.issuer), url, ada);
    return exchangeOf(redirect, verifier);
  }
});

test("the web app's code is refused without a proof of its key", async () => {
  const app = {
    client_id: "hr-spa",
    redirect_uri: "http://localhost:5173/callback",
  };
  const { url, verifier } = authorizationRequest(auth.issuer, app);
  const redirect = await signIn(openBrowser(auth.issuer), url, ada);
  const form = { ...exchangeOf(redirect, verifier), ...app };
  const answer = await askToken(auth.issuer, form);
  expect([answer.status, answer.body["error"]]).toEqual([400, "invalid_grant"]);
});

describe("a machine", () => {
  const machine = { grant_type: "client_credentials" };
  const secret = () => auth.config.secrets.PAYROLL_EXPORT_SECRET;

  test("gets everything it may have when it asks for nothing", async () => {
    const answer = await askToken(
      auth.issuer,
      machine,
      basic("payroll-export", secret()),
    );
    expect([answer.status, answer.body["scope"]]).toEqual([
      200,
      "employee:read payroll:read payroll:payslip:read",
    ]);
  });

  test.each([
    "leave:read",
    "employee:read leave:read",
    "employee:read:self",
    "openid",
    "payroll",
  ])("is refused %s, which is beyond it", async (scope) => {
    const answer = await askToken(
      auth.issuer,
      { ...machine, scope },
      basic("payroll-export", secret()),
    );
    expect([answer.status, answer.body["error"]]).toEqual([
      400,
      "invalid_scope",
    ]);
  });

  test("is challenged for Basic when its secret is wrong, in the body, or not there", async () => {
    const answers = await Promise.all([
      askToken(auth.issuer, machine, basic("payroll-export", "wrong")),
      askToken(auth.issuer, {
        ...machine,
        client_id: "payroll-export",
        client_secret: secret(),
      }),
      askToken(auth.issuer, { ...machine, client_id: "payroll-export" }),
    ]);
    for (const { status, body, headers } of answers) {
      expect([status, body["error"]]).toEqual([401, "invalid_client"]);
      expect(headers.get("www-authenticate")).toMatch(/^Basic realm="/);
    }
  });

  test("cannot name another client beside its own credentials", async () => {
    const answer = await askToken(
      auth.issuer,
      { ...machine, client_id: "directory-sync" },
      basic("payroll-export", secret()),
    );
    expect([answer.status, answer.body["error"]]).toEqual([
      400,
      "invalid_request",
    ]);
  });
});

describe("the token endpoint", () => {
  const grants: readonly [string, Record<string, string>, string][] = [
    [
      "the password grant",
      {
        grant_type: "password",
        username: "ada.employee@demo",
        password: "demo",
      },
      "unsupported_grant_type",
    ],
    [
      "the implicit grant",
      { grant_type: "implicit" },
      "unsupported_grant_type",
    ],
    [
      "a grant the client does not have",
      { grant_type: "client_credentials" },
      "invalid_request",
    ],
    ["no grant type", {}, "invalid_request"],
  ];
  test.each(grants)("refuses %s", async (_, form, error) => {
    const answer = await askToken(auth.issuer, {
      client_id: "explorer",
      ...form,
    });
    expect([answer.status, answer.body["error"]]).toEqual([400, error]);
  });

  test("refuses a body of JSON", async () => {
    const answer = await fetch(`${auth.issuer}/connect/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ grant_type: "client_credentials" }),
    });
    expect(answer.status).toBe(400);
  });

  test.each(["http://localhost:4000", "http://127.0.0.1:4000"])(
    "lets the explorer at %s read its answers",
    async (origin) => {
      const answer = await refreshFrom(origin);
      expect([answer.status, answer.body["error"]]).toEqual([
        400,
        "invalid_grant",
      ]);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    },
  );

  test.each(["http://localhost:4444", "https://elsewhere.example", "null"])(
    "refuses a browser at %s, without a CORS header",
    async (origin) => {
      const answer = await refreshFrom(origin);
      expect([answer.status, answer.body["error"]]).toEqual([
        400,
        "invalid_request",
      ]);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  function refreshFrom(origin: string) {
    const form = {
      grant_type: "refresh_token",
      client_id: "explorer",
      refresh_token: "none",
    };
    return askToken(auth.issuer, form, { origin });
  }
});

describe("UserInfo", () => {
  test.each(["/connect/userinfo", "/me"])("%s is not there", async (path) => {
    const answer = await fetch(auth.issuer + path, { method: "POST" });
    expect(answer.status).toBe(404);
  });
});
