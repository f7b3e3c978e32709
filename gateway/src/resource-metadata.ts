import type { GatewayConfig } from "./config.ts";
import type { Supergraph } from "./supergraph.ts";

export type ResourceMetadata = {
  /** Path it is served under. */
  readonly path: string;
  /** As challenges name it. */
  readonly url: string;
  document(supergraph: Supergraph): unknown;
};

/**
 * OAuth 2.0 Protected Resource Metadata (RFC 9728): the well-known part stands
 * before the resource's own path; `resource` equals the audience.
 */
export function resourceMetadata(config: GatewayConfig): ResourceMetadata {
  const resource = URL.parse(config.audience);
  const isHttp = resource !== null && /^https?:$/.test(resource.protocol);
  const base = isHttp ? resource : new URL("http://localhost:4000/graphql");
  const path = `/.well-known/oauth-protected-resource${base.pathname.replace(/\/$/, "")}`;
  return {
    path,
    url: new URL(path, base).href,
    document: ({ subgraphs }) => ({
      resource: config.audience,
      authorization_servers: config.issuers.map(({ terms }) => terms.issuer),
      scopes_supported: [
        ...new Set(subgraphs.flatMap(({ scopes }) => [...scopes])),
      ].sort(),
      bearer_methods_supported: ["header"],
    }),
  };
}
