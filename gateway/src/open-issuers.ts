import { basename, dirname, extname, join, resolve } from "node:path";
import { ConfigError, type Logger, type ServeOptions } from "@hr/service";
import {
  type AccessTokenVerifier,
  type Denylist,
  type IssuerTerms,
  createAccessTokenVerifier,
  remoteDenylist,
  remoteKeys,
} from "@hr/tokens";
import type { GatewayConfig } from "./config.ts";
import type { IssuerSettings } from "./issuer-settings.ts";

export type OpenIssuers = {
  readonly verifier: AccessTokenVerifier;
  /** How things stand where the gateway goes on in any case. */
  readonly reported: NonNullable<ServeOptions["reported"]>;
  close(): void;
};

type Options = { readonly resourceMetadata: string; readonly logger: Logger };

/**
 * Opens what proves tokens: the keys and the denylist of each issuer. Resolves once
 * each denylist was asked for, so that no token revoked before the start is let in.
 * @throws ConfigError for issuers that are not fit to be trusted.
 */
export async function openIssuers(
  config: GatewayConfig,
  { resourceMetadata, logger }: Options,
): Promise<OpenIssuers> {
  const open = (settings: IssuerSettings) =>
    openIssuer(settings, config, logger);
  const opened: OpenIssuer[] = [];
  const close = () => {
    for (const { terms, denylist } of opened) {
      terms.keys.close();
      denylist?.close();
    }
  };
  try {
    for (const settings of config.issuers) opened.push(open(settings));
    const [{ terms }, ...others] = opened as [OpenIssuer, ...OpenIssuer[]];
    const verifier = createAccessTokenVerifier({
      ...terms,
      furtherIssuers: others.map(({ terms }) => terms),
      publicUrl: config.audience,
      resourceMetadata,
      development: !config.production,
    });
    await Promise.all(
      opened.flatMap(({ denylist }) => denylist?.ready() ?? []),
    );
    return { verifier, reported: reportOf(opened), close };
  } catch (error) {
    close();
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(
      `TOKEN_ISSUER, TOKEN_AUDIENCE or TOKEN_SCOPE_CLAIM is malformed. ${error.message}`,
    );
  }
}

type OpenIssuer = {
  readonly terms: IssuerTerms;
  readonly denylist: Denylist | null;
};

function openIssuer(
  settings: IssuerSettings,
  config: GatewayConfig,
  logger: Logger,
): OpenIssuer {
  const { terms, jwksUri } = settings;
  const keys = remoteKeys({
    ...(jwksUri === undefined ? { issuer: terms.issuer } : { jwksUri }),
    snapshotFile: fileFor(config.jwksSnapshot, terms),
    development: !config.production,
    onAlarm: (event) =>
      logger.warn({ event, issuer: terms.name }, "issuer keys"),
  });
  const denylist = openDenylist(settings, config, logger);
  const isRevoked = denylist?.isRevoked;
  return {
    terms: { ...terms, keys, ...(isRevoked && { isRevoked }) },
    denylist,
  };
}

function openDenylist(
  { terms, denylist }: IssuerSettings,
  config: GatewayConfig,
  logger: Logger,
): Denylist | null {
  if (denylist === null) return null;
  const { url, clientSecret } = denylist;
  const maximumStaleMs = config.denylistMaximumStaleMs;
  return remoteDenylist({
    url,
    ...(clientSecret !== undefined && { clientSecret }),
    ...(maximumStaleMs !== undefined && { maximumStaleMs }),
    snapshotFile: fileFor(config.denylistSnapshot, terms),
    development: !config.production,
    onAlarm: (event) => logger.warn({ event, issuer: terms.name }, "denylist"),
  });
}

/** `issuer-jwks.json` for the first issuer, `issuer-jwks.keycloak.json` for another. */
function fileFor(path: string, { name }: IssuerSettings["terms"]): string {
  if (name === undefined) return resolve(path);
  const extension = extname(path);
  const file = `${basename(path, extension)}.${name}${extension}`;
  return resolve(join(dirname(path), file));
}

type Reported = OpenIssuers["reported"];

function reportOf(opened: readonly OpenIssuer[]): Reported {
  const reported: Record<string, Reported[string]> = {};
  for (const { terms, denylist } of opened)
    if (denylist)
      reported[labelOf("denylist", terms)] = () => healthOf(denylist.state());
  for (const { terms } of opened.slice(1))
    reported[labelOf("issuerKeys", terms)] = () =>
      terms.keys.ready().then(healthOf);
  return reported;
}

const health = {
  current: "up",
  outdated: "outdated",
  unavailable: "down",
} as const;

function healthOf({ kind }: { readonly kind: keyof typeof health }) {
  return health[kind];
}

function labelOf(what: string, { name }: IssuerTerms): string {
  return name === undefined ? what : `${what}:${name}`;
}
