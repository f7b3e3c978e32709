import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  parse,
} from "graphql";
import {
  type Graph,
  type GraphField,
  type Written,
  type WrittenDnf,
  namedIn,
  possible,
} from "./test-graph.ts";
import { type World, type Row, address, isRow, rootRow, valueOf } from "./test-world.ts";

export type Caller = {
  readonly signedIn: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
};

/**
 * Says what the filter has to say, slowly: nothing is compiled, remembered or
 * planned. Decisions walk the definitions each time; the answer is the original
 * operation run over the rows with a look at the law before every field.
 */
