import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { PolicyFile, Subjects } from "@hr/access";
import { createLogger, startSubgraph } from "@hr/service";
import { setting } from "../child.ts";
import {
  type Asker,
  type SubgraphName,
  resolvers,
  sdlOf,
} from "../graph/company.ts";
import { runSoakProcess } from "../soak-process.ts";

/** What a subgraph's process says of itself. */
export type SubgraphReport = {
  /** Ids of the keys that signed the tokens it was shown. */
  readonly kids: readonly string[];
};

const row = ({ id }: { readonly id: string }) => id;

const subjects: Readonly<Record<SubgraphName, Subjects>> = {
  employee: {
    "Query.me": { kind: "narrowed", by: "me" },
    Employee: { kind: "of", id: row },
  },
  payroll: {
    Employee: { kind: "of", id: row },
    Compensation: { kind: "inherited" },
  },
  leave: {
    "Mutation.requestLeave": { kind: "narrowed", by: "requestLeave" },
    Employee: { kind: "of", id: row },
    LeaveBalance: { kind: "inherited" },
  },
};

/** A subgraph behind the project's guard, which takes nothing but the gateway's tokens. */
await runSoakProcess(async (settings) => {
  const name = setting(settings, "name") as SubgraphName;
  const heads = watchTokens();
  const { url } = await startSubgraph<Asker>(
    {
      name,
      schema: sdlOf(name),
      policy: JSON.parse(setting(settings, "policy")) as PolicyFile,
      resolvers: resolvers[name],
      subjects: subjects[name],
      reports: (_, candidates) => Promise.resolve(new Set(candidates)),
      context: ({ principal }) => ({ employeeId: principal.employeeId ?? "" }),
      dependencies: {},
    },
    {
      host: "127.0.0.1",
      port: Number(setting(settings, "port")),
      gateway: {
        issuer: setting(settings, "issuer"),
        jwksUri: setting(settings, "jwksUri"),
      },
      logger: createLogger(name),
    },
  );
  return { url, report: () => ({ kids: [...heads].map(kidIn) }) };
});

/** The first segments of the bearer tokens that come. */
function watchTokens(): ReadonlySet<string> {
  const heads = new Set<string>();
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    const { authorization = "" } = request.headers;
    const head = authorization.slice("Bearer ".length).split(".", 1)[0];
    if (head) heads.add(head);
  });
  return heads;
}

function kidIn(head: string): string {
  const text = Buffer.from(head, "base64url").toString();
  return (JSON.parse(text) as { readonly kid: string }).kid;
}
