import type { Supergraph } from "@apollo/federation-internals";
import {
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  execute,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  parse,
} from "graphql";
import type { Post, SubgraphAnswer } from "../forward.ts";
import { type JsonObject, isObject } from "./json.ts";

/** How often, in percent, a nullable field is null, and any field fails. */
export type Trouble = { readonly nulls: number; readonly errors: number };

/**
 * Subgraphs that answer anything, always the same. What an object is follows from its
 * seed, which its keys carry: `Book3` is a book, `3` whatever type has that turn.
 * A field named `from…` tells what of its object it was given.
 */
export function fakeSubgraphs(
  supergraph: Supergraph,
  trouble: Trouble,
): (subgraph: string) => Post {
  const schemas = new Map(
    supergraph
      .subgraphs()
      .values()
      .map(({ name, schema }) => [name, schema.toGraphQLJSSchema()]),
  );
  const interfaces = new Set(
    supergraph.schema.interfaceTypes().map(({ name }) => name),
  );
  const documents = new Map<string, DocumentNode>();
  return (subgraph) => {
    const schema = schemas.get(subgraph);
    if (!schema) throw new Error(`There is no ${subgraph}`);
    return (body) => {
      const { query, variables } = JSON.parse(body) as Asked;
      const document = documents.get(query) ?? parse(query);
      documents.set(query, document);
      const result = execute({
        ...{ schema, document, variableValues: variables },
        ...resolversOf({ schema, trouble, interfaces }),
      });
      return Promise.resolve(result).then(
        (answer) => JSON.parse(JSON.stringify(answer)) as SubgraphAnswer,
      );
    };
  };
}

type Asked = { readonly query: string; readonly variables: JsonObject };

type Thing = {
  readonly type: string;
  readonly seed: string;
  readonly given: JsonObject;
};

const nothing: Thing = { type: "", seed: "0", given: {} };

function resolversOf(of: {
  readonly schema: GraphQLSchema;
  readonly trouble: Trouble;
  readonly interfaces: ReadonlySet<string>;
}) {
  const { schema, trouble } = of;
  const typeResolver: GraphQLTypeResolver<Thing, unknown> = ({ type }) => type;
  const fieldResolver: GraphQLFieldResolver<
    Thing | undefined,
    unknown,
    JsonObject
  > = (source, args, _context, { fieldName, returnType }) => {
    if (fieldName === "_entities")
      return (args["representations"] as JsonObject[]).map((one) =>
        entity(schema, one, trouble),
      );
    const { seed, given } = source ?? nothing;
    const text = `${fieldName} ${JSON.stringify(args)} ${seed}`;
    if (Object.hasOwn(given, fieldName))
      return handed(given[fieldName], getNamedType(returnType).name);
    if (fieldName.startsWith("from")) return `${seed} ${JSON.stringify(given)}`;
    if (happens(text, trouble.errors))
      throw Object.assign(new Error(`No ${fieldName}`), {
        extensions: { code: `CODE_${hash(text) % 3}` },
      });
    const key = { name: fieldName, seed };
    return invented(returnType, text, { ...of, key });
  };
  return { typeResolver, fieldResolver };
}

/** What a representation stands for; at times nothing, at times an error. */
function entity(
  schema: GraphQLSchema,
  given: JsonObject,
  trouble: Trouble,
): unknown {
  const seed = seedOf(given);
  const text = JSON.stringify(given);
  if (happens(`null ${text}`, trouble.nulls)) return null;
  if (happens(`error ${text}`, trouble.errors))
    return Object.assign(new Error("No such thing"), {
      extensions: { code: "GONE" },
    });
  const name = String(given["__typename"]);
  return { ...thing(schema, name, seed), given };
}

/** A value that came along in a representation. */
function handed(value: unknown, type: string): unknown {
  if (Array.isArray(value)) return value.map((one) => handed(one, type));
  if (!isObject(value)) return value;
  return { type, seed: seedOf(value), given: value };
}

function invented(
  type: GraphQLOutputType,
  text: string,
  of: {
    readonly schema: GraphQLSchema;
    readonly trouble: Trouble;
    /** Of the supergraph: here they may be objects. */
    readonly interfaces: ReadonlySet<string>;
    readonly key: { readonly name: string; readonly seed: string };
  },
): unknown {
  if (isNonNullType(type)) {
    const sure = { ...of, trouble: { ...of.trouble, nulls: 0 } };
    return invented(type.ofType, text, sure);
  }
  if (happens(`null ${text}`, of.trouble.nulls)) return null;
  if (isListType(type))
    return Array.from({ length: hash(text) % 4 }, (_, at) =>
      invented(type.ofType, `${text} ${at}`, of),
    );
  if (isCompositeType(type)) {
    const number = hash(text) % 5;
    const isOne = !isAbstractType(type) && !of.interfaces.has(type.name);
    return thing(
      of.schema,
      type.name,
      isOne ? `${type.name}${number}` : `${number}`,
    );
  }
  if (isEnumType(type)) {
    const values = type.getValues();
    return values[hash(text) % values.length]?.value as unknown;
  }
  switch (type.name) {
    case "Int":
      return 1 + (hash(text) % 1_000);
    case "Float":
      return hash(text) / 8;
    case "Boolean":
      return hash(text) % 2 === 0;
    default:
      return `${of.key.name}-${of.key.seed}`;
  }
}

function thing(schema: GraphQLSchema, name: string, seed: string): Thing {
  const type = schema.getType(name);
  if (!isAbstractType(type)) return { type: name, seed, given: {} };
  const possible = schema
    .getPossibleTypes(type)
    .map((one) => one.name)
    .sort();
  const number = Number(/\d+$/.exec(seed)?.[0] ?? 0);
  const named = possible.find((one) => seed === `${one}${number}`);
  return {
    type: named ?? possible[number % possible.length] ?? name,
    ...{ seed, given: {} },
  };
}

function seedOf(given: JsonObject): string {
  for (const [key, value] of Object.entries(given)) {
    const found = key === "__typename" ? null : /\w*\d$/.exec(String(value));
    if (found) return found[0];
  }
  return "0";
}

function happens(text: string, percent: number): boolean {
  return hash(`! ${text}`) % 100 < percent;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1)
    value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  return (value ^ (value >>> 15)) >>> 0;
}
