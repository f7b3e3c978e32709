import type { Command } from "commander";
import type { DocumentsOptions } from "./documents-command.ts";

/** `hr documents`. */
export function addDocuments(program: Command): void {
  program
    .command("documents")
    .summary("the manifest of trusted documents, for the gateway and clients")
    .description(documentsText)
    .argument("<paths...>", "operations: GraphQL files, or folders of them")
    .option("--out <file>", "write it there (default: standard output)")
    .option("--check", "write nothing; exit 1 when --out is stale")
    .option(
      "--supergraph <file>",
      "another composed supergraph (default: gateway/supergraph.graphql of the checkout)",
    )
    .addHelpText("after", documentsExamples)
    .action(
      async (
        paths: readonly string[],
        options: DocumentsOptions,
        command: Command,
      ) => {
        if (options.check && options.out === undefined)
          command.error("error: say with --out which file to check");
        const { documentsCommand } = await import("./documents-command.ts");
        await documentsCommand(paths, options);
      },
    );
}

const documentsText = `Write the operations of a client as a persisted-operations manifest in Apollo's format: for TRUSTED_DOCUMENTS_FILE of the gateway, and for the client to find its ids in (docs/trusted-documents.md).

Fragments serve all the files given; each document holds those it uses. Beside each stand the sets of scopes that suffice, the smallest first, as npx hr scopes has them, 256 at most. The same operations make the same file.`;

const documentsExamples = `
Examples:
  npx hr documents --out trusted-documents.json examples/operations
  npx hr documents --check --out trusted-documents.json examples/operations`;
