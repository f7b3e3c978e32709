import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { PolicyEvaluator } from "@hr/access";
import { ConfigError } from "@hr/service";

/**
 * The evaluator of `@policy`: the default export of an ES module; none without a path.
 * @throws ConfigError when there is none to be had.
 */
export async function loadPolicies(
  path: string | undefined,
): Promise<PolicyEvaluator | undefined> {
  if (path === undefined) return undefined;
  const file = resolve(path);
  const loaded = (await import(pathToFileURL(file).href).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : "unknown";
      throw new ConfigError(
        `POLICY_MODULE names ${file}, which cannot be loaded: ${reason}`,
      );
    },
  )) as { readonly default?: unknown };
  if (typeof loaded.default !== "function")
    throw new ConfigError(
      `POLICY_MODULE names ${file}, whose default export is no function: export default (names, principal) => the names that hold.`,
    );
  return loaded.default as PolicyEvaluator;
}
