import { describe, expect, test } from "@jest/globals";
import { CliError } from "./cli-error.ts";
import { supervise } from "./supervise.ts";

describe("a service that ends by itself", () => {
  test("is started again, and that is said", async () => {
    const started: string[] = [];
    const { said, heard } = listen("payroll is back.");
    const { ended } = supervise((name) => {
      started.push(name);
      return Promise.resolve();
    }, said);
    ended("payroll", new CliError("payroll ended (SIGKILL). It said last:\nx"));
    expect(await heard).toEqual([
      "payroll ended (SIGKILL). Starting it again in 0.5 s.",
      "payroll is back.",
    ]);
    expect(started).toEqual(["payroll"]);
  });

  test("is given up at the fifth time, with its fault", async () => {
    const { ended, gaveUp } = supervise(
      () => Promise.resolve(),
      () => undefined,
    );
    for (const n of [1, 2, 3, 4, 5]) ended("leave", new CliError(`fault ${n}`));
    await expect(gaveUp).rejects.toThrow(
      "leave ended 5 times within a minute, so everything stops. fault 5",
    );
  });

  test("does not count for another", async () => {
    const { said, heard } = listen("auth is back.");
    const { ended, gaveUp } = supervise(() => Promise.resolve(), said);
    for (const name of ["leave", "leave", "leave", "leave", "auth"] as const)
      ended(name, new CliError(`${name} ended.`));
    const first = await Promise.race([heard, gaveUp]);
    expect(first).toContain("auth ended. Starting it again in 0.5 s.");
  });
});

/** Hears lines until the awaited one. */
function listen(awaited: string) {
  const lines: string[] = [];
  const { promise: heard, resolve } =
    Promise.withResolvers<readonly string[]>();
  const said = (line: string) => {
    lines.push(line);
    if (line === awaited) resolve(lines);
  };
  return { said, heard };
}
