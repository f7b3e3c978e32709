import { describe, expect, test } from "@jest/globals";
import { type GraphPlan, environmentsOf } from "./environments.ts";
import { standardPorts } from "./services.ts";

const plan: GraphPlan = {
  ports: standardPorts,
  databases: {
    auth: "postgres://hr_auth:a@127.0.0.1/auth_db",
    employee: "postgres://hr_employee:e@127.0.0.1/employee_db",
    payroll: "postgres://hr_payroll:p@127.0.0.1/payroll_db",
    leave: "postgres://hr_leave:l@127.0.0.1/leave_db",
  },
  dataFolder: "/data",
  secrets: {
    PAYROLL_EXPORT_SECRET: "s1",
    DIRECTORY_SYNC_SECRET: "s2",
    GATEWAY_SECRET: "its own",
  },
  nodeEnv: "development",
  demoToday: undefined,
  inherited: { PATH: "/bin", AWS_SECRET_ACCESS_KEY: "s3", DATABASE_URL: "s4" },
};

describe("what a service is told", () => {
  test("is, for payroll, its own database and whose tokens to take", () => {
    expect(environmentsOf(plan).payroll).toEqual({
      PATH: "/bin",
      NODE_ENV: "development",
      HOST: "127.0.0.1",
      PORT: "4102",
      DATABASE_URL: "postgres://hr_payroll:p@127.0.0.1/payroll_db",
      DATA_FOLDER: "/data/payroll",
      GATEWAY_ISSUER: "urn:hr:gateway",
      GATEWAY_JWKS_URI: "http://127.0.0.1:4000/.well-known/jwks.json",
      SEED: "demo",
    });
  });

  test("is, for the gateway alone, how whoever starts us wants it to enforce", () => {
    const inherited = { ...plan.inherited, AUTHORIZATION_MODE: "reject" };
    const { gateway, payroll } = environmentsOf({ ...plan, inherited });
    expect(gateway).toMatchObject({ AUTHORIZATION_MODE: "reject" });
    expect(payroll).not.toHaveProperty("AUTHORIZATION_MODE");
    expect(environmentsOf(plan).gateway).not.toHaveProperty(
      "AUTHORIZATION_MODE",
    );
  });

  test("is no secret of another, nor of whoever started us", () => {
    const { auth, ...others } = environmentsOf(plan);
    expect(Object.values(auth)).toEqual(expect.arrayContaining(["s1", "s2"]));
    const told = JSON.stringify(others);
    expect(told).not.toMatch(/"s[1-4]"/);
    expect(Object.values(auth)).not.toContain("s3");
    expect(JSON.stringify(environmentsOf(plan).gateway)).not.toMatch(
      /postgres/,
    );
  });

  test("is, for the gateway, its own secret as a client, and where to follow what is denied", () => {
    const { gateway, auth, ...subgraphs } = environmentsOf(plan);
    expect(auth).toMatchObject({ GATEWAY_SECRET: "its own" });
    expect(gateway).toMatchObject({
      DENYLIST_URL: "http://127.0.0.1:4001/connect/denylist",
      DENYLIST_CLIENT_SECRET: "its own",
      DENYLIST_SNAPSHOT_FILE: "/data/gateway/denylist.json",
    });
    expect(JSON.stringify(subgraphs)).not.toContain("its own");
  });

  test("follows the ports: issuer, audience, keys and routes", () => {
    const ports = { ...standardPorts, auth: 5001, gateway: 5000, leave: 5103 };
    const { auth, gateway, leave } = environmentsOf({ ...plan, ports });
    expect(auth).toMatchObject({
      ISSUER: "http://localhost:5001",
      API_AUDIENCE: "http://localhost:5000/graphql",
      GATEWAY_ORIGIN: "http://localhost:5000",
    });
    expect(gateway).toMatchObject({
      TOKEN_ISSUER: "http://localhost:5001",
      TOKEN_AUDIENCE: "http://localhost:5000/graphql",
      TOKEN_JWKS_URI: "http://127.0.0.1:5001/.well-known/jwks.json",
      SUBGRAPH_URL_LEAVE: "http://127.0.0.1:5103/graphql",
    });
    expect(gateway).not.toHaveProperty("SUBGRAPH_URL_PAYROLL");
    expect(leave["GATEWAY_JWKS_URI"]).toBe(
      "http://127.0.0.1:5000/.well-known/jwks.json",
    );
  });

  test("is the day of the demo company where one is given", () => {
    const { leave, gateway } = environmentsOf({
      ...plan,
      demoToday: "2026-03-31",
    });
    expect(leave["DEMO_TODAY"]).toBe("2026-03-31");
    expect(gateway).not.toHaveProperty("DEMO_TODAY");
  });
});
