import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestServer } from "@hr/database/testing";

/** One real PostgreSQL server for the whole run; each test makes its own database. */
export default async function setup(): Promise<void> {
  // The stock gateway would probe cloud metadata addresses.
  process.env["APOLLO_TELEMETRY_DISABLED"] = "1";
  const folder = await mkdtemp(join(tmpdir(), "hr-test-"));
  // Run by root, the server is somebody else and has to get in.
  await chmod(folder, 0o755);
  const server = await openTestServer(join(folder, "postgres"));
  process.env["TEST_POSTGRES_URL"] = server.url;
  Object.assign(globalThis, { testServer: { server, folder } });
}
