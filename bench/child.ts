export type Settings = Readonly<Record<string, string>>;

export type Started = {
  readonly url: string;
  /** Requests answered so far. */
  readonly requests?: () => number;
};

/** The life of a process that `startChild` started: it ends when its parent does. */
export async function runChild(
  start: (settings: Settings) => Promise<Started>,
): Promise<void> {
  process.on("disconnect", () => process.exit());
  const settings = JSON.parse(process.argv[2] ?? "{}") as Settings;
  const { url, requests = () => 0 } = await start(settings);
  process.on("message", () => process.send?.({ requests: requests() }));
  process.send?.({ url });
}

export function setting(settings: Settings, name: string): string {
  const value = settings[name];
  if (value === undefined) throw new Error(`The setting ${name} is missing`);
  return value;
}
