import { type DocumentNode, type GraphQLSchema, buildASTSchema } from "graphql";
import type { Rules } from "./rules.ts";

export type Visibility = {
  readonly entry: (typeName: string) => boolean;
  readonly select: (typeName: string, fieldName: string) => boolean;
};

/** Being written. */
export function viewSchema(
  document: DocumentNode,
  _visible: Visibility,
): GraphQLSchema {
  return buildASTSchema(document, { assumeValid: true });
}

/** Being written. */
export function describedSchema(
  document: DocumentNode,
  _rules: Rules,
): GraphQLSchema {
  return buildASTSchema(document, { assumeValid: true });
}
