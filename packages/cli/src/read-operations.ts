import { measureOperation } from "@hr/access";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoUnusedFragmentsRule,
  type OperationDefinitionNode,
  Source,
  concatAST,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { CliError } from "./cli-error.ts";
import { manifestSources } from "./manifest.ts";
import { readText } from "./read-graph.ts";

export type ReadOperation = {
  /** Null: it has none. */
  readonly name: string | null;
  /** The file, or the manifest and the id there. */
  readonly source: string;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
};

const maximumSelections = 10_000;

// A fragment of one file may be there for another that is not given.
const validationRules = specifiedRules.filter(
  (rule) => rule !== NoUnusedFragmentsRule,
);

/**
 * Reads the operations of files, whose fragments serve all of them, and of a
 * persisted-operations manifest, whose documents stand for themselves.
 * @throws CliError naming file, line, column and message of all that is no valid
 *   operation of this API.
 */
export async function readOperations(
  from: { readonly files: readonly string[]; readonly manifest?: string },
  api: GraphQLSchema,
): Promise<readonly ReadOperation[]> {
  const files = await Promise.all(
    from.files.map(async (file) => new Source(await readText(file), file)),
  );
  const persisted =
    from.manifest === undefined
      ? []
      : manifestSources(from.manifest, await readText(from.manifest));
  const errors: GraphQLError[] = [];
  const documents = [files, ...persisted.map((one) => [one])]
    .map((sources) => parseTogether(sources, errors))
    .filter(({ definitions }) => definitions.length > 0);
  if (errors.length === 0)
    for (const document of documents) errors.push(...faultsOf(document, api));
  if (errors.length > 0) throw new CliError(errors.map(lineOf).join("\n"));
  const operations = documents.flatMap(operationsOf);
  if (operations.length === 0)
    throw new CliError("There is no operation in what was given.");
  return operations;
}

function parseTogether(
  sources: readonly Source[],
  errors: GraphQLError[],
): DocumentNode {
  const documents = sources.flatMap((source) => {
    try {
      return [parse(source)];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      errors.push(error);
      return [];
    }
  });
  return concatAST(documents);
}

function faultsOf(
  document: DocumentNode,
  api: GraphQLSchema,
): readonly GraphQLError[] {
  const errors = validate(api, document, validationRules);
  if (errors.length > 0) return errors;
  return operationsOf(document).flatMap(({ operation, fragments }) => {
    const fault = (message: string) => [
      new GraphQLError(message, { nodes: operation }),
    ];
    if (!api.getRootType(operation.operation))
      return fault(`The API serves no ${operation.operation}.`);
    const { selections } = measureOperation(operation, fragments);
    return selections > maximumSelections
      ? fault(`It expands to more than ${maximumSelections} selections.`)
      : [];
  });
}

function operationsOf(document: DocumentNode): readonly ReadOperation[] {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION
        ? [[node.name.value, node] as const]
        : [],
    ),
  );
  return document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? [
          {
            name: node.name?.value ?? null,
            source: node.loc?.source.name ?? "",
            operation: node,
            fragments,
          },
        ]
      : [],
  );
}

/** `file:line:column: message`, and the other places it speaks of. */
function lineOf({ source, nodes, locations, message }: GraphQLError): string {
  const [first, ...others] = (locations ?? []).map(({ line, column }, at) => {
    const file = nodes?.[at]?.loc?.source ?? source;
    return `${file?.name}:${line}:${column}`;
  });
  if (first === undefined) return message;
  const also = others.length > 0 ? ` (also ${others.join(", ")})` : "";
  return `${first}: ${message}${also}`;
}
