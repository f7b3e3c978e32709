import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLogger } from "@hr/service";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { buildSchema } from "graphql";
import { readGatewayConfig } from "../config.ts";
import { sha256 } from "./manifest.ts";
import { type Entry, manifestText } from "./test-manifest.ts";
import {
  type TrustedDocuments,
  openTrustedDocuments,
} from "./trusted-documents.ts";

type Line = {
  readonly level: string;
  readonly msg: string;
  readonly reason?: string;
  readonly unfit?: readonly { readonly name: string; readonly fault: string }[];
};

const pen = { name: "Pen", body: "query Pen { pen }" };
const ink = { name: "Ink", body: "query Ink { ink }" };
const schema = buildSchema("type Query { pen: Int }");

let folder: string;
let file: string;
let log: Line[];
let open: TrustedDocuments | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trusted-documents-"));
  file = join(folder, "manifest.json");
  log = [];
});
afterEach(async () => {
  open?.close();
  open = undefined;
  await rm(folder, { recursive: true });
});

describe("the settings", () => {
  const env = {
    SUPERGRAPH: "supergraph.graphql",
    TOKEN_ISSUER: "http://localhost:4001",
    TOKEN_AUDIENCE: "http://localhost:4000/graphql",
  };
  const read = (more: object) =>
    readGatewayConfig({ ...env, ...more }).trustedDocuments;

  test("are off unless said, whether or not a file is named", () => {
    expect(read({})).toEqual({ mode: "off" });
    expect(read({ TRUSTED_DOCUMENTS_FILE: "a.json" })).toEqual({ mode: "off" });
  });

  test.each(["preferred", "required"])("are %s with a file", (mode) => {
    const TRUSTED_DOCUMENTS = mode;
    const more = { TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_FILE: "a.json" };
    expect(read(more)).toEqual({ mode, file: "a.json" });
    expect(() => read({ TRUSTED_DOCUMENTS })).toThrow(
      `TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS=${mode} needs`,
    );
  });

  test("are nothing else", () => {
    expect(() => read({ TRUSTED_DOCUMENTS: "on" })).toThrow(
      "TRUSTED_DOCUMENTS is malformed: give off, preferred or required",
    );
  });
});

describe("trusted documents", () => {
  test("that are off let everything pass as it came, and need no file", async () => {
    open = await openTrustedDocuments({ mode: "off" }, options());
    const request = { method: "GET", search: "?documentId=x", body: undefined };
    expect(open.admit(request)).toEqual({
      kind: "admitted",
      ...{ search: "?documentId=x", body: undefined },
    });
  });

  test("are those of the file", async () => {
    await start(pen);
    expect([runs(pen), runs(ink)]).toEqual([true, false]);
  });

  test("need a file that can be read", async () => {
    await expect(startAsItIs()).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringContaining(
        `TRUSTED_DOCUMENTS_FILE names ${file}, which cannot be read (ENOENT)`,
      ) as unknown,
    });
  });

  test("need a file that is a manifest", async () => {
    await writeFile(
      file,
      manifestText({ ...pen, body: "{" }, { ...ink, id: "" }),
    );
    await expect(startAsItIs()).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringMatching(
        /which is not usable\.\n {2}operation 1 \(Pen\), body.*\n {2}operation 2 \(Ink\), id/,
      ) as unknown,
    });
  });

  test("follow the file, also one that takes its place", async () => {
    await start(pen);
    await writeFile(file, manifestText(ink));
    await logged("manifest loaded");
    expect([runs(pen), runs(ink)]).toEqual([false, true]);
    log = [];
    await writeFile(`${file}.new`, manifestText(pen));
    await rename(`${file}.new`, file);
    await logged("manifest loaded");
    expect([runs(pen), runs(ink)]).toEqual([true, false]);
  });

  test("stay what they were when the file cannot be used, and say why", async () => {
    await start(pen);
    await writeFile(file, manifestText({ ...ink, type: "mutation" }));
    const { level, reason } = await logged("manifest refused");
    expect(level).toBe("error");
    expect(reason).toContain("operation 1 (Ink), body: it is not the mutation");
    expect([runs(pen), runs(ink)]).toEqual([true, false]);
  });
});

describe("documents that do not fit the schema", () => {
  test("are warned of by name, and run or not as Apollo Server decides", async () => {
    await start(pen, ink);
    await open?.fit(schema);
    expect(log).toMatchObject([
      { level: "warn", unfit: [unfit("Ink", "ink")] },
    ]);
    expect(runs(ink)).toBe(true);
  });

  test("are warned of again with each schema and each manifest", async () => {
    await start(pen);
    await open?.fit(schema);
    expect(log).toEqual([]);
    await open?.fit(buildSchema("type Query { ink: Int }"));
    expect(log).toMatchObject([{ unfit: [unfit("Pen", "pen")] }]);
    log = [];
    await writeFile(file, manifestText(ink, pen));
    expect(await logged("documents of the manifest")).toMatchObject({
      unfit: [unfit("Pen", "pen")],
    });
  });

  test("are not warned of for a schema that is served no more", async () => {
    await start(pen, ink);
    const before = open?.fit(buildSchema("type Query { other: Int }"));
    await Promise.all([open?.fit(schema), before]);
    expect(log).toMatchObject([{ unfit: [unfit("Ink", "ink")] }]);
  });
});

function unfit(name: string, field: string) {
  const fault = `Cannot query field "${field}" on type "Query".`;
  return { name, fault: expect.stringContaining(fault) as unknown };
}

async function start(...entries: readonly Entry[]): Promise<void> {
  await writeFile(file, manifestText(...entries));
  await startAsItIs();
}

async function startAsItIs(): Promise<void> {
  open = await openTrustedDocuments({ mode: "required", file }, options());
}

function options() {
  const write = (line: string) => void log.push(JSON.parse(line) as Line);
  return { logger: createLogger("gateway", { write }), maximumTokens: 1_000 };
}

function runs({ body }: Entry): boolean {
  const documentId = sha256(body);
  const request = { method: "POST", search: "", body: { documentId } };
  return open?.admit(request).kind === "admitted";
}

async function logged(words: string): Promise<Line> {
  for (;;) {
    const found = log.find(({ msg }) => msg.includes(words));
    if (found) return found;
    await sleep(20);
  }
}
