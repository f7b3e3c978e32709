import { fetchJson } from "./fetch-json.ts";
import { secureUrl } from "./secure-url.ts";

/**
 * The address of an issuer's keys, by OpenID Connect Discovery or else by RFC 8414.
 * The document must name exactly this issuer.
 * @throws Error when neither document says it.
 */
export async function discoverJwksUri(
  issuer: string,
  development: boolean,
  signal: AbortSignal,
): Promise<URL> {
  const [openid, oauth] = metadataUrls(issuer);
  const find = async (url: URL) => {
    const metadata = await fetchJson(url, signal);
    if (metadata["issuer"] !== issuer)
      throw new Error("The metadata is that of another issuer.");
    return secureUrl(String(metadata["jwks_uri"]), development);
  };
  return find(openid).catch(() => find(oauth));
}

function metadataUrls(issuer: string): readonly [openid: URL, oauth: URL] {
  const base = new URL(issuer);
  const path = base.pathname.replace(/\/$/, "");
  return [
    new URL(`${path}/.well-known/openid-configuration`, base),
    new URL(`/.well-known/oauth-authorization-server${path}`, base),
  ];
}
