#!/usr/bin/env node
import { run } from "@hr/service";
import { readPayrollConfig } from "./config.ts";
import { startPayroll } from "./subgraph.ts";

await run("payroll", (logger) => startPayroll(readPayrollConfig(), logger));
