export { DatabaseError } from "./database-error.ts";
export { countedPage, countedPages } from "./counted-page.ts";
export type { CountedPage } from "./counted-page.ts";
export { PageError, cappedCount, paginate } from "./keyset.ts";
export type {
  Connection,
  PageArguments,
  PageOptions,
  SortColumn,
} from "./keyset.ts";
export { migrate } from "./migrate.ts";
export { openDatabase, openServiceDatabase } from "./open-database.ts";
export type { Database, OpenOptions } from "./open-database.ts";
export { openPostgres } from "./open-postgres.ts";
export type { PostgresServer } from "./postgres-server.ts";
export { provision } from "./provision.ts";
export type { ServiceDatabase } from "./provision.ts";
export { withinReach } from "./reach.ts";
export type { Reach } from "./reach.ts";
