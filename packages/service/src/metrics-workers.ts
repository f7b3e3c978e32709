import cluster, { type Worker } from "node:cluster";
import type { Logger } from "./log.ts";
import type { Snapshot } from "./metrics.ts";
import { total } from "./metrics-text.ts";

type Question = { readonly hr: "metrics?" };
type Answer = { readonly hr: "metrics"; readonly snapshot: Snapshot };

const question: Question = { hr: "metrics?" };
const patienceMs = 1_000;

/** In a worker: tells the process that started it, now and whenever asked. @returns how to stop. */
export function tellPrimary(
  read: () => Promise<Snapshot>,
  logger: Logger,
): () => void {
  const tell = async () => {
    const answer: Answer = { hr: "metrics", snapshot: await read() };
    // Who is gone by now misses nothing.
    process.send?.(answer, undefined, undefined, () => undefined);
  };
  const tellOrLog = () => {
    tell().catch((error: unknown) =>
      logger.error({ err: error }, "metrics not told"),
    );
  };
  const heard = (message: unknown) => {
    if (isOf(message, "metrics?")) tellOrLog();
  };
  process.on("message", heard);
  tellOrLog();
  return () => process.off("message", heard);
}

export type WorkerMetrics = {
  read(): Promise<readonly Snapshot[]>;
  close(): void;
};

/**
 * In the process that starts workers: asks each that has spoken. Of one that does not
 * answer in time, what it said last counts; of those that ended, what they counted, so
 * that no sum ever falls.
 */
export function gatherFromWorkers(): WorkerMetrics {
  const last = new Map<number, Snapshot>();
  let ended: Snapshot = [];
  const heard = (worker: Worker, message: unknown) => {
    // What one that ended said late is counted already, or lost.
    if (isOf(message, "metrics") && !worker.isDead())
      last.set(worker.id, message.snapshot);
  };
  const lost = ({ id }: Worker) => {
    ended = total([ended, (last.get(id) ?? []).filter(isCounted)]);
    last.delete(id);
  };
  cluster.on("message", heard).on("exit", lost);
  return {
    async read() {
      const workers = Object.values(cluster.workers ?? {});
      await Promise.all(
        workers.map(async (worker) => {
          if (worker && last.has(worker.id)) await ask(worker);
        }),
      );
      return [ended, ...last.values()];
    },
    close() {
      cluster.off("message", heard).off("exit", lost);
    },
  };
}

/** Until it has answered, is gone, or takes too long. */
function ask(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const heard = (message: unknown) => {
      if (isOf(message, "metrics")) done();
    };
    const done = () => {
      clearTimeout(timer);
      worker.off("message", heard).off("exit", done);
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    worker.on("message", heard).on("exit", done);
    worker.send(question, (error) => {
      if (error) done();
    });
  });
}

function isCounted({ type }: Snapshot[number]): boolean {
  return type !== "gauge";
}

function isOf<Kind extends (Question | Answer)["hr"]>(
  message: unknown,
  kind: Kind,
): message is Extract<Question | Answer, { hr: Kind }> {
  return (
    typeof message === "object" &&
    message !== null &&
    "hr" in message &&
    message.hr === kind
  );
}
