import {
  type FilteredOperation,
  anonymous,
  completeResponse,
  filterOperation,
  meets,
  readRules,
  wireOperation,
} from "@hr/access";
import { type DocumentNode, Kind, buildASTSchema, parse } from "graphql";
import { compileCheck } from "./check-answer.ts";
import type { JsonObject } from "./json.ts";

/** Interfaces whose types promise more, unions, names objects have anyway, and fields to refuse. */
const sdl = `
  schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY) {
    query: Query
    mutation: Mutation
  }
  type Query {
    media: [Media]
    one: Media!
    things(n: Int): [Thing!]
    shelves: [[Book!]]!
    author(id: ID): Author
    odd: Odd
    vault: Vault @requiresScopes(scopes: [["vault"]])
  }
  type Mutation { publish(title: String): Book }
  interface Media { id: ID! title: String next: Media by: Person rows: [[Media]] kind: Unit secret: String }
  interface Person { name: String }
  type Book implements Media {
    id: ID!
    title: String!
    next: Book
    by: Author!
    rows: [[Book!]!]!
    kind: Unit!
    secret: String @requiresScopes(scopes: [["secret"]])
    pages(unit: Unit): Int
    price: Float
    strict: String! @requiresScopes(scopes: [["strict"]])
  }
  type Film implements Media {
    id: ID!
    title: String
    next: Media
    by: Person!
    rows: [[Media]]
    kind: Unit
    secret: String
    minutes: Int!
  }
  type Author implements Person { name: String! born: Date! liked: [Thing] alive: Boolean! secret: String @requiresScopes(scopes: [["secret"]]) }
  type Robot implements Person { name: String serial: Date }
  union Thing = Book | Film | Author | Odd
  type Odd {
    constructor: String
    toString: Int!
    valueOf: [Float!]
    hasOwnProperty: Odd
    isPrototypeOf: Boolean
  }
  type Vault { gold: Int! keeper: Person }
  enum Unit { SHEET LEAF }
  scalar Date`;

const document = parse(sdl);
export const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);
export const prefix = "r_";

/** What is asked of the graph by a caller with these scopes. */
export function filtered(
  source: string | DocumentNode,
  scopes: readonly string[],
): FilteredOperation {
  const { definitions } = typeof source === "string" ? parse(source) : source;
  const operation = definitions.find(
    (one) => one.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("There is no operation");
  const principal = {
    ...anonymous,
    ...{ kind: "person" as const, scopes: new Set(scopes) },
  };
  return filterOperation({
    ...{ schema, operation, rules, prefix },
    ...{ fragments: new Map(), variables: {} },
    meets: (requirement) => meets(requirement, principal),
  });
}

/** The operation that is planned, unless nothing is left of it. */
export function sent(operation: FilteredOperation) {
  const [wire] = wireOperation(operation, prefix)?.definitions ?? [];
  return wire?.kind === Kind.OPERATION_DEFINITION ? wire : undefined;
}

/** The same made step by step: judged, completed, put in text. */
export function slowly(operation: FilteredOperation, root: JsonObject) {
  const wire = sent(operation);
  const { data, problems } = wire
    ? compileCheck(schema, wire)(root)
    : { data: root, problems: [] };
  const answer = completeResponse({
    ...{ schema, prefix, filtered: operation, data, introspection: {} },
  });
  return { problems, text: JSON.stringify(answer) };
}
