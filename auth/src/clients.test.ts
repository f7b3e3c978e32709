import { expect, test } from "@jest/globals";
import type { Scope } from "@hr/access";
import {
  type Client,
  checkedClients,
  clientsOf,
  secretMatches,
  toMetadata,
} from "./clients.ts";

const machine: Client = {
  kind: "machine",
  id: "calendar-sync",
  name: "Calendar sync",
  scopes: ["employee:read"],
  secret: "secret",
};

test("the clients of a deployment, and how each proves itself", () => {
  const clients = clientsOf({
    explorerOrigins: ["https://api.hr.example"],
    appOrigin: "https://hr.example",
    payrollExportSecret: "one",
    directorySyncSecret: "two",
  });
  const kinds = [...clients.values()].map((client) => {
    const { grant_types, token_endpoint_auth_method } = toMetadata(client);
    return [client.id, client.kind, grant_types, token_endpoint_auth_method];
  });
  const people = ["authorization_code", "refresh_token"];
  expect(kinds).toEqual([
    ["hr-spa", "browser", people, "none"],
    ["explorer", "browser", people, "none"],
    ["hr-cli", "native", people, "none"],
    [
      "payroll-export",
      "machine",
      ["client_credentials"],
      "client_secret_basic",
    ],
    [
      "directory-sync",
      "machine",
      ["client_credentials"],
      "client_secret_basic",
    ],
  ]);
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
  expect(checkedClients([machine]).get("calendar-sync")).toBe(machine);
});

test("a secret is kept as a digest, which only that secret matches", () => {
  const { client_secret = "" } = toMetadata(machine);
  expect(client_secret).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(secretMatches(client_secret, "secret")).toBe(true);
  expect(secretMatches(client_secret, "Secret")).toBe(false);
  expect(secretMatches(client_secret, client_secret)).toBe(false);
});
