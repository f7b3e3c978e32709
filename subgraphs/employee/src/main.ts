#!/usr/bin/env node
import { run } from "@hr/service";
import { readEmployeeConfig } from "./config.ts";
import { startEmployee } from "./subgraph.ts";

await run("employee", (logger) => startEmployee(readEmployeeConfig(), logger));
