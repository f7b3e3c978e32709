import type { PolicyFile } from "@hr/access";
import { createLogger, startSubgraph } from "@hr/service";
import { runChild, setting } from "../child.ts";
import { resolvers, sdlOf } from "../graph/company.ts";

/** The same subgraph behind the project's guard, with internal tokens. */
await runChild(async (settings) => {
  const { url } = await startSubgraph(
    {
      name: "payroll",
      schema: sdlOf("payroll"),
      policy: JSON.parse(setting(settings, "policy")) as PolicyFile,
      resolvers: resolvers.payroll,
      subjects: {
        Employee: { kind: "of", id: ({ id }: { id: string }) => id },
        Compensation: { kind: "inherited" },
      },
      reports: (_, candidates) => Promise.resolve(new Set(candidates)),
      context: () => ({}),
      dependencies: {},
    },
    {
      host: "127.0.0.1",
      port: 0,
      gateway: {
        issuer: setting(settings, "issuer"),
        jwksUri: setting(settings, "jwksUri"),
      },
      logger: createLogger("payroll"),
    },
  );
  return { url: `${url}/graphql` };
});
