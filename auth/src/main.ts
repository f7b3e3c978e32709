import { run } from "@hr/service";
import { readAuthConfig, startAuth } from "./index.ts";

await run("auth", (logger) => startAuth(readAuthConfig(), logger));
