#!/usr/bin/env node
import { run } from "@hr/service";
import { readLeaveConfig } from "./config.ts";
import { startLeave } from "./subgraph.ts";

await run("leave", (logger) => startLeave(readLeaveConfig(), logger));
