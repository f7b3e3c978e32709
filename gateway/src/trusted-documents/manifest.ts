import { createHash } from "node:crypto";
import { GraphQLError, Kind, parse } from "graphql";
import { z } from "zod";

export type TrustedDocument = {
  readonly name: string;
  readonly body: string;
};

export type Manifest = {
  readonly documents: readonly TrustedDocument[];
  /** The text behind an id of the manifest, its SHA-256, or `sha256:` and that. */
  readonly textOf: (id: string) => string | undefined;
  /** Whether it is the text of a document, byte for byte. */
  readonly holds: (text: string) => boolean;
};

/** A manifest that cannot be used. The message has a line for each fault. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  constructor(faults: readonly string[]) {
    super(faults.map((fault) => `  ${fault}`).join("\n"));
  }
}

const maximumLength = 16_777_216;
const maximumOperations = 10_000;
const maximumBody = 200_000;

/**
 * Reads a persisted-operations manifest: Apollo's format, version 1. Any id is taken
 * that names one document only.
 * @param maximumTokens the most a body may hold
 * @throws ManifestError naming the operation of each fault.
 */
export function readManifest(text: string, maximumTokens: number): Manifest {
  const faults: string[] = [];
  const listed = listedIn(text).flatMap((stated, index) => {
    const { data, error } = operationSchema.safeParse(stated);
    const where = nameOf(stated, index);
    const issues = error?.issues ?? [];
    const wrong = data
      ? faultsOfBody(data, maximumTokens)
      : issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    faults.push(...wrong.map((fault) => `${where}, ${fault}`));
    return data ? [{ ...data, where, digest: sha256(data.body) }] : [];
  });
  const { texts, clashes } = indexOf(listed);
  faults.push(...clashes);
  if (faults.length > 0) throw new ManifestError(faults);
  const bodies = new Set(listed.map(({ body }) => body));
  return {
    documents: listed.map(({ name, body }) => ({ name, body })),
    textOf: (id) => texts.get(id),
    holds: (body) => bodies.has(body),
  };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

type Operation = z.output<typeof operationSchema>;
type Listed = Operation & { readonly where: string; readonly digest: string };

const bodyCure = `give one GraphQL operation with its fragments, of at most ${maximumBody} characters`;
const scopesCure =
  'give a list of alternatives, each a list of scopes, such as [["employee:read"]], or leave it out';

const operationSchema = z.object({
  id: bounded(256, "give an id of 1 to 256 characters"),
  name: bounded(256, "give the operation's name"),
  type: z.enum(["query", "mutation", "subscription"], {
    error: "give query or mutation",
  }),
  body: bounded(maximumBody, bodyCure),
  requiredScopes: z
    .array(z.array(z.string({ error: scopesCure }), { error: scopesCure }), {
      error: scopesCure,
    })
    .optional(),
});

const manifestSchema = z.object({
  format: z.literal("apollo-persisted-query-manifest", {
    error: 'give "apollo-persisted-query-manifest"',
  }),
  version: z.literal(1, { error: "give 1" }),
  operations: z
    .array(z.unknown(), { error: "give a list of operations" })
    .min(1, "give at least one operation")
    .max(maximumOperations, `give at most ${maximumOperations} operations`),
});

function bounded(maximum: number, cure: string) {
  return z.string({ error: cure }).min(1, cure).max(maximum, cure);
}

function listedIn(text: string): readonly unknown[] {
  if (text.length > maximumLength)
    throw new ManifestError([
      `it is above ${maximumLength} characters: take out what no client sends any more`,
    ]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ManifestError(["it is no JSON"]);
  }
  const { data, error } = manifestSchema.safeParse(value);
  if (data) return data.operations;
  throw new ManifestError(
    error.issues.map(
      ({ path, message }) => `${path.join(".") || "the whole"}: ${message}`,
    ),
  );
}

function nameOf(stated: unknown, index: number): string {
  const { name } = (stated ?? {}) as { readonly name?: unknown };
  const shown = typeof name === "string" ? ` (${name.slice(0, 256)})` : "";
  return `operation ${index + 1}${shown}`;
}

function faultsOfBody(
  { name, type, body }: Operation,
  maxTokens: number,
): readonly string[] {
  try {
    const { definitions } = parse(body, { maxTokens });
    const operations = definitions.filter(
      (one) => one.kind === Kind.OPERATION_DEFINITION,
    );
    const [only] = operations;
    if (!only || operations.length > 1)
      return [`body: it holds ${operations.length} operations: give one`];
    const kind: string = only.operation;
    return only.name?.value === name && kind === type
      ? []
      : [`body: it is not the ${type} ${name}: give the one it names`];
  } catch (error) {
    // The parser throws nothing else but where the stack ends.
    if (!(error instanceof GraphQLError))
      return ["body: it is nested too deeply to be read"];
    const { line = 1, column = 1 } = error.locations?.[0] ?? {};
    return [`body, line ${line}, column ${column}: ${error.message}`];
  }
}

/** Every id with the text it stands for, and what is wrong where one stands for two. */
function indexOf(listed: readonly Listed[]): {
  readonly texts: ReadonlyMap<string, string>;
  readonly clashes: readonly string[];
} {
  const digests = new Map(
    listed.flatMap((one) => [
      [one.digest, one],
      [`sha256:${one.digest}`, one],
    ]),
  );
  const ids = new Map<string, Listed>();
  const clashes = listed.flatMap((one) => {
    const { id, where, body, digest } = one;
    const same = ids.get(id);
    const hashed = digests.get(id);
    ids.set(id, one);
    if (same) return [`${where}, id: ${same.where} has it: give another`];
    if (hashed && hashed.body !== body)
      return [`${where}, id: it is the SHA-256 of ${hashed.where}`];
    return id.startsWith("sha256:") && id !== `sha256:${digest}`
      ? [`${where}, id: it is not the SHA-256 of its body`]
      : [];
  });
  const all = [...digests, ...ids];
  return { texts: new Map(all.map(([id, { body }]) => [id, body])), clashes };
}
