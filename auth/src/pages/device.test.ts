import { expect, test } from "@jest/globals";
import { deviceInputPage } from "./device.ts";
import { renderPage } from "./page.ts";
import { english } from "./words.en.ts";

const form = `<form method="post" action="/device"><input type="hidden" name="xsrf" value="c0ffee"/></form>`;
const { faults } = english.device;

test.each([
  ["NoCodeError", 200, 400, faults.wrong],
  ["NotFoundError", 200, 400, faults.wrong],
  ["ExpiredError", 200, 400, faults.wrong],
  ["AlreadyUsedError", 200, 400, faults.used],
  ["InvalidRequest", 400, 400, faults.stale],
  ["SessionNotFound", 400, 400, faults.stale],
  ["InvalidTarget", 400, 400, faults.failed],
  ["TypeError", undefined, 500, faults.failed],
])("after %s of status %s it answers %d and says why", (...row) => {
  const [name, given, status, text] = row;
  const error = { name, ...(given !== undefined && { statusCode: given }) };
  const page = deviceInputPage(english, form, { code: "BCDF-GHJK", error });
  expect([page.status, page.title]).toEqual([
    status,
    "Error: Connect a device",
  ]);
  expect(renderPage(page)).toContain(`role="alert" id="fault"><p>${text}</p>`);
});

test("before any code it says nothing of faults", () => {
  const page = deviceInputPage(english, form);
  expect([page.status, page.title]).toEqual([200, "Connect a device"]);
  expect(renderPage(page)).not.toMatch(/role="alert"|aria-invalid="/);
});

test("carries the address and the forgery token of the provider's form", () => {
  const markup = renderPage(deviceInputPage(english, form));
  expect(markup).toContain('<form method="post" action="/device">');
  expect(markup).toContain('name="xsrf" value="c0ffee"');
});

test("a person who denied gets no form", () => {
  const error = { name: "AbortedError", statusCode: 200 };
  const page = deviceInputPage(english, form, { error });
  expect([page.status, page.title]).toEqual([200, "Access denied"]);
  expect(renderPage(page)).not.toContain("<form");
});
