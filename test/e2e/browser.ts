import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@jest/globals";
import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium,
} from "playwright-core";

/** Real Chromium; nothing it is told to fetch leaves this machine. */
export type Browser = {
  /**
   * One person at one page, with nothing left over from another visit.
   * @throws if the visit fails, or if the page's faults are not exactly the
   * expected ones: errors in its console, exceptions, violations of its content
   * security policy, requests beyond its origins.
   */
  visit(act: (page: Page) => Promise<void>, options?: Visit): Promise<void>;
  close(): Promise<void>;
};

export type Visit = {
  /** In the order they come. None, if left out. */
  readonly faults?: readonly string[];
  readonly width?: number;
  readonly dark?: boolean;
  readonly scripts?: boolean;
  readonly language?: string;
};

/** @param origins all that pages may ask */
export async function openBrowser(
  origins: readonly string[],
): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args,
  });
  return {
    async visit(act, options = {}) {
      const context = await browser.newContext(settingsOf(options));
      context.setDefaultTimeout(60_000);
      const faults = watch(context, origins);
      try {
        await act(await context.newPage());
      } catch (error) {
        if (faults.length === 0) throw error;
        throw new Error(`The page: ${faults.join("; ")}`, { cause: error });
      } finally {
        await context.close();
      }
      expect(faults).toEqual(options.faults ?? []);
    },
    close: () => browser.close(),
  };
}

/** What axe finds against WCAG 2.2 AA, outside of what is not ours. */
export async function barriers(
  page: Page,
  notOurs: readonly string[] = [],
): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page }).withTags(standard);
  for (const selector of notOurs) axe.exclude(selector);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
  );
}

/** How far the page reaches beyond its right edge, in CSS pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}

/** Keeps a picture in the folder of `SCREENSHOTS`, if that is set. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

const standard = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  "best-practice",
];

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

function settingsOf(options: Visit): BrowserContextOptions {
  const { width = 1280, dark = false, scripts = true } = options;
  const { language = "en-GB" } = options;
  return {
    viewport: { width, height: 1000 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: language,
    javaScriptEnabled: scripts,
  };
}

/** Chromium writes violations of a policy to the console, as errors. */
function watch(
  context: BrowserContext,
  origins: readonly string[],
): readonly string[] {
  const faults: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  context.on("weberror", (thrown) => faults.push(thrown.error().message));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && !origins.includes(origin))
      faults.push(`asks ${origin}`);
  });
  return faults;
}
