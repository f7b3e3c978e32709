import { createRemoteJWKSet, jwtVerify } from "jose";
import { type Settings, runChild, setting } from "../child.ts";
import { type SubgraphName, sdlOf } from "../graph/company.ts";
import { loadPackage } from "./load-package.ts";

/** What is used of `fastify`: nothing of this folder is there when types are checked. */
type Fastify = (options: object) => {
  register(plugin: unknown, options: object): Promise<void>;
  addHook(name: "onRequest", hook: (request: Request) => Promise<void>): void;
  listen(options: object): Promise<string>;
};

type Request = {
  readonly headers: { readonly authorization?: string };
  scopes?: ReadonlySet<string>;
};

type Context = { readonly reply: { readonly request: Request } };

/** `@requiresScopes` as it stands in the SDL, parsed. */
type Directive = {
  readonly arguments: readonly { readonly value: unknown }[];
};

const names: readonly SubgraphName[] = ["employee", "payroll", "leave"];

/**
 * Mercurius in gateway mode with mercurius-auth, and the usual token code in front.
 * It knows federation 1, so that it is told the same schemas in those words; it would
 * otherwise ask the subgraphs for theirs.
 */
await runChild(async (settings) => {
  const { default: fastify } = await loadPackage<{ default: Fastify }>(
    "fastify",
  );
  const gateway = await loadPackage<{ default: unknown }>(
    "@mercuriusjs/gateway",
  );
  const auth = await loadPackage<{ default: unknown }>("mercurius-auth");
  const { valueFromASTUntyped } = await loadPackage<{
    readonly valueFromASTUntyped: (node: unknown) => unknown;
  }>("graphql");
  const app = fastify({ logger: false, keepAliveTimeout: 120_000 });
  const prove = createProof(settings);
  app.addHook("onRequest", async (request) => {
    request.scopes = await prove(request.headers.authorization ?? "");
  });
  await app.register(gateway.default, {
    jit: 1,
    gateway: {
      services: names.map((name) => ({
        name,
        url: setting(settings, name),
        schema: federationOne(name),
        mandatory: true,
        allowBatchedQueries: false,
        connections: 64,
        rewriteHeaders: ({ authorization }: Request["headers"]) => ({
          authorization,
        }),
      })),
    },
  });
  const alternatives = new WeakMap<Directive, readonly string[][]>();
  await app.register(auth.default, {
    authDirective: "requiresScopes",
    authContext: ({ reply }: Context) => ({ scopes: reply.request.scopes }),
    applyPolicy(
      directive: Directive,
      _parent: unknown,
      _arguments: unknown,
      { auth: { scopes } }: { auth: { scopes: ReadonlySet<string> } },
    ) {
      const known =
        alternatives.get(directive) ??
        (valueFromASTUntyped(directive.arguments[0]?.value) as string[][]);
      alternatives.set(directive, known);
      return known.some((all) => all.every((scope) => scopes.has(scope)));
    },
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return { url: `${url}/graphql` };
});

/** The same subgraph for those who know no `@link`; the employee subgraph owns `Employee`. */
function federationOne(name: SubgraphName): string {
  const sdl = sdlOf(name)
    .replace(/extend schema\s+@link\([^)]*\)/, "")
    .replaceAll(/^type (Query|Mutation)/gm, "extend type $1");
  const own =
    name === "employee"
      ? sdl
      : sdl
          .replace(/^type Employee/m, "extend type Employee")
          .replace(/(extend type Employee[^{]*\{\s*id: ID!)/, "$1 @external");
  return `directive @requiresScopes(scopes: [[String!]!]!) on OBJECT | FIELD_DEFINITION\n${own}`;
}

function createProof(
  settings: Settings,
): (authorization: string) => Promise<ReadonlySet<string>> {
  const keys = createRemoteJWKSet(new URL(setting(settings, "jwksUri")));
  const wanted = {
    issuer: setting(settings, "issuer"),
    audience: setting(settings, "audience"),
  };
  return async (authorization) => {
    const token = authorization.replace(/^Bearer /, "");
    try {
      const { payload } = await jwtVerify(token, keys, wanted);
      return new Set(String(payload["scope"]).split(" "));
    } catch {
      throw Object.assign(new Error("Sign in first."), { statusCode: 401 });
    }
  };
}
