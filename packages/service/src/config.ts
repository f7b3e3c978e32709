import { z } from "zod";

/** Wrong environment. The message lists every fault and its cure; the process ends with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the environment once, into a frozen typed record.
 * An empty variable counts as missing.
 * @throws ConfigError naming every missing or malformed variable at once.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== ""),
  );
  const parsed = z.object(shape).safeParse(set);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => {
    const name = issue.path.join(".");
    const state = Object.hasOwn(set, name) ? "is malformed" : "is missing";
    return `  ${name} ${state}: ${issue.message}`;
  });
  throw new ConfigError(`The environment is not usable.\n${faults.join("\n")}`);
}

/** The variables that mean the same in every service. */
export const environment = {
  port: (standard: number) =>
    z
      .string()
      .regex(/^\d{1,5}$/, portCure)
      .transform(Number)
      .refine((port) => port <= 65_535, portCure)
      .default(standard),
  host: () =>
    z
      .string()
      .regex(/^[\w.:-]+$/, "give an address to listen on, such as 127.0.0.1")
      .default("127.0.0.1"),
  httpUrl: (example: string) =>
    z
      .string({ error: `give a URL, such as ${example}` })
      .refine(
        isHttpUrl,
        `give an http or https URL without credentials, such as ${example}`,
      ),
  databaseUrl: () =>
    z
      .string()
      .refine(
        isPostgresUrl,
        "give a URL such as postgres://user:password@127.0.0.1:5432/database, or leave it out for an embedded server",
      )
      .optional(),
  nodeEnv: () =>
    z
      .enum(["development", "test", "production"], {
        error: "give development, test or production",
      })
      .default("development"),
};

const portCure = "give a whole number from 0 to 65535; 0 takes any free port";

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    !!url &&
    ["http:", "https:"].includes(url.protocol) &&
    url.username === "" &&
    url.password === ""
  );
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return !!url && ["postgres:", "postgresql:"].includes(url.protocol);
}
