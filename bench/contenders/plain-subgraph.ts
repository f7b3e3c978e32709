import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { runChild } from "../child.ts";
import { resolvers, sdlOf } from "../graph/company.ts";

/** A stock Apollo Server subgraph: it answers whoever asks. */
await runChild(() => {
  const module = {
    typeDefs: parse(sdlOf("payroll")),
    resolvers: resolvers.payroll,
  };
  const schema = buildSubgraphSchema([module] as never);
  return startStandaloneServer(new ApolloServer({ schema }), {
    listen: { port: 0, host: "127.0.0.1" },
  });
});
