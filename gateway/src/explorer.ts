import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { type Route, sendJson } from "@hr/service";
import type { PersonaHint } from "./config.ts";

export type ExplorerSettings = {
  /** Folder of the built page. */
  readonly folder: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly personas: readonly PersonaHint[] | null;
};

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};

/** GraphiQL at `/explorer`: static files under a strict policy, nothing from another host. */
export function explorerRoutes(settings: ExplorerSettings): readonly Route[] {
  const policy = contentSecurityPolicy(new URL(settings.issuer).origin);
  return [
    {
      method: "GET",
      path: "/",
      handle: (_request, response) => redirect(response, "/explorer/"),
    },
    {
      method: "GET",
      path: "/explorer",
      handle: (_request, response) => redirect(response, "/explorer/"),
    },
    {
      method: "GET",
      path: "/explorer/config.json",
      handle: (_request, response) =>
        sendJson(response, 200, {
          graphql: "/graphql",
          issuer: settings.issuer,
          clientId: settings.clientId,
          personas: settings.personas,
        }),
    },
    {
      method: "GET",
      path: "/explorer/*",
      handle: (request, response) =>
        sendFile(settings.folder, request.url ?? "", response, policy),
    },
  ];
}

function contentSecurityPolicy(issuerOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self'",
    `connect-src 'self' ${issuerOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join("; ");
}

async function sendFile(
  folder: string,
  url: string,
  response: ServerResponse,
  policy: string,
): Promise<void> {
  const asked = URL.parse(url, "http://unused")?.pathname ?? "/explorer/";
  const relative = normalize(asked.slice("/explorer/".length));
  // Every path that names no file is the page itself; it reads its own address.
  const name = extname(relative) === "" ? "index.html" : relative;
  const path = join(folder, name);
  const file = path.startsWith(folder + sep)
    ? await stat(path).catch(() => undefined)
    : undefined;
  if (!file?.isFile()) {
    const built = await stat(join(folder, "index.html")).catch(() => undefined);
    const error = built
      ? "There is no such file."
      : "The explorer is not built yet: run npm run build.";
    return sendJson(response, 404, { error });
  }
  response.writeHead(200, {
    "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
    "content-length": file.size,
    "cache-control": name.startsWith("assets/")
      ? "public, max-age=31536000, immutable"
      : "no-cache",
    "content-security-policy": policy,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  createReadStream(path).pipe(response);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}
