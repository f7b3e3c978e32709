import type { IncomingMessage } from "node:http";
import { expect, test } from "@jest/globals";
import { addressOf } from "./forms.ts";

function from(forwarded?: string): IncomingMessage {
  const headers =
    forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const socket = { remoteAddress: "192.0.2.9" };
  return { headers, socket } as unknown as IncomingMessage;
}

test("behind a proxy the address is the one the proxy added, whatever the caller claims", () => {
  expect(addressOf(from("203.0.113.1, 198.51.100.7"), true)).toBe(
    "198.51.100.7",
  );
  expect(addressOf(from(), true)).toBe("192.0.2.9");
});

test("without a proxy no header changes the address", () => {
  expect(addressOf(from("203.0.113.1"), false)).toBe("192.0.2.9");
});
