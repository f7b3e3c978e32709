import { scopeDescriptions } from "@hr/access";

/** Lists the scope vocabulary with its sentences. */
export function scopesCommand(): void {
  const entries = Object.entries(scopeDescriptions);
  const width = Math.max(...entries.map(([scope]) => scope.length)) + 2;
  for (const [scope, sentence] of entries)
    process.stdout.write(`${scope.padEnd(width)}${sentence}\n`);
}
