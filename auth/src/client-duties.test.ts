import { expect, test } from "@jest/globals";
import { createLogger } from "@hr/service";
import { warnOfJoinedDuties } from "./client-duties.ts";
import type { Client } from "./clients.ts";
import { startTestAuth } from "./testing.ts";

const ofHrPartner = "hr-partner: leave:request with leave:approve";
const warning = "duties that should be apart are joined";

test("a server says when it starts, and once, which duties are joined", async () => {
  const auth = await startTestAuth();
  await auth.close();
  const warned = auth.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === warning);
  expect(warned).toMatchObject([{ level: "warn", joined: [ofHrPartner] }]);
});

test("a machine that joins duties is named, a first-party client is not", () => {
  const proof = { method: "client_secret_basic", digest: "" } as const;
  const scopes = ["leave:request", "leave:approve"] as const;
  const machine: Client = {
    ...{ kind: "machine", id: "leave-bot", name: "Leave bot" },
    ...{ scopes, proof },
  };
  const native: Client = {
    ...{ kind: "native", id: "hr-cli", name: "HR command line" },
    ...{ scopes, redirectUris: [] },
  };
  const lines: string[] = [];
  const logger = createLogger("auth", { write: (line) => lines.push(line) });
  warnOfJoinedDuties([machine, native], logger);
  expect(JSON.parse(lines.join())).toMatchObject({
    joined: [ofHrPartner, "leave-bot: leave:request with leave:approve"],
  });
});
