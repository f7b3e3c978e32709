import { setTimeout as sleep } from "node:timers/promises";

const askAgainMs = 50;
const answerMs = 3_000;

/**
 * Waits until `GET /readyz` answers 200.
 * @returns what it answered last, if that was not it when the signal came
 */
export async function untilReady(
  port: number,
  giveUp: AbortSignal,
): Promise<"ready" | { readonly last: string }> {
  let last = "no answer";
  while (!giveUp.aborted) {
    const answer = await ask(port);
    if (answer.ready) return "ready";
    last = answer.text;
    await sleep(askAgainMs);
  }
  return { last };
}

async function ask(port: number): Promise<{ ready: boolean; text: string }> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(answerMs),
    });
    return { ready: response.ok, text: await response.text() };
  } catch {
    return { ready: false, text: "no answer" };
  }
}
