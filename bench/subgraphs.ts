import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { runChild, setting } from "./child.ts";
import { type SubgraphName, resolvers, sdlOf } from "./graph/company.ts";
import { listen } from "./listen.ts";

/**
 * A plain subgraph, the same one for every contender. It executes a request once
 * and repeats that answer to the same asker, so that it leaves the machine to them.
 */
await runChild(async (settings) => {
  const name = setting(settings, "name") as SubgraphName;
  const module = { typeDefs: parse(sdlOf(name)), resolvers: resolvers[name] };
  const schema = buildSubgraphSchema([module] as never);
  const answers = new Map<string, string>();
  let requests = 0;

  async function answer(employeeId: string, body: string): Promise<string> {
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    const contextValue = { employeeId };
    const result = await graphql({
      schema,
      source: query,
      contextValue,
      ...(variables && { variableValues: variables }),
    });
    return JSON.stringify(result);
  }

  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      requests += 1;
      const employeeId = employeeOf(request.headers.authorization ?? "");
      const key = `${employeeId} ${body}`;
      const known = answers.get(key) ?? (await answer(employeeId, body));
      answers.set(key, known);
      response.setHeader("content-type", "application/json");
      response.end(known);
    });
  });
  const url = await listen(server);
  return { url: `${url}/graphql`, requests: () => requests };
});

/** Read off the token without a proof: proving it is the contender's work. */
function employeeOf(authorization: string): string {
  const payload = Buffer.from(authorization.split(".")[1] ?? "", "base64url");
  const claims = JSON.parse(payload.toString() || "{}") as {
    employee_id?: string;
  };
  return claims.employee_id ?? "";
}
