import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { readSupergraph } from "@hr/gateway";
import { GraphQLError } from "graphql";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { accessTokens } from "../callers.ts";
import { runChild, setting } from "../child.ts";

type Context = { readonly authorization: string; readonly subject: string };

/** The stock gateway with the usual token code. It knows no scopes: their directives are taken off. */
await runChild(async (settings) => {
  const sdl = await readFile(setting(settings, "supergraph"), "utf8");
  const server = new ApolloServer<Context>({
    gateway: new ApolloGateway({
      supergraphSdl: readSupergraph(sdl).runnable,
      buildService: ({ url }) => new ForwardingDataSource({ url: url ?? "" }),
    }),
  });
  const keys = createRemoteJWKSet(new URL(setting(settings, "jwksUri")));
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: "127.0.0.1" },
    context: ({ req }) => authenticate(req, keys),
  });
  return { url };
});

class ForwardingDataSource extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({
    request,
    context,
  }: Parameters<
    NonNullable<RemoteGraphQLDataSource<Context>["willSendRequest"]>
  >[0]): void {
    request.http?.headers.set("authorization", context.authorization);
  }
}

async function authenticate(
  { headers: { authorization = "" } }: IncomingMessage,
  keys: ReturnType<typeof createRemoteJWKSet>,
): Promise<Context> {
  try {
    const token = authorization.replace(/^Bearer /, "");
    const { payload } = await jwtVerify(token, keys, accessTokens);
    return { authorization, subject: payload.sub ?? "" };
  } catch {
    throw new GraphQLError("Sign in first.", {
      extensions: { code: "UNAUTHENTICATED", http: { status: 401 } },
    });
  }
}
