const sameRequestMs = 500;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at
 * once; one within half a second is the first again, as npm passes on a Ctrl-C that
 * the terminal sent to both.
 */
export function stopRequest(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      first ??= performance.now();
      if (performance.now() - first > sameRequestMs) process.exit(1);
      controller.abort();
    });
  return controller.signal;
}
