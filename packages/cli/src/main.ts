#!/usr/bin/env node
import { messageOf } from "./cli-error.ts";
import { createProgram } from "./program.ts";

try {
  await createProgram(process.env).parseAsync();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
