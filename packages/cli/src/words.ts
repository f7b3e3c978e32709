/** What a service writes. */
export type Words = {
  /** Takes a line of standard output, and passes it on. */
  readonly said: (line: string) => void;
  /** Takes a line of standard error. */
  readonly complained: (line: string) => void;
  /** What was held back. */
  readonly complaint: () => string;
  /** The last lines of both. */
  readonly last: () => string;
  /** It is ready: passes on what was held back, and whatever comes. */
  readonly release: () => void;
};

const keptLines = 20;

/**
 * Listens to a service. What it writes on standard error is held back until it is
 * ready: should it not start, that is the message, and is to be read once.
 */
export function listenTo(pass: (line: string) => void): Words {
  const kept: string[] = [];
  let held: string[] | undefined = [];
  const keep = (line: string) => {
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
  };
  return {
    said(line: string) {
      keep(line);
      pass(line);
    },
    complained(line: string) {
      keep(line);
      if (held) held.push(line);
      else pass(line);
    },
    complaint: () => (held ?? []).join("\n").trim(),
    last: () => kept.join("\n"),
    release() {
      for (const line of held ?? []) pass(line);
      held = undefined;
    },
  };
}
