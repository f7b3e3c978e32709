/** What a person can act on: the message is all that is printed. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** Errors of ours explain themselves; of any other, the stack is the message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const explained = /^(Admin|Cli|Compose|Database)Error$/.test(error.name);
  return explained ? error.message : (error.stack ?? error.message);
}
