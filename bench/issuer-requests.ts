import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { basic, tokensOf } from "@hr/auth/testing";
import { personas } from "@hr/demo";
import { type CryptoKey, SignJWT } from "jose";

export type IssuerClients = {
  readonly machine: Secret;
  readonly gateway: Secret;
  /** Proves itself with an ES256 key. */
  readonly keyed: { readonly id: string; readonly key: CryptoKey };
};

type Secret = { readonly id: string; readonly secret: string };

/** One request of one of several connections; throws unless the answer is right. */
export type Ask = (connection: number) => Promise<void>;

export type IssuerRequests = {
  readonly byName: Readonly<Record<string, Ask>>;
  /** The newest token of the machine. */
  token(): string;
};

export const connections = 8;

const agent = new Agent({ keepAlive: true, maxSockets: connections });

/** Left idle, connections would be closed by the issuer while they are taken up again. */
export function hangUp(): void {
  agent.destroy();
}

/** What is asked of a development issuer that listens at `address`. */
export async function issuerRequests(
  address: string,
  { machine, gateway, keyed }: IssuerClients,
): Promise<IssuerRequests> {
  const issuer = `http://localhost:${new URL(address).port}`;
  const askToken = async (form: Form, headers: Headers = {}) => {
    const answer = await post(`${address}/connect/token`, form, headers);
    if (typeof answer["access_token"] !== "string")
      throw new Error("There is no token in the answer");
    return answer as Readonly<Record<string, string>>;
  };
  const ofMachine = basic(machine.id, machine.secret);
  const ofGateway = basic(gateway.id, gateway.secret);
  let token = "";
  const bySecret = async () => {
    const answer = await askToken(machineForm, ofMachine);
    token = answer["access_token"] ?? "";
  };
  await bySecret();
  const refresh = async (scope: string): Promise<Ask> => {
    const chains = await openChains(issuer, scope);
    return async (connection) => {
      const answer = await askToken({
        grant_type: "refresh_token",
        client_id: "explorer",
        refresh_token: chains[connection] ?? "",
      });
      if (
        !answer["refresh_token"] ||
        answer["refresh_token"] === chains[connection]
      )
        throw new Error("The refresh token was not rotated");
      chains[connection] = answer["refresh_token"];
    };
  };
  return {
    token: () => token,
    byName: {
      "client_credentials, secret": bySecret,
      "client_credentials, key": async () => {
        const client_assertion = await assertion(issuer, keyed);
        await askToken({ ...machineForm, ...assertionType, client_assertion });
      },
      refresh: await refresh("employee:read"),
      "refresh, with ID token": await refresh("openid employee:read"),
      introspection: async () => {
        const url = `${address}/connect/introspect`;
        const { active } = await post(url, { token }, ofGateway);
        if (active !== true) throw new Error("A good token is not active");
      },
      JWKS: async () => {
        const { keys } = await call(`${address}/.well-known/jwks.json`);
        if (!Array.isArray(keys) || keys.length === 0)
          throw new Error("There are no keys in the answer");
      },
    },
  };
}

const machineForm = { grant_type: "client_credentials" };

const assertionType = {
  client_assertion_type:
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
};

/** A refresh token for each connection, each from a sign-in of its own. */
function openChains(issuer: string, scope: string): Promise<string[]> {
  return Promise.all(
    Array.from({ length: connections }, async (_, n) => {
      const { login } = personas[n % personas.length] ?? { login: "" };
      const { body } = await tokensOf(issuer, login, { scope });
      return body["refresh_token"] ?? "";
    }),
  );
}

function assertion(issuer: string, { id, key }: IssuerClients["keyed"]) {
  return new SignJWT({ iss: id, sub: id, aud: issuer, jti: randomUUID() })
    .setProtectedHeader({ alg: "ES256", kid: id })
    .setIssuedAt()
    .setExpirationTime("1 minute")
    .sign(key);
}

type Form = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, unknown>>;

function post(url: string, form: Form, headers: Headers): Promise<Answer> {
  const type = "application/x-www-form-urlencoded";
  const body = new URLSearchParams(form).toString();
  return call(url, { ...headers, "content-type": type }, body);
}

/** A GET without a body, else a POST; any status but 200 is an error. */
function call(url: string, headers: Headers = {}, body?: string) {
  const method = body === undefined ? "GET" : "POST";
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (response) => {
      json(response).then((answer) => {
        if (response.statusCode === 200) resolve(answer as Answer);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      }, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
