import { join } from "node:path";

/** The folder of this service's migrations. */
export const migrations = join(import.meta.dirname, "../migrations");
