/** The database cannot be used as asked. The message says why and the cure, and never holds a password. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/** In words what the driver says in codes. `where` is host, port and database, without credentials. */
export function explain(error: unknown, where: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  return new DatabaseError(`DATABASE_URL: ${faultOf(codeOf(error), where)}`);
}

/** SQLSTATE, or the system's name for a failed connection. */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : "";
}

export function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : "an unreadable address";
}

function faultOf(code: string, where: string): string {
  switch (code) {
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
      return `no PostgreSQL server answers at ${where}. Start it, or correct host and port.`;
    case "28P01":
    case "28000":
      return `the server at ${where} refuses this user and password. Correct them.`;
    case "3D000":
      return `the database ${where} does not exist. Create it, or correct its name.`;
    case "42501":
      return `this user may not connect to ${where}. Use the role that owns it, or grant it CONNECT.`;
    default:
      return `the server at ${where} cannot be used (${code || "unknown fault"}).`;
  }
}
