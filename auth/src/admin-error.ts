/** What an administrator asked for cannot be. The message lists every fault, and is all there is to say. */
export class AdminError extends Error {
  override readonly name = "AdminError";
}

/** @throws AdminError if there are any */
export function demandNone(what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const list = faults.map((fault) => `\n  ${fault}`).join("");
  throw new AdminError(`${what}${list}`);
}
