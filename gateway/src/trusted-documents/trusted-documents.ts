import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { ConfigError, type Logger } from "@hr/service";
import { type GraphQLSchema, parse, validate } from "graphql";
import { watchFile } from "../watch-file.ts";
import { type Admission, admit } from "./admit.ts";
import type { AskedOverHttp } from "@hr/service";
import { ManifestError, type Manifest, readManifest } from "./manifest.ts";
import type { TrustedDocumentsSettings } from "./settings.ts";

/** The door to trusted documents, open while the gateway is. */
export type TrustedDocuments = {
  readonly admit: (request: AskedOverHttp) => Admission;
  /**
   * Takes the schema that is served from now on, and warns of documents that do not
   * fit it. Resolves when all have been looked at, requests in between.
   */
  readonly fit: (schema: GraphQLSchema) => Promise<void>;
  readonly close: () => void;
};

export type TrustedDocumentsOptions = {
  readonly logger: Logger;
  /** The most tokens a document may hold. */
  readonly maximumTokens: number;
};

/**
 * Reads the manifest and follows its file; a file that cannot be used leaves the last
 * good one in force.
 * @throws ConfigError naming each fault of the first.
 */
export async function openTrustedDocuments(
  settings: TrustedDocumentsSettings,
  { logger, maximumTokens }: TrustedDocumentsOptions,
): Promise<TrustedDocuments> {
  if (settings.mode === "off") return open;
  const { mode } = settings;
  const path = resolve(settings.file);
  let manifest = await firstManifest(path, maximumTokens);
  let schema: GraphQLSchema | undefined;
  const fit = async () => {
    const seen = { manifest, schema };
    const isPresent = () =>
      seen.manifest === manifest && seen.schema === schema;
    if (schema) await warnOfUnfit(manifest, schema, { logger, isPresent });
  };
  const watcher = watchFile(path, async (text) => {
    try {
      manifest = readManifest(text, maximumTokens);
      const { length } = manifest.documents;
      logger.info({ ...event, documents: length }, "manifest loaded");
      await fit();
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      const reason = error.message;
      logger.error(
        { ...event, reason },
        "manifest refused; the last good one stays",
      );
    }
  });
  return {
    admit: (request) => admit(request, { mode, manifest }),
    async fit(next) {
      schema = next;
      await fit();
    },
    close() {
      schema = undefined;
      watcher.close();
    },
  };
}

const event = { event: "trusted documents" };

const open: TrustedDocuments = {
  admit: ({ search, body }) => ({ kind: "admitted", search, body }),
  fit: () => Promise.resolve(),
  close: () => undefined,
};

async function firstManifest(
  path: string,
  maximumTokens: number,
): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code = "unreadable" } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      `TRUSTED_DOCUMENTS_FILE names ${path}, which cannot be read (${code}): give the path of a manifest; npx hr documents writes one.`,
    );
  });
  try {
    return readManifest(text, maximumTokens);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ConfigError(
      `TRUSTED_DOCUMENTS_FILE names ${path}, which is not usable.\n${error.message}`,
    );
  }
}

/** One document at a time, so that thousands of them keep no request waiting. */
async function warnOfUnfit(
  { documents }: Manifest,
  schema: GraphQLSchema,
  watch: { readonly logger: Logger; readonly isPresent: () => boolean },
): Promise<void> {
  const unfit: { readonly name: string; readonly fault: string }[] = [];
  for (const { name, body } of documents) {
    const fault = misfitOf(body, schema);
    if (fault !== undefined) unfit.push({ name, fault });
    await setImmediate();
    if (!watch.isPresent()) return;
  }
  if (unfit.length > 0)
    watch.logger.warn(
      { ...event, unfit },
      "documents of the manifest do not fit the schema; they are refused when asked for",
    );
}

function misfitOf(body: string, schema: GraphQLSchema): string | undefined {
  try {
    const document = parse(body);
    return validate(schema, document, undefined, { maxErrors: 1 })[0]?.message;
  } catch {
    return "It is nested too deeply to be validated.";
  }
}
