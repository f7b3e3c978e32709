/*
 * What the access tokens of other issuers state beside `iss`, `aud`, `sub` and their
 * times: names, types and nesting are theirs, the values made up.
 */

const entra = {
  aio: "ATQAy/8WAAAA",
  azp: "9a2f4c1e-5b7d-4e21-8a63-2f0d9c8b7a65",
  oid: "3f1c9e52-7d48-4b0a-9e67-c5a2d8b41f90",
  rh: "0.AXoAAQ.",
  tid: "c7d0e4b8-12aa-4f6e-bb35-6e9f0a1d2c3b",
  uti: "kQ2mZ0x3aEmVb1c9",
  ver: "2.0",
};

/** Microsoft Entra, version 2.0: delegated permissions are one string. */
export const entraPerson = {
  ...entra,
  azpacr: "0",
  name: "Ada Berger",
  preferred_username: "ada@hr.example",
  scp: "Employee.Read Payroll.Read",
};

/** Microsoft Entra, version 2.0: application permissions are a list. */
export const entraMachine = {
  ...entra,
  azpacr: "1",
  idtyp: "app",
  roles: ["Payroll.Read.All"],
};

export const okta = {
  ver: 1,
  cid: "0oa4f1c2d3E4f5g6h7",
  uid: "00u1a2b3c4D5e6f7g8",
  scp: ["openid", "profile", "employee:read"],
  auth_time: 1_799_999_940,
};

/** Its `scope` is of OpenID Connect; permissions are roles, of the realm and of clients. */
export const keycloak = {
  typ: "Bearer",
  azp: "hr-spa",
  sid: "5d8e1c04-93b7-4f2a-8a6d-b1c0e9f72d3a",
  acr: "1",
  "allowed-origins": ["https://hr.example"],
  realm_access: {
    roles: ["default-roles-hr", "offline_access", "employee:read:self"],
  },
  resource_access: {
    "hr-api": { roles: ["payroll:read", "leave:read"] },
    "hr.example.com": { roles: ["leave:approve"] },
    "https://hr.example/api": { roles: ["leave:request"] },
    account: { roles: ["manage-account", "view-profile"] },
  },
  scope: "openid profile email",
  email_verified: true,
  preferred_username: "ada",
};

/** Beside what all its tokens state: who asks in its own name has `client_id` as well. */
export const keycloakMachine = {
  ...keycloak,
  azp: "hr-export",
  client_id: "hr-export",
  clientHost: "10.0.0.7",
  preferred_username: "service-account-hr-export",
};

/** By the profile of RFC 9068; asked for with `openid` as well. */
export const auth0 = {
  client_id: "Yq3mTfVbNJBaAmhQtEeDv",
  scope: "openid profile employee:read",
};
