import type { PolicyEntry, PolicyFile } from "@hr/access";
import { type DocumentNode, parse } from "graphql";

/** The policy of a subgraph as it would be composed if no other declared anything, but for what is given. */
export function openPolicy(
  subgraph: string,
  schema: string,
  others: Readonly<Record<string, PolicyEntry>> = {},
): PolicyFile {
  const coordinates = parse(schema).definitions.flatMap(coordinatesIn);
  return {
    ...{ supergraph: "0", subgraph },
    coordinates: {
      ...Object.fromEntries(coordinates.map((coordinate) => [coordinate, {}])),
      ...others,
    },
  };
}

function coordinatesIn(
  node: DocumentNode["definitions"][number],
): readonly string[] {
  if (!("name" in node) || !node.name) return [];
  const name = node.name.value;
  const fields = "fields" in node ? (node.fields ?? []) : [];
  return [name, ...fields.map((field) => `${name}.${field.name.value}`)];
}
