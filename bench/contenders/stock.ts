import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { GraphQLError } from "graphql";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { type Settings, runChild, setting } from "../child.ts";

type Context = { readonly authorization: string; readonly subject: string };

/** The stock gateway with the usual token code. It knows no scopes: their directives are taken off. */
await runChild(async (settings) => {
  const supergraphSdl = await readFile(setting(settings, "runnable"), "utf8");
  const server = new ApolloServer<Context>({
    gateway: new ApolloGateway({
      supergraphSdl,
      buildService: ({ url }) =>
        new RemoteGraphQLDataSource<Context>({
          ...(url !== undefined && { url }),
          willSendRequest({ request, context }) {
            const { authorization } = context as Context;
            request.http?.headers.set("authorization", authorization);
          },
        }),
    }),
  });
  const prove = createProof(settings);
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: "127.0.0.1" },
    context: ({ req }) => prove(req),
  });
  return { url };
});

function createProof(
  settings: Settings,
): (request: IncomingMessage) => Promise<Context> {
  const keys = createRemoteJWKSet(new URL(setting(settings, "jwksUri")));
  const wanted = {
    issuer: setting(settings, "issuer"),
    audience: setting(settings, "audience"),
  };
  return async ({ headers: { authorization = "" } }) => {
    try {
      const token = authorization.replace(/^Bearer /, "");
      const { payload } = await jwtVerify(token, keys, wanted);
      return { authorization, subject: payload.sub ?? "" };
    } catch {
      throw new GraphQLError("Sign in first.", {
        extensions: { code: "UNAUTHENTICATED", http: { status: 401 } },
      });
    }
  };
}
