import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readGatewayConfig, startGateway } from "@hr/gateway";
import { type Running, createLogger } from "@hr/service";
import {
  type Estate,
  type GraphAnswer,
  askGraph,
  startEstate,
} from "./estate.ts";

let estate: Estate;

beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.stop());

const team = `query Team { employees(first: 20) { nodes {
  displayName
  jobTitle
  compensation { base { decimal currency } }
  leaveBalances { leaveType { code } available }
} } }`;

describe("one query over three subgraphs for twenty people", () => {
  let counted: Counted;

  beforeAll(async () => {
    counted = await countingGateway(estate);
  });
  afterAll(() => counted.close());

  test("answers in one round per subgraph", async () => {
    const answer = await counted.ask(team, await estate.token("otto"));
    expect(answer.errors).toBeUndefined();
    const { nodes } = (answer.data as Team).employees;
    expect(nodes).toHaveLength(20);
    expect(
      nodes.filter(({ compensation }) => compensation !== null).length,
    ).toBeGreaterThan(15);
    expect(
      nodes.every(({ leaveBalances }) => Array.isArray(leaveBalances)),
    ).toBe(true);
    expect(
      counted
        .asked()
        .map(({ subgraph }) => subgraph)
        .sort(),
    ).toEqual(["employee", "leave", "payroll"]);
  });

  test("for Ada, an employee, is what she may see, null for the rest, and says why", async () => {
    const answer = await counted.ask(team, await estate.token("ada"));
    const { nodes } = (answer.data as Team).employees;
    expect(nodes).toHaveLength(20);
    const open = nodes.filter(
      (one) => one.compensation !== null || one.leaveBalances !== null,
    );
    expect(open.map(({ displayName }) => displayName)).toEqual(
      nodes.some(({ displayName }) => displayName === "Ada Kern")
        ? ["Ada Kern"]
        : [],
    );
    expect(
      answer.errors
        ?.map(({ extensions }) => [
          extensions?.["code"],
          extensions?.["coordinate"],
        ])
        .sort(),
    ).toEqual([
      ["FORBIDDEN", "Employee.compensation"],
      ["FORBIDDEN", "Employee.leaveBalances"],
    ]);
  });

  test("for a caller without the scopes asks no other subgraph, with one error per denied field", async () => {
    const token = await estate.clientToken("directory-sync", "employee:read");
    counted.asked();
    const answer = await counted.ask(team, token);
    expect(counted.asked().map(({ subgraph }) => subgraph)).toEqual([
      "employee",
    ]);
    expect(answer.errors).toEqual(
      ["compensation", "leaveBalances"].map((field) =>
        expect.objectContaining({
          path: ["employees", "nodes", field],
          extensions: expect.objectContaining({
            code: "UNAUTHORIZED_FIELD_OR_TYPE",
            coordinate: `Employee.${field}`,
            requiredScopes: expect.any(Array),
            missingScopes: expect.any(Array),
            occurrences: 1,
          }),
        }),
      ),
    );
  });

  test("hands each subgraph a token for it alone, with no other's scopes", async () => {
    counted.asked();
    await counted.ask(team, await estate.token("otto"));
    for (const { subgraph, headers } of counted.asked()) {
      const claims = claimsOf(headers.authorization);
      expect(claims).toMatchObject({
        iss: "urn:hr:gateway",
        aud: `urn:hr:subgraph:${subgraph}`,
        sub: "usr_otto",
      });
      const foreign = {
        employee: /payroll:|leave:/,
        payroll: /leave:/,
        leave: /payroll:/,
      }[subgraph];
      expect(claims.scope).not.toMatch(foreign ?? /./);
    }
  });
});

test("a client that was granted little reads what to ask for, asks the issuer for it, and gets the whole answer", async () => {
  const source =
    "query Mine { me { displayName compensation { base { decimal } } leaveBalances { available } } }";
  const little = await estate.ask(
    source,
    await estate.token("ada", "employee:read:self"),
  );
  expect(little).toMatchObject({
    status: 200,
    data: {
      me: { displayName: "Ada Kern", compensation: null, leaveBalances: null },
    },
    extensions: {
      authorization: {
        suggestedScopes: [
          "employee:read:self",
          "leave:read:self",
          "payroll:compensation:read:self",
        ],
        missingScopes: ["leave:read:self", "payroll:compensation:read:self"],
      },
    },
  });
  const { suggestedScopes } = little.extensions?.["authorization"] as {
    readonly suggestedScopes: readonly string[];
  };
  const whole = await estate.ask(
    source,
    await estate.token("ada", suggestedScopes.join(" ")),
  );
  expect(whole).toMatchObject({ errors: undefined, extensions: undefined });
  expect(whole.data).toMatchObject({
    me: { compensation: { base: { decimal: expect.any(String) } } },
  });
});

describe("around the gateway", () => {
  const slip = "query ($id: ID!) { payslip(id: $id) { id net { decimal } } }";
  const entity =
    "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Payslip { net { decimal } } } }";

  test.each(["employee", "payroll", "leave"] as const)(
    "%s refuses no token and a user's own token",
    async (name) => {
      const url = `${estate.subgraphs[name]}/graphql`;
      for (const query of [
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        "{ _service { sdl } }",
      ]) {
        expect(await askGraph(url, null, { query })).toMatchObject({
          status: 401,
          errors: [{ extensions: { reason: "NO_TOKEN" } }],
        });
        expect(
          await askGraph(url, await estate.token("pam"), { query }),
        ).toMatchObject({
          status: 401,
          errors: [{ extensions: { reason: "ALG_NOT_ALLOWED" } }],
        });
      }
    },
  );

  test("a token made for one subgraph is refused by another, and taken by its own", async () => {
    const counted = await countingGateway(estate);
    await counted.ask(
      "{ me { displayName compensation { id } } }",
      await estate.token("ada"),
    );
    const token =
      counted
        .asked()
        .find(({ subgraph }) => subgraph === "payroll")
        ?.headers.authorization?.slice(7) ?? "";
    await counted.close();
    const query = { query: "{ __typename }" };
    expect(
      await askGraph(`${estate.subgraphs.leave}/graphql`, token, query),
    ).toMatchObject({
      status: 401,
      errors: [{ extensions: { reason: "AUDIENCE_MISMATCH" } }],
    });
    expect(
      await askGraph(`${estate.subgraphs.payroll}/graphql`, token, query),
    ).toMatchObject({ status: 200 });
  });

  test("a forged representation does not make a colleague's payslip one's own", async () => {
    const adas = (
      await estate.ask(
        "{ me { payslips(first: 1) { nodes { id } } } }",
        await estate.token("ada"),
      )
    ).data as Slips;
    const id = adas.me.payslips.nodes[0]?.id ?? "";
    expect(id).toMatch(/^psl_/);
    const counted = await countingGateway(estate);
    const tokenFor = async (persona: string) => {
      await counted.ask(
        "{ me { payslips(first: 1) { nodes { id } } } }",
        await estate.token(persona),
      );
      return (
        counted
          .asked()
          .find(({ subgraph }) => subgraph === "payroll")
          ?.headers.authorization?.slice(7) ?? ""
      );
    };
    const url = `${estate.subgraphs.payroll}/graphql`;
    const forged = {
      query: entity,
      variables: {
        r: [
          {
            __typename: "Payslip",
            id,
            employee: { id: "emp_mia" },
            employeeId: "emp_mia",
          },
        ],
      },
    };
    expect(await askGraph(url, await tokenFor("mia"), forged)).toMatchObject({
      data: { _entities: [null] },
    });
    expect(await askGraph(url, await tokenFor("ada"), forged)).toMatchObject({
      data: { _entities: [{ net: { decimal: expect.any(String) } }] },
      errors: undefined,
    });
    expect(
      await estate.ask(slip, await estate.token("mia"), { id }),
    ).toMatchObject({ data: { payslip: null }, errors: undefined });
    expect(
      await estate.ask(slip, await estate.token("ada"), { id }),
    ).toMatchObject({ data: { payslip: { id } } });
    await counted.close();
  });
});

describe("nobody reads a salary they may not", () => {
  const salary =
    "query ($id: ID!) { employee(id: $id) { displayName compensation { base { decimal } } } }";

  test.each([
    ["ada", "emp_ada", true],
    ["ada", "emp_mia", false],
    ["mia", "emp_mia", true],
    ["mia", "emp_ada", false],
    ["hana", "emp_ada", true],
    ["pam", "emp_ada", true],
    ["amir", "emp_ada", true],
    ["otto", "emp_ada", true],
  ])("%s asks for the pay of %s: %s", async (persona, id, granted) => {
    const answer = await estate.ask(salary, await estate.token(persona), {
      id,
    });
    const employee = (answer.data as { employee: { compensation: unknown } })
      .employee;
    if (granted)
      expect(employee.compensation).toEqual({
        base: { decimal: expect.stringMatching(/^\d+(\.\d+)?$/) },
      });
    else {
      expect(employee.compensation).toBeNull();
      expect(answer.errors).toHaveLength(1);
    }
  });
});

test("a token shows its bearer what it holds", async () => {
  const answer = await estate.ask(
    "{ viewer { subject clientId grantedScopes employee { displayName } } }",
    await estate.token("ada"),
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toMatchObject({
    viewer: {
      subject: "usr_ada",
      clientId: "hr-cli",
      grantedScopes: expect.arrayContaining([
        "employee:read",
        "leave:request:self",
        "payroll:payslip:read:self",
      ]),
      employee: { displayName: "Ada Kern" },
    },
  });
});

test("leave goes from request to decision, never by the requester", async () => {
  const submit = `mutation ($input: SubmitLeaveRequestInput!) { submitLeaveRequest(input: $input) {
    leaveRequest { id days status version } errors { __typename ... on UserError { message } } } }`;
  const approve = `mutation ($input: DecideLeaveRequestInput!) { approveLeaveRequest(input: $input) {
    leaveRequest { status days } errors { __typename } } }`;
  const ada = await estate.token("ada");
  const types = (
    await estate.ask(
      "{ me { leaveBalances { leaveType { id code requiresApproval allowsHalfDays } available } } }",
      ada,
    )
  ).data as Balances;
  const type = types.me.leaveBalances.find(
    ({ leaveType, available }) => leaveType.requiresApproval && available >= 2,
  )?.leaveType;
  const period = {
    leaveTypeId: type?.id,
    startDate: "2026-07-06",
    endDate: "2026-07-07",
  };
  const submitted = await estate.ask(submit, ada, { input: { period } });
  expect(submitted).toMatchObject({
    errors: undefined,
    data: {
      submitLeaveRequest: {
        leaveRequest: { days: 2, status: "PENDING" },
        errors: [],
      },
    },
  });
  const again = await estate.ask(submit, ada, { input: { period } });
  expect(again.data).toMatchObject({
    submitLeaveRequest: {
      leaveRequest: null,
      errors: [{ __typename: "OverlappingLeaveError" }],
    },
  });
  const id = (submitted.data as Submitted).submitLeaveRequest.leaveRequest.id;
  const decide = { input: { leaveRequestId: id } };
  const own = await estate.ask(approve, ada, decide);
  expect(own).toMatchObject({
    data: { approveLeaveRequest: null },
    errors: [{ extensions: { code: "UNAUTHORIZED_FIELD_OR_TYPE" } }],
  });
  expect(
    await estate.ask(approve, await estate.token("mia"), decide),
  ).toMatchObject({
    errors: undefined,
    data: {
      approveLeaveRequest: {
        leaveRequest: { status: "APPROVED", days: 2 },
        errors: [],
      },
    },
  });
});

test("a killed subgraph leaves its fields null with a clear error, and heals when it is back", async () => {
  const query =
    "{ me { displayName compensation { base { decimal } } leaveBalances { available } } }";
  const token = await estate.token("ada");
  await estate.kill("payroll");
  const without = await estate.ask(query, token);
  expect(without).toMatchObject({
    status: 200,
    data: {
      me: {
        displayName: "Ada Kern",
        compensation: null,
        leaveBalances: expect.any(Array),
      },
    },
    errors: [
      {
        path: ["me", "compensation"],
        extensions: { code: "SUBGRAPH_UNAVAILABLE" },
      },
    ],
  });
  await estate.restart("payroll");
  expect(await estate.ask(query, token)).toMatchObject({
    errors: undefined,
    data: { me: { compensation: { base: { decimal: expect.any(String) } } } },
  });
});

test("no token and no secret stands in any log", async () => {
  const token = await estate.token("ada");
  await estate.ask("{ me { displayName } }", token);
  const lines = (["auth", "employee", "payroll", "leave", "gateway"] as const)
    .flatMap((name) => estate.logs(name))
    .join("\n");
  expect(lines).toContain("listening");
  expect(lines).not.toMatch(/eyJ[\w-]{10}/);
  expect(lines).not.toMatch(/postgres:\/\/\w+:[^*@]/);
});

type Team = {
  readonly employees: {
    readonly nodes: readonly {
      displayName: string;
      compensation: unknown;
      leaveBalances: unknown;
    }[];
  };
};
type Slips = {
  readonly me: {
    readonly payslips: { readonly nodes: readonly { id: string }[] };
  };
};
type Balances = {
  readonly me: {
    readonly leaveBalances: readonly {
      leaveType: { id: string; requiresApproval: boolean };
      available: number;
    }[];
  };
};
type Submitted = {
  readonly submitLeaveRequest: {
    readonly leaveRequest: { readonly id: string };
  };
};

type Asked = {
  readonly subgraph: "employee" | "payroll" | "leave";
  readonly headers: IncomingHttpHeaders;
};

type Counted = {
  ask(query: string, token: string): Promise<GraphAnswer>;
  /** What was asked since the last call. */
  asked(): readonly Asked[];
  close(): Promise<void>;
};

/** A second gateway on the same keys, which reaches the subgraphs through proxies that count. */
async function countingGateway(of: Estate): Promise<Counted> {
  let asked: Asked[] = [];
  const names = ["employee", "payroll", "leave"] as const;
  const proxies = await Promise.all(
    names.map((subgraph) =>
      proxy(of.subgraphs[subgraph], (headers) =>
        asked.push({ subgraph, headers }),
      ),
    ),
  );
  const urls = proxies.map(({ address }, at) => [
    `SUBGRAPH_URL_${names[at]?.toUpperCase()}`,
    `${address}/graphql`,
  ]);
  const config = readGatewayConfig({
    PORT: "0",
    SUPERGRAPH: join(import.meta.dirname, "../gateway/supergraph.graphql"),
    TOKEN_ISSUER: of.auth,
    TOKEN_AUDIENCE: `${of.gateway}/graphql`,
    GATEWAY_KEYS_FILE: join(of.dataFolder, "gateway/internal-keys.json"),
    JWKS_SNAPSHOT_FILE: join(of.dataFolder, "gateway/second-jwks.json"),
    ...(Object.fromEntries(urls) as Record<string, string>),
  });
  const gateway: Running = await startGateway(
    config,
    createLogger("gateway", { write: () => undefined }),
  );
  return {
    ask: (query, token) => askGraph(`${gateway.url}/graphql`, token, { query }),
    asked() {
      const since = asked;
      asked = [];
      return since;
    },
    async close() {
      await gateway.close();
      for (const { server } of proxies) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function proxy(
  target: string,
  seen: (headers: IncomingHttpHeaders) => void,
): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>)
        chunks.push(chunk);
      seen(request.headers);
      const { authorization = "" } = request.headers;
      const answer = await fetch(target + (request.url ?? ""), {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  return {
    server,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

function claimsOf(header: string | undefined): { readonly scope: string } {
  return JSON.parse(
    Buffer.from(header?.split(".")[1] ?? "", "base64url").toString(),
  ) as { scope: string };
}
