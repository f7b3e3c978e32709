import { rm } from "node:fs/promises";
import type { PostgresServer } from "@hr/database";

export default async function teardown(): Promise<void> {
  const { testServer } = globalThis as unknown as {
    readonly testServer: {
      readonly server: PostgresServer;
      readonly folder: string;
    };
  };
  await testServer.server.stop();
  await rm(testServer.folder, { recursive: true, force: true });
}
