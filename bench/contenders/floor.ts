import { createServer } from "node:http";
import { type Settings, runChild, setting } from "../child.ts";
import { listen } from "../listen.ts";
import { createPoster } from "../post.ts";
import { readBody } from "../read-body.ts";

/**
 * What is left when everything a gateway does is written by hand for each operation:
 * the fetches over kept connections, reading their JSON, the merge, writing JSON.
 * No GraphQL, no token, and nothing ever goes wrong.
 */
await runChild(async (settings) => {
  const subgraphs = {
    employee: connect(settings, "employee"),
    payroll: connect(settings, "payroll"),
    leave: connect(settings, "leave"),
  };
  const server = createServer((request, response) => {
    readBody(request, (body) => {
      const { operationName, variables } = JSON.parse(body) as Asked;
      const { authorization = "" } = request.headers;
      const asked = { subgraphs, authorization, variables };
      void answers[operationName]?.(asked).then((data) => {
        const text = JSON.stringify({ data });
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        });
        response.end(text);
      });
    });
  });
  const url = await listen(server);
  return { url: `${url}/graphql` };
});

type Asked = { readonly operationName: string; readonly variables: object };

/** Sends the text of a request and reads `data` of the answer. */
type Ask = <Data>(body: string, authorization: string) => Promise<Data>;

type Around = {
  readonly subgraphs: Readonly<Record<"employee" | "payroll" | "leave", Ask>>;
  readonly authorization: string;
  readonly variables: object;
};

type Row = { readonly id: string; readonly displayName: string };
type Placed = Row & { readonly department: object };
type List<One> = { readonly employees: { readonly nodes: readonly One[] } };
type Pay = { readonly compensation: object };
type Leave = { readonly leaveBalances: object };
type Line = {
  readonly displayName: string;
  readonly manager?: Line;
  readonly id?: string;
};

const documents = {
  me: headOf("{me{id displayName email jobTitle department{name}}}"),
  mine: headOf("{me{id displayName department{name}}}"),
  list: listOf("id displayName email jobTitle department{name}"),
  placed: listOf("id displayName department{name}"),
  named: listOf("id displayName"),
  leave: headOf(
    "mutation($days:Int!){requestLeave(days:$days){leave{id days status}}}",
  ),
  line: headOf(
    `{me{${"displayName manager{".repeat(9)}id displayName${"}".repeat(9)}}}`,
  ),
  pay: entitiesOf("compensation{base{amount currency}frequency}"),
  balances: entitiesOf("leaveBalances{leaveType available}"),
};

const answers: Readonly<Record<string, (around: Around) => Promise<object>>> = {
  Me: ({ subgraphs, authorization }) =>
    subgraphs.employee(`${documents.me}{}}`, authorization),

  List: ({ subgraphs, authorization, variables }) =>
    subgraphs.employee(withVariables(documents.list, variables), authorization),

  Leave: ({ subgraphs, authorization, variables }) =>
    subgraphs.leave(withVariables(documents.leave, variables), authorization),

  async Join(around) {
    const nodes = await list<Placed>(around, documents.placed);
    const about = representations(nodes);
    const [pay, leave] = await Promise.all([
      entities<Pay>(around, "payroll", documents.pay + about),
      entities<Leave>(around, "leave", documents.balances + about),
    ]);
    return {
      employees: {
        nodes: nodes.map(({ displayName, department }, n) => ({
          displayName,
          department,
          compensation: pay[n]?.compensation,
          leaveBalances: leave[n]?.leaveBalances,
        })),
      },
    };
  },

  async JoinAllowed(around) {
    const nodes = await list<Placed>(around, documents.placed);
    const leave = await entities<Leave>(
      around,
      "leave",
      documents.balances + representations(nodes),
    );
    return {
      employees: {
        nodes: nodes.map(({ displayName, department }, n) => ({
          displayName,
          department,
          leaveBalances: leave[n]?.leaveBalances,
        })),
      },
    };
  },

  async MineAllowed(around) {
    const { subgraphs, authorization } = around;
    const { me } = await subgraphs.employee<{ readonly me: Placed }>(
      `${documents.mine}{}}`,
      authorization,
    );
    const [leave] = await entities<Leave>(
      around,
      "leave",
      documents.balances + representations([me]),
    );
    const { displayName, department } = me;
    const leaveBalances = leave?.leaveBalances;
    return { me: { displayName, department, leaveBalances } };
  },

  async Wide(around) {
    const nodes = await list<Row>(around, documents.named);
    const about = representations(nodes);
    const pay = await entities<Pay>(around, "payroll", documents.pay + about);
    return {
      employees: {
        nodes: nodes.map(({ id, displayName }, n) => ({
          id,
          displayName,
          compensation: pay[n]?.compensation,
        })),
      },
    };
  },

  async Deep(around) {
    const { me } = await around.subgraphs.employee<{ readonly me: Line }>(
      `${documents.line}{}}`,
      around.authorization,
    );
    const last = lastOf(me);
    const pay = await entities<Pay>(
      around,
      "payroll",
      documents.pay + representations([last]),
    );
    return { me: paid(me, pay[0]) };
  },
};

async function list<One>(
  { subgraphs, authorization, variables }: Around,
  document: string,
): Promise<readonly One[]> {
  const { employees } = await subgraphs.employee<List<One>>(
    withVariables(document, variables),
    authorization,
  );
  return employees.nodes;
}

async function entities<One>(
  { subgraphs, authorization }: Around,
  name: "payroll" | "leave",
  body: string,
): Promise<readonly One[]> {
  const { _entities } = await subgraphs[name]<{
    readonly _entities: readonly One[];
  }>(body, authorization);
  return _entities;
}

function lastOf(one: Line): { readonly id: string } {
  return one.manager ? lastOf(one.manager) : { id: one.id ?? "" };
}

function paid({ displayName, manager }: Line, pay: Pay | undefined): object {
  return manager
    ? { displayName, manager: paid(manager, pay) }
    : { displayName, compensation: pay?.compensation };
}

/** All of a request but its variables, which are written behind it. */
function headOf(query: string): string {
  return `{"query":${JSON.stringify(query)},"variables":`;
}

function listOf(selection: string): string {
  return headOf(
    `query($first:Int!){employees(first:$first){nodes{${selection}}}}`,
  );
}

function entitiesOf(selection: string): string {
  return headOf(
    `query($representations:[_Any!]!){_entities(representations:$representations){...on Employee{${selection}}}}`,
  );
}

function withVariables(head: string, variables: object): string {
  return `${head}${JSON.stringify(variables)}}`;
}

/** Half the time of writing the same by `JSON.stringify` of objects. */
function representations(rows: readonly { readonly id: string }[]): string {
  let text = '{"representations":[';
  rows.forEach(({ id }, n) => {
    if (n > 0) text += ",";
    text += `{"__typename":"Employee","id":${JSON.stringify(id)}}`;
  });
  return `${text}]}}`;
}

function connect(settings: Settings, name: string): Ask {
  const { post } = createPoster(setting(settings, name));
  return <Data>(body: string, authorization: string) =>
    new Promise<Data>((resolve, reject) => {
      post(
        { authorization, body },
        ({ body: answer }) => {
          const read = JSON.parse(answer.toString()) as { readonly data: Data };
          resolve(read.data);
        },
        reject,
      );
    });
}
