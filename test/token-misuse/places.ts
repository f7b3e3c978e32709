import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServices } from "@apollo/composition";
import { readGatewayConfig, startGateway } from "@hr/gateway";
import {
  type StepUp,
  type SubgraphOptions,
  createLogger,
  startSubgraph,
} from "@hr/service";
import { openPolicy } from "@hr/service/testing";
import { openInternalKeys } from "@hr/tokens";
import { type KeyServer, json, startKeyServer } from "@hr/tokens/testing";
import { parse } from "graphql";
import { denied } from "./gateway-cases.ts";
import { type World, now } from "./world.ts";

/** A server that takes the tokens of one world, and what it did. */
export type Place = {
  readonly url: string;
  /** The issuer's keys, which can be made to fail. */
  readonly keys: KeyServer;
  /** Resolvers that ran. */
  readonly ran: readonly string[];
  /** Everything logged. */
  log(): string;
  [Symbol.asyncDispose](): Promise<void>;
};

/** What a gateway may find from the run before. */
export type Before = {
  readonly snapshot: string;
  /** The issuer's keys, at the same address; closed by whoever opened them. */
  readonly keys: KeyServer;
};

export type Settings = {
  readonly before?: Before;
  /** What the subgraph demands of a sign-in, though the gateway does not. */
  readonly stepUp?: StepUp;
};

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])';
const schema = `${link}
  type Query {
    whoami: String
    pay: Int @requiresScopes(scopes: [["payroll:read"]])
  }
  type Mutation { change: Int }
  type Person @key(fields: "id") { id: ID! }`;

/** The subgraph `people` by itself, with the world's issuer in the gateway's place. */
export async function startPeople(
  world: Pick<World, "issuer" | "jwks">,
  { stepUp }: Pick<Settings, "stepUp"> = {},
): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const keys = opened.use(await startKeyServer(json(world.jwks)));
  const ran: string[] = [];
  const lines: string[] = [];
  const running = await startSubgraph(peopleOptions(ran), {
    host: "127.0.0.1",
    port: 0,
    gateway: { issuer: world.issuer, jwksUri: `${keys.url}/jwks.json` },
    logger: createLogger("people", { write: (line) => lines.push(line) }),
    ...(stepUp && { stepUp }),
  });
  opened.defer(() => running.close());
  const held = opened.move();
  return {
    ...{ url: running.url, keys, ran },
    log: () => lines.join(""),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function peopleOptions(ran: string[]): SubgraphOptions<object> {
  const runs = (name: string) => () => (ran.push(name), 1);
  return {
    name: "people",
    schema,
    policy: openPolicy("people", schema),
    resolvers: {
      Query: {
        whoami(_parent: unknown, _args: unknown, { principal }) {
          ran.push("whoami");
          return principal.subject;
        },
        pay: runs("pay"),
      },
      Mutation: { change: runs("change") },
      Person: { __resolveReference: runs("person") },
    },
    subjects: {},
    reports: () => Promise.resolve(new Set<string>()),
    context: () => ({}),
    dependencies: {},
  };
}

/** A gateway before that subgraph. It refuses what lacks scopes as a whole. */
export async function startFront(
  world: World,
  { before, ...settings }: Settings = {},
): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "front-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const keysFile = join(folder, "keys.json");
  const { jwks } = await openInternalKeys(keysFile, { create: true });
  const people = opened.use(
    await startPeople({ issuer: "urn:hr:gateway", jwks }, settings),
  );
  const keys =
    before?.keys ?? opened.use(await startKeyServer(json(world.jwks)));
  const denylist = opened.use(await startKeyServer(json(denylistOf())));
  const lines: string[] = [];
  const running = await startGateway(
    readGatewayConfig({
      PORT: "0",
      SUPERGRAPH: await composed(folder),
      SUBGRAPH_URL_PEOPLE: `${people.url}/graphql`,
      TOKEN_ISSUER: world.issuer,
      TOKEN_AUDIENCE: world.audience,
      TOKEN_JWKS_URI: `${keys.url}/jwks.json`,
      JWKS_SNAPSHOT_FILE: before?.snapshot ?? join(folder, "snapshot.json"),
      GATEWAY_KEYS_FILE: keysFile,
      DENYLIST_URL: `${denylist.url}/denylist`,
      DENYLIST_SNAPSHOT_FILE: join(folder, "denylist.json"),
      AUTHORIZATION_MODE: "reject",
    }),
    createLogger("gateway", { write: (line) => lines.push(line) }),
  );
  opened.defer(() => running.close());
  const held = opened.move();
  return {
    ...{ url: running.url, keys, ran: people.ran },
    log: () => lines.join("") + people.log(),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function composed(folder: string): Promise<string> {
  const { supergraphSdl, errors } = composeServices([
    {
      name: "people",
      url: "http://127.0.0.1:1/graphql",
      typeDefs: parse(schema),
    },
  ]);
  if (!supergraphSdl) throw new Error(String(errors));
  const file = join(folder, "supergraph.graphql");
  await writeFile(file, supergraphSdl);
  return file;
}

function denylistOf() {
  const until = now() + 3_600;
  return {
    last: 3,
    entries: [
      { seq: 1, kind: "jti", value: denied.jti, until },
      { seq: 2, kind: "gid", value: denied.gid, until },
      { seq: 3, kind: "sub", value: denied.sub, before: until, until },
    ],
  };
}
