import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isSpecifiedScalarType,
} from "graphql";
import { type PolicyFile, toRequirement } from "./policy-file.ts";
import { type Requirement, conjoin, open } from "./requirement.ts";
import { readRules } from "./rules.ts";

/**
 * What the composed policy and the subgraph's own SDL ask for together.
 * A coordinate the policy does not know is a fault.
 */
export function readEnforced(
  {
    schema,
    document,
    policy,
  }: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly policy: PolicyFile;
  },
  faults: string[],
) {
  const local = readRules(document, schema);
  const composed = (coordinate: string): Requirement => {
    const entry = Object.hasOwn(policy.coordinates, coordinate)
      ? policy.coordinates[coordinate]
      : undefined;
    if (entry) return toRequirement(entry);
    faults.push(
      `${coordinate} is not in the composed policy: run npm run compose`,
    );
    return open;
  };
  const entry = (type: GraphQLNamedType): Requirement =>
    isSpecifiedScalarType(type)
      ? open
      : conjoin(composed(type.name), local.entry(type.name));
  return {
    entry,
    /** A scalar is nobody's record: its rule speaks of the row it is read from. */
    field(coordinate: string, type: GraphQLOutputType) {
      const itself = conjoin(composed(coordinate), local.own(coordinate));
      const named = getNamedType(type);
      return isLeafType(named)
        ? { own: conjoin(itself, entry(named)), returned: open }
        : { own: itself, returned: entry(named) };
    },
  };
}
