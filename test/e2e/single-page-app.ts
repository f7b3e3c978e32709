import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The HR web application as far as signing in and asking go, on an origin of its own. */
export type SinglePageApp = {
  readonly origin: string;
  close(): void;
};

/**
 * Serves one page that is opened as `/?issuer=…&api=…&query=…` and once more as its
 * own redirect URI. Its key is made in the browser and cannot leave it; the answer
 * of the API, and what was sent for it, stand in `#result`.
 */
export async function serveSinglePageApp(): Promise<SinglePageApp> {
  const library = fileURLToPath(import.meta.resolve("oauth4webapi"));
  const files: Readonly<Record<string, readonly [string, string]>> = {
    "/oauth4webapi.js": ["text/javascript", await readFile(library, "utf8")],
    "/app.js": ["text/javascript", script],
  };
  const server = createServer(({ url = "" }, response) => {
    const { pathname } = new URL(url, "http://here");
    const [type, body] = files[pathname] ?? ["text/html", page];
    response.writeHead(200, { "content-type": `${type}; charset=utf-8` });
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const page = `<!doctype html>
<html lang="en">
  <title>HR</title>
  <link rel="icon" href="data:," />
  <pre id="result"></pre>
  <script type="module" src="/app.js"></script>
</html>`;

const script = `
import * as oauth from "/oauth4webapi.js";

const insecure = { [oauth.allowInsecureRequests]: true };
const client = { client_id: "hr-spa" };
const redirectUri = location.origin + "/callback";
const here = new URL(location.href);

if (here.pathname === "/callback") await finish(JSON.parse(sessionStorage.begun));
else await begin(Object.fromEntries(here.searchParams));

async function discover(issuer) {
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, insecure);
  return oauth.processDiscoveryResponse(url, answer);
}

async function begin({ issuer, api, query }) {
  const as = await discover(issuer);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.begun = JSON.stringify({ issuer, api, query, verifier, state });
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri: redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  location.assign(url);
}

async function finish({ issuer, api, query, verifier, state }) {
  const as = await discover(issuer);
  const keys = await oauth.generateKeyPair("ES256", { extractable: false });
  const DPoP = oauth.DPoP(client, keys);
  const params = oauth.validateAuthResponse(as, client, here, state);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client,
    await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), params,
      redirectUri, verifier, { DPoP, ...insecure }));
  let sent;
  const answer = await oauth.protectedResourceRequest(tokens.access_token, "POST",
    new URL(api), new Headers({ "content-type": "application/json" }),
    JSON.stringify({ query }), { DPoP, ...insecure,
      [oauth.customFetch]: (url, init) => {
        sent = new Headers(init.headers);
        return fetch(url, init);
      } });
  document.getElementById("result").textContent = JSON.stringify({
    status: answer.status,
    body: await answer.json(),
    authorization: sent.get("authorization"),
    proof: sent.get("dpop"),
  });
}
`;
