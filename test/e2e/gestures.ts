import type { Locator, Page, Response } from "playwright-core";
import type { Estate } from "../estate.ts";

/** What people do at the explorer and the sign-in page, by what they see there. */

export async function openExplorer(page: Page, estate: Estate): Promise<void> {
  await page.goto(`${estate.gateway}/explorer`);
  await welcome(page).waitFor();
}

/** What the explorer says to somebody who is signed out. */
export function welcome(page: Page): Locator {
  return page.getByRole("heading", { name: "Sign in to ask the graph" });
}

/** From the signed-out explorer to the sign-in page. */
export async function goToSignIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
}

/** From the explorer to the sign-in page, which knows who it is. */
export async function pickPersona(page: Page, name: string): Promise<void> {
  const picker = page.getByLabel("Sign in as");
  const option = picker.getByRole("option").filter({ hasText: name });
  await picker.selectOption(await option.innerText());
  await page.getByRole("button", { name: "Go" }).click();
  await page.getByRole("heading", { name: "Sign in", exact: true }).waitFor();
}

/** Fills the sign-in page in and sends it. */
export async function enter(
  page: Page,
  login: string,
  password: string,
): Promise<void> {
  await page.getByLabel("Email").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Waits until the bar names the person. */
export async function greeting(page: Page, name: string): Promise<void> {
  await page.getByRole("banner").getByText(name, { exact: true }).waitFor();
}

/** From anywhere in the explorer to the editor, as the persona. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await pickPersona(page, name);
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await greeting(page, name);
}

/** Runs what the editor holds, or the query given, which has a name. */
export async function run(page: Page, query?: string): Promise<Response> {
  const editor = page.getByRole("region", { name: "Operation Editor" });
  await editor.filter({ hasText: "query Me" }).waitFor();
  if (query !== undefined) {
    await editor.locator(".view-lines").click();
    await page.keyboard.press("ControlOrMeta+A");
    await paste(page, query);
    const [, name = ""] = /^query (\w+)/.exec(query) ?? [];
    await page.getByRole("tab", { name }).waitFor();
  }
  const answer = page.waitForResponse(
    (response) =>
      response.url().endsWith("/graphql") &&
      !response.request().postData()?.includes("IntrospectionQuery"),
  );
  await page.getByRole("button", { name: "Execute query" }).click();
  return answer;
}

/** Waits until the result shows the text. */
export async function seen(page: Page, text: string): Promise<void> {
  const result = page.getByRole("region", { name: "Result Window" });
  await result.filter({ hasText: text }).waitFor();
}

/** Typed text would be completed by the editor. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-write"]);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press("ControlOrMeta+V");
}
