/** A sign-in of the demo, offered in development only. */
export type Persona = { readonly login: string; readonly label: string };

/** What the gateway says at `/explorer/config.json`. */
export type ExplorerConfig = {
  /** Path or address of the graph. */
  readonly graphql: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Null outside development. */
  readonly personas: readonly Persona[] | null;
};

/** @throws Error saying that the gateway gives no configuration */
export async function loadConfig(): Promise<ExplorerConfig> {
  const response = await fetch(`${import.meta.env.BASE_URL}config.json`);
  if (!response.ok)
    throw new Error(
      `The gateway answered ${response.status} when asked for the explorer's configuration.`,
    );
  return (await response.json()) as ExplorerConfig;
}
