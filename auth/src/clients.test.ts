import { expect, test } from "@jest/globals";
import type { Scope } from "@hr/access";
import {
  type Client,
  checkedClients,
  clientFrom,
  clientsOf,
  digestOf,
  secretMatches,
  toMetadata,
} from "./clients.ts";

const machine: Client = {
  kind: "machine",
  id: "calendar-sync",
  name: "Calendar sync",
  scopes: ["employee:read"],
  proof: { method: "client_secret_basic", digest: digestOf("secret") },
};

const settings = {
  explorerOrigins: ["https://api.hr.example"],
  appOrigin: "https://hr.example",
  partnerOrigin: "https://partner.example",
};

test("the clients of a deployment, and how each proves itself", () => {
  const ids = ["payroll-export", "partner-portal", "gateway"];
  const secrets = Object.fromEntries(ids.map((id) => [id, `secret of ${id}`]));
  const kinds = clientsOf({ ...settings, secrets }).map((client) => {
    const { grant_types, token_endpoint_auth_method } = toMetadata(client);
    return [client.id, client.kind, grant_types, token_endpoint_auth_method];
  });
  const people = ["authorization_code", "refresh_token"];
  const device = "urn:ietf:params:oauth:grant-type:device_code";
  const secret = "client_secret_basic";
  expect(kinds).toEqual([
    ["hr-spa", "browser", people, "none"],
    ["explorer", "browser", people, "none"],
    ["hr-cli", "native", [...people, device], "none"],
    ["partner-portal", "partner", people, secret],
    ["payroll-export", "machine", ["client_credentials"], secret],
    ["gateway", "resource-server", [], secret],
  ]);
});

test("a confidential client whose secret is not given does not exist", () => {
  const secrets = { "payroll-export": "", gateway: "" };
  const ids = clientsOf({ ...settings, secrets }).map(({ id }) => id);
  expect(ids).toEqual(["hr-spa", "explorer", "hr-cli"]);
});

test("a registered client loses a scope that the vocabulary has lost", () => {
  const row = {
    id: "calendar-sync",
    name: "Calendar sync",
    kind: "machine" as const,
    scopes: ["employee:read", "employee:gone"],
    redirect_uris: [],
    post_logout_redirect_uris: [],
    secret_digest: digestOf("secret"),
    jwks: null,
    pushed_requests_only: false,
    created_at: new Date(0),
    disabled_at: null,
  };
  expect(clientFrom(row)).toEqual(machine);
});

test("a client that could be taken for a person is refused, with all other faults", () => {
  const wrong: readonly Client[] = [
    { ...machine, id: "usr_ada" },
    { ...machine, id: "anonymous" },
    { ...machine, scopes: ["leave:read:self", "leave:approve:reports"] },
    { ...machine, scopes: ["payroll:everything" as Scope] },
  ];
  expect(() => checkedClients(wrong)).toThrow(
    `The clients are not usable.
  usr_ada: could be taken for a person
  anonymous: could be taken for a person
  calendar-sync: a machine has neither self nor reports: leave:read:self
  calendar-sync: a machine has neither self nor reports: leave:approve:reports
  calendar-sync: no schema knows the scope payroll:everything`,
  );
  expect(checkedClients([machine])).toEqual([machine]);
});

test("a secret is kept as a digest, which only that secret matches", () => {
  const { client_secret = "" } = toMetadata(machine);
  expect(client_secret).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(secretMatches(client_secret, "secret")).toBe(true);
  expect(secretMatches(client_secret, "Secret")).toBe(false);
  expect(secretMatches(client_secret, client_secret)).toBe(false);
});
