import type { PolicyEvaluator, PolicyFile, Subjects } from "@hr/access";
import type { GraphQLResolveInfo, GraphQLScalarType } from "graphql";
import type { Caller } from "./caller.ts";
import type { Criteria } from "./criteria.ts";
import type { Reports } from "./guard-state.ts";
import type { Dependencies } from "./serve.ts";

export type Context<Own> = Caller & Own;

/** Parents and arguments have the types each resolver declares for itself. */
export type Resolver<Own> = (
  parent: never,
  args: never,
  context: Context<Own>,
  info: GraphQLResolveInfo,
) => unknown;

export type ReferenceResolver<Own> = (
  reference: never,
  context: Context<Own>,
) => unknown;

export type TypeResolvers<Own> = {
  readonly __resolveReference?: ReferenceResolver<Own>;
  readonly __resolveType?: (value: never) => string;
} & { readonly [field: string]: Resolver<Own> | ReferenceResolver<Own> };

export type Resolvers<Own> = Readonly<
  Record<string, TypeResolvers<Own> | GraphQLScalarType>
>;

export type SubgraphOptions<Own> = {
  readonly name: string;
  /** Text of `schema.graphql`. */
  readonly schema: string;
  /** `policy.json`, written by `npm run compose`. */
  readonly policy: PolicyFile;
  readonly resolvers: Resolvers<Own>;
  /** Whose record a row is, for every type or root field with a `:self` or `:reports` alternative. */
  readonly subjects: Subjects;
  readonly reports: Reports;
  /** What each input field and enum value a query can use tells of. */
  readonly criteria?: Criteria;
  /** Decides `@policy`: needed where the rules name any. */
  readonly policies?: PolicyEvaluator;
  /** Once per request: loaders and repositories. */
  readonly context: (caller: Caller) => Own;
  readonly dependencies: Dependencies;
};
