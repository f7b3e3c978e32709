/** The database cannot be used as asked. The message says why and the cure, and holds neither address nor password. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/** In words what the driver says in codes. */
export function explain(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const late = error instanceof Error && /timeout/i.test(error.message);
  const code = codeOf(error) || (late ? "ETIMEDOUT" : "");
  return new DatabaseError(`DATABASE_URL: ${faultOf(code)}`);
}

/** SQLSTATE, or the system's name for a failed connection. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : "";
}

/** The driver makes a guess at anything, and would look for a server nobody meant. */
export function demandUrl(url: string): void {
  if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new DatabaseError(
      "DATABASE_URL: this is no address of a PostgreSQL database. Write postgres://user:password@host:5432/database, with special characters percent-encoded.",
    );
}

function faultOf(code: string): string {
  switch (code) {
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `no PostgreSQL server answers there (${code}). Start it, or correct host and port.`;
    case "28P01":
    case "28000":
      return "the server refuses this user and password. Correct them.";
    case "3D000":
      return "the database does not exist. Create it, or correct its name.";
    case "42501":
      return "this user may not connect to the database. Use the role that owns it, or grant it CONNECT.";
    case "53300":
      return "the server has no connection left. Allow it more, or lower the pools of its users.";
    case "":
      return "the connection fails without a reason. Check that address, port and sslmode are those of a PostgreSQL server.";
    default:
      return `the connection fails (${code}). Look that code up, and correct the address or the server.`;
  }
}
