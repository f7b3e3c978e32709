import { readFileSync } from "node:fs";
import { type RequestListener, createServer } from "node:http";
import { runChild, setting } from "../child.ts";
import { listen } from "../listen.ts";
import { loadPackage } from "./load-package.ts";

/** What is used of `@graphql-hive/gateway-runtime`: it is not there when types are checked. */
type Runtime = {
  readonly createGatewayRuntime: (config: {
    readonly supergraph: string;
    readonly unifiedGraphHandler?: unknown;
    readonly logging: boolean;
    readonly propagateHeaders: {
      fromClientToSubgraphs(about: {
        readonly request: Request;
      }): Readonly<Record<string, string>>;
    };
    readonly genericAuth: {
      readonly mode: "protect-granular";
      readonly rejectUnauthenticated: boolean;
      resolveUserFn(context: Context): Context["jwt"]["payload"];
    };
    plugins(): readonly unknown[];
  }) => RequestListener;
};

/** What is used of `@graphql-hive/router-runtime`. */
type RustPlanner = { readonly unifiedGraphHandler: unknown };

type Context = {
  readonly jwt: { readonly payload: { readonly scope: string } };
};

/** What is used of `@graphql-mesh/plugin-jwt-auth`. */
type JwtPlugin = {
  createRemoteJwksSigningKeyProvider(options: {
    readonly jwksUri: string;
  }): unknown;
  useJWT(options: {
    readonly signingKeyProviders: readonly unknown[];
    readonly tokenVerification: Readonly<Record<string, unknown>>;
    readonly forward: { readonly payload: boolean };
  }): unknown;
};

/**
 * Hive Gateway's runtime with its JWT plugin and its own authorization: what the caller
 * may not see is null, with an error. The bearer token is forwarded. With `planner`
 * `rust` the supergraph is planned and executed by its router's runtime.
 */
await runChild(async (settings) => {
  const { createGatewayRuntime } = await loadPackage<Runtime>(
    "@graphql-hive/gateway-runtime",
  );
  const jwt = await loadPackage<JwtPlugin>("@graphql-mesh/plugin-jwt-auth");
  const gateway = createGatewayRuntime({
    supergraph: readFileSync(setting(settings, "supergraph"), "utf8"),
    ...(settings["planner"] === "rust" && {
      unifiedGraphHandler: (
        await loadPackage<RustPlanner>("@graphql-hive/router-runtime")
      ).unifiedGraphHandler,
    }),
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({
        authorization: request.headers.get("authorization") ?? "",
      }),
    },
    genericAuth: {
      mode: "protect-granular",
      rejectUnauthenticated: false,
      resolveUserFn: (context) => context.jwt.payload,
    },
    plugins: () => [
      jwt.useJWT({
        signingKeyProviders: [
          jwt.createRemoteJwksSigningKeyProvider({
            jwksUri: setting(settings, "jwksUri"),
          }),
        ],
        tokenVerification: {
          issuer: setting(settings, "issuer"),
          audience: setting(settings, "audience"),
          algorithms: ["ES256"],
        },
        forward: { payload: false },
      }),
    ],
  });
  const url = await listen(createServer(gateway));
  return { url: `${url}/graphql` };
});
