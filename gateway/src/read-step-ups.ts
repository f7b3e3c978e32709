import {
  ConfigError,
  type StepUp,
  readConfig,
  stepUpVariables,
} from "@hr/service";

const variable = /^SUBGRAPH_STEP_UP_(?:ACR_)?(.+)$/;

/**
 * `SUBGRAPH_STEP_UP_PAYROLL=300`, and where it must be strong as well,
 * `SUBGRAPH_STEP_UP_ACR_PAYROLL=urn:hr:acr:passkey`; by subgraph, as it is written there.
 * @param claims Those each subgraph is told, where that is set.
 * @throws ConfigError naming every variable to mend.
 */
export function readStepUps(
  env: NodeJS.ProcessEnv,
  claims: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, StepUp> {
  const names = Object.entries(env).flatMap(
    ([name, value]) => (value && variable.exec(name)?.[1]) || [],
  );
  const read = <Value>(start: string, value: Value) =>
    Object.fromEntries(names.map((name) => [`${start}${name}`, value]));
  const ages = readConfig(
    read("SUBGRAPH_STEP_UP_", stepUpVariables.maxAge),
    env,
  );
  const acrs = readConfig(
    read("SUBGRAPH_STEP_UP_ACR_", stepUpVariables.acr.optional()),
    env,
  );
  demandClaims(names, claims);
  return new Map(
    names.map((name) => [
      name,
      {
        maxAge: ages[`SUBGRAPH_STEP_UP_${name}`] ?? 0,
        acr: acrs[`SUBGRAPH_STEP_UP_ACR_${name}`],
      },
    ]),
  );
}

/** What a subgraph is not told, it cannot check again. */
function demandClaims(
  names: readonly string[],
  claims: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const needed = new Set(["auth_time", "acr"]);
  const lacking = names.filter(
    (name) => !needed.isSubsetOf(claims.get(name) ?? needed),
  );
  if (lacking.length > 0)
    throw new ConfigError(
      `The environment is not usable.\n${lacking
        .map(
          (name) =>
            `  SUBGRAPH_CLAIMS_${name} lacks auth_time or acr, which SUBGRAPH_STEP_UP_${name} needs: add both`,
        )
        .join("\n")}`,
    );
}
