import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { type Settings, runChild, setting } from "../child.ts";
import { listen } from "../listen.ts";

/**
 * What is left when everything a gateway does is written by hand for each
 * operation: no GraphQL, no token, no plan; the fetches and the merge alone.
 */
await runChild(async (settings) => {
  const server = createServer((request, response) => {
    const { authorization = "" } = request.headers;
    void text(request).then(async (body) => {
      const asked = JSON.parse(body) as Asked;
      const proxy = proxies[asked.operationName];
      const data = await proxy?.(createAsk(settings, authorization), asked);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data }));
    });
  });
  const url = await listen(server);
  return { url: `${url}/graphql` };
});

type Asked = { readonly operationName: string; readonly variables: object };
type Row = { id?: string; __typename?: string };
type List = { readonly employees: { readonly nodes: Row[] } };
type Entities = { readonly _entities: readonly object[] };
type Ask = (
  subgraph: string,
  query: string,
  variables?: object,
) => Promise<unknown>;

const proxies: Readonly<
  Record<string, (ask: Ask, asked: Asked) => Promise<unknown>>
> = {
  Me: (ask) =>
    ask("employee", "{me{id displayName email jobTitle department{name}}}"),
  List: (ask, { variables }) =>
    ask(
      "employee",
      "query($first:Int!){employees(first:$first){nodes{id displayName email jobTitle department{name}}}}",
      variables,
    ),
  async Join(ask, { variables }) {
    const list = (await ask(
      "employee",
      "query($first:Int!){employees(first:$first){nodes{__typename id displayName department{name}}}}",
      variables,
    )) as List;
    const rows = list.employees.nodes;
    const representations = rows.map(({ __typename, id }) => ({
      __typename,
      id,
    }));
    const [payroll, leave] = (await Promise.all([
      ask("payroll", entities("compensation{base{amount currency}frequency}"), {
        representations,
      }),
      ask("leave", entities("leaveBalances{leaveType available}"), {
        representations,
      }),
    ])) as [Entities, Entities];
    rows.forEach((row, n) => {
      delete row.id;
      delete row.__typename;
      Object.assign(row, payroll._entities[n], leave._entities[n]);
    });
    return list;
  },
};

function entities(selection: string): string {
  return `query($representations:[_Any!]!){_entities(representations:$representations){...on Employee{${selection}}}}`;
}

function createAsk(settings: Settings, authorization: string): Ask {
  return async (subgraph, query, variables) => {
    const response = await fetch(setting(settings, subgraph), {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify({ query, variables }),
    });
    const { data } = (await response.json()) as { readonly data: unknown };
    return data;
  };
}
