import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Browser, openBrowser } from "./browser.ts";

const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'";

let server: Server;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  server = createServer((request, response) => {
    const script = decodeURIComponent(request.url?.slice(2) ?? "");
    response.writeHead(200, {
      "content-type": "text/html",
      "content-security-policy": policy,
    });
    response.end(`<!doctype html><body><script>${script}</script>`);
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  browser = await openBrowser([origin]);
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

describe("a visit", () => {
  test.each([
    ["an error in the console", "console.error('it broke')", "it broke"],
    ["an exception", "throw new Error('it fell')", "it fell"],
    [
      "a violation of the page's policy",
      "document.body.append(new Image()); document.images[0].src = '/x.png'",
      "violates the following Content Security Policy directive",
    ],
    [
      "a page of another origin",
      "location.href = 'http://elsewhere.example/'",
      "asks http://elsewhere.example",
    ],
  ])("fails on %s", async (_, script, fault) => {
    await expect(visit(script)).rejects.toThrow(fault);
  });

  test("passes where nothing is wrong", async () => {
    await expect(visit("console.info('it works')")).resolves.toBeUndefined();
  });

  test("passes with exactly the faults it expects", async () => {
    const script = "console.error('it broke')";
    await expect(visit(script, ["it broke"])).resolves.toBeUndefined();
    await expect(visit("", ["it broke"])).rejects.toThrow("it broke");
  });
});

/** Opens a page that runs the script, and stays until the browser has said all it has to. */
function visit(script: string, faults: readonly string[] = []): Promise<void> {
  return browser.visit(
    async (page) => {
      await page.goto(`${origin}/?${encodeURIComponent(script)}`);
      await page.evaluate("new Promise((done) => setTimeout(done))");
    },
    { faults },
  );
}
