import { watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";

/**
 * Calls back with the text of a file whenever it changed, one call at a time.
 * The folder is watched, so a file replaced by rename is noticed too.
 */
export function watchFile(
  path: string,
  changed: (text: string) => Promise<void>,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const read = () => {
    turn = turn.then(async () => {
      // A writer may be half way; its last write fires again.
      const text = await readFile(path, "utf8").catch(() => "");
      if (text !== "") await changed(text);
    });
  };
  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(read, settleMs);
  });
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

const settleMs = 100;
