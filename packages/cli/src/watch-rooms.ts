import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { messageOf } from "./cli-error.ts";
import { compose, writeArtefacts } from "./compose.ts";
import {
  type ServiceName,
  checkout,
  roomOf,
  serviceNames,
  subgraphNames,
} from "./services.ts";
import type { Processes } from "./start-processes.ts";

const settleMs = 200;

/**
 * Starts a service again when a file of its room changed, all when one of
 * `packages/` did, and composes when a schema did. What fails is logged, and tried
 * again at the next change.
 */
export function watchRooms(
  processes: Pick<Processes, "start" | "end">,
  log: (line: string) => void,
): { close(): void } {
  const touched = new Set<ServiceName>();
  let isSchema = false;
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();

  const act = async (): Promise<void> => {
    const names = [...touched];
    touched.clear();
    try {
      if (isSchema) await composeAgain(log);
      isSchema = false;
      for (const name of names) await processes.end(name);
      await Promise.all(names.map((name) => processes.start(name)));
      log(`started again: ${names.join(", ")}`);
    } catch (error) {
      log(messageOf(error));
    }
  };
  const touch = (names: readonly ServiceName[], file: string) => {
    for (const name of names) touched.add(name);
    if (file.endsWith("schema.graphql")) {
      isSchema = true;
      // Each one's policy is cut from the whole.
      for (const name of subgraphNames) touched.add(name);
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = turn.then(act);
    }, settleMs);
  };

  const watchers = [
    ...serviceNames.map((name) =>
      watchFolder(roomOf(name), (file) => touch([name], file)),
    ),
    watchFolder(join(checkout, "packages"), (file) =>
      touch(serviceNames, file),
    ),
  ];
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchFolder(
  folder: string,
  changed: (file: string) => void,
): FSWatcher {
  return watch(folder, { recursive: true }, (_event, file) => {
    if (file && isSource(file)) changed(file);
  });
}

/** The composed files are left out: the gateway reads its own anew, and we wrote the others. */
function isSource(file: string): boolean {
  return (
    /\.(ts|sql)$|schema\.graphql$/.test(file) &&
    !/\.test\.ts$|node_modules|explorer/.test(file)
  );
}

async function composeAgain(log: (line: string) => void): Promise<void> {
  await writeArtefacts(await compose(join(checkout, "supergraph.yaml")));
  log("composed");
}
