import { createServer } from "node:http";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type DocumentNode, execute, parse, validate } from "graphql";
import { runChild } from "../child.ts";
import { resolvers, sdlOf } from "../graph/company.ts";
import { listen } from "../listen.ts";
import { readBody } from "../read-body.ts";

/**
 * What is left of a subgraph when nothing stands around graphql-js: each text is parsed
 * and validated once, and whoever asks is answered. No Apollo Server, no token, no guard.
 */
await runChild(async () => {
  const module = {
    typeDefs: parse(sdlOf("payroll")),
    resolvers: resolvers.payroll,
  };
  const schema = buildSubgraphSchema([module] as never);
  const documents = new Map<string, DocumentNode>();

  function documentOf(query: string): DocumentNode {
    const known = documents.get(query);
    if (known) return known;
    const document = parse(query);
    const [fault] = validate(schema, document);
    if (fault) throw fault;
    documents.set(query, document);
    return document;
  }

  async function answer(body: string): Promise<string> {
    const { query, variables } = JSON.parse(body) as {
      readonly query: string;
      readonly variables: Readonly<Record<string, unknown>>;
    };
    const document = documentOf(query);
    const variableValues = variables;
    return JSON.stringify(await execute({ schema, document, variableValues }));
  }

  const server = createServer((request, response) => {
    readBody(request, (body) => {
      void answer(body).then((text) => {
        response.setHeader("content-type", "application/json");
        response.end(text);
      });
    });
  });
  return { url: `${await listen(server)}/graphql` };
});
