import { relative } from "node:path";
import { demoCompany, demoPassword, personas } from "@hr/demo";
import { machineClients, secretVariable } from "./secrets.ts";
import { checkout, urlOf } from "./services.ts";
import { type Place, placePrefix } from "./settings.ts";

/**
 * What the first run prints once all is ready: where to go, whom to sign in as, and
 * lines that work when pasted into a terminal in the checkout.
 */
export function firstRun(place: Place, today: string, seconds: number): string {
  const { employees, legalEntities } = demoCompany({ today });
  const countries = new Set(legalEntities.map((one) => one.countryCode));
  const at = addresses(place);
  const discovery = `${at.auth}/.well-known/openid-configuration`;
  const wide = (text: string) => text.padEnd(discovery.length + 2);
  return `
  HR supergraph ready in ${seconds.toFixed(1)} s        (demo company: ${employees.length} employees · ${countries.size} countries)

  GraphQL    ${wide(at.graphql)}Explorer  ${at.gateway}/explorer
  Sign-in    ${wide(discovery)}Health    ${at.gateway}/readyz

  ${row("Sign in as", "password", "sees")}
${personas.map(({ login, sees }) => `  ${row(login, demoPassword, sees)}`).join("\n")}

  Machine clients  ${machineClients.join(", ")}  (secrets in ${shownPath(place.secretsFile)}, generated)

  Try, in a second terminal in this folder:

${samples(place)
  .map(({ title, lines }) => [`# ${title}`, ...lines].map(indent).join("\n"))
  .join("\n\n")}

  Ctrl-C stops everything; the data stays.
`;
}

export type Sample = {
  readonly title: string;
  /** Shell commands. */
  readonly lines: readonly string[];
};

/** In order: later ones use the token of earlier ones. */
export function samples(place: Place): readonly Sample[] {
  const at = addresses(place);
  const hr = `${placePrefix(place)}npx hr`;
  const client = "payroll-export";
  return [
    {
      title: "one query over all three subgraphs, as Ada",
      lines: [
        `TOKEN=$(${hr} token ada)`,
        post(
          at.graphql,
          "{ me { displayName compensation { base { decimal currency } } leaveBalances { leaveType { name } available } } }",
        ),
      ],
    },
    {
      title:
        "denied fields: another's pay, and an identifier no employee may read",
      lines: [
        post(
          at.graphql,
          '{ employee(id: \\"emp_mia\\") { displayName compensation { base { decimal } } personal { nationalId } } }',
        ),
      ],
    },
    {
      title: "a machine's token, by client_credentials",
      lines: [
        `. ${shownPath(place.secretsFile)}`,
        `curl -s ${at.auth}/connect/token -u "${client}:$${secretVariable(client)}" -d grant_type=client_credentials -d scope=payroll:payslip:read`,
        `${hr} token --client ${client} --decode`,
      ],
    },
    {
      title: "around the gateway: refused with 401",
      lines: [
        post(
          `${urlOf("payroll", place.ports)}/graphql`,
          "{ __typename }",
          "-si",
        ),
      ],
    },
  ];
}

function addresses({ ports }: Place) {
  const gateway = urlOf("gateway", ports);
  const auth = urlOf("auth", ports);
  return { gateway, auth, graphql: `${gateway}/graphql` };
}

function post(url: string, query: string, flags = "-s"): string {
  return `curl ${flags} ${url} -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"query":"${query}"}'`;
}

function row(...[login, password, sees]: [string, string, string]): string {
  const width = Math.max(...personas.map((one) => one.login.length)) + 2;
  return `${login.padEnd(width)}${password.padEnd(10)}${sees}`;
}

function shownPath(path: string): string {
  const from = relative(checkout, path);
  return from.startsWith("..") ? `'${path}'` : `./${from}`;
}

function indent(line: string): string {
  return `  ${line}`;
}
