import { describe, expect, test } from "@jest/globals";
import { standardPorts } from "./services.ts";
import { placePrefix, readPlace, readStartSettings } from "./settings.ts";

describe("the settings of a start", () => {
  test("have a standard for everything", () => {
    expect(readStartSettings({})).toMatchObject({
      ports: standardPorts,
      databaseUrl: undefined,
      demoToday: undefined,
      nodeEnv: "development",
    });
  });

  test("take an empty variable for a missing one", () => {
    expect(readStartSettings({ DATABASE_URL: "", LEAVE_PORT: "" })).toEqual(
      readStartSettings({}),
    );
  });

  test("take ports, a server and a day from the environment", () => {
    const DATABASE_URL = "postgres://postgres@127.0.0.1/postgres";
    expect(
      readStartSettings({
        ...{ LEAVE_PORT: "0", AUTH_PORT: "65535" },
        ...{ DATABASE_URL, DEMO_TODAY: "2026-02-28" },
      }),
    ).toMatchObject({
      ports: { ...standardPorts, leave: 0, auth: 65_535 },
      databaseUrl: DATABASE_URL,
      demoToday: "2026-02-28",
    });
  });

  test.each([
    [{ AUTH_PORT: "65536" }, "AUTH_PORT is malformed"],
    [{ AUTH_PORT: "-1" }, "AUTH_PORT is malformed"],
    [{ AUTH_PORT: "6000" }, "AUTH_PORT is 6000, a port no browser visits"],
    [{ AUTH_PORT: "4000" }, "GATEWAY_PORT and AUTH_PORT are both 4000"],
    [{ DEMO_TODAY: "yesterday" }, "DEMO_TODAY is malformed"],
    [{ DATABASE_URL: "127.0.0.1:5432" }, "DATABASE_URL is malformed"],
    [{ NODE_ENV: "production" }, "NODE_ENV must be development or test"],
  ])("refuse %j, naming the variable", (env, message) => {
    expect(() => readStartSettings(env)).toThrow(message);
  });
});

describe("another terminal", () => {
  test("needs no variables for the standard place", () => {
    expect(placePrefix(readPlace({}))).toBe("");
  });

  test("is led to another place by the variables that differ", () => {
    const place = readPlace({ AUTH_PORT: "5001" }, "/tmp/the data");
    expect(placePrefix(place)).toBe("AUTH_PORT=5001 HR_DATA='/tmp/the data' ");
    expect(place.secretsFile).toBe("/tmp/the data/.env.local");
  });
});
