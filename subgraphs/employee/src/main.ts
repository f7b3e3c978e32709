import { run } from "@hr/service";
import { readEmployeeConfig } from "./config.ts";
import { startEmployee } from "./subgraph.ts";

// Inside the start, so that a wrong environment ends in one message.
await run("employee", async (logger) =>
  startEmployee(readEmployeeConfig(), logger),
);
