import { createServer } from "node:http";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { runChild, setting } from "./child.ts";
import { type SubgraphName, resolvers, sdlOf } from "./graph/company.ts";
import { listen } from "./listen.ts";
import { readBody } from "./read-body.ts";

/**
 * A plain subgraph, the same one for every contender. It executes a request once and
 * repeats that answer, so that it leaves the machine to them; one that looked at who
 * asks, to the same asker only. A mutation changes nothing, so this is right for it too.
 */
await runChild(async (settings) => {
  const name = setting(settings, "name") as SubgraphName;
  const module = { typeDefs: parse(sdlOf(name)), resolvers: resolvers[name] };
  const schema = buildSubgraphSchema([module] as never);
  const answers = new Map<string, Buffer>();
  let requests = 0;

  async function answer(employeeId: string, body: string): Promise<Buffer> {
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
    };
    let isPersonal = false;
    const contextValue = {
      get employeeId() {
        isPersonal = true;
        return employeeId;
      },
    };
    const result = await graphql({
      schema,
      source: query,
      contextValue,
      ...(variables && { variableValues: variables }),
    });
    const made = Buffer.from(JSON.stringify(result));
    answers.set(isPersonal ? employeeId + body : body, made);
    return made;
  }

  const server = createServer((request, response) => {
    readBody(request, (body) => {
      requests += 1;
      const employeeId = employeeOf(request.headers.authorization ?? "");
      const send = (made: Buffer) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": made.length,
        });
        response.end(made);
      };
      const known = answers.get(body) ?? answers.get(employeeId + body);
      if (known) send(known);
      else void answer(employeeId, body).then(send);
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
