import { describe, expect, test } from "@jest/globals";
import {
  generatePassword,
  hashPassword,
  passwordFaults,
  passwordMatches,
} from "./account-passwords.ts";

const rules = { shortest: 12, signIn: "nora@hr.example" };

describe("a new password", () => {
  test.each([
    ["eleven char", ["a password has at least 12 characters"]],
    ["🌍".repeat(11), ["a password has at least 12 characters"]],
    [
      "abcd".repeat(65),
      [
        "a password has at most 256 characters",
        "a password is more than a few characters repeated",
      ],
    ],
    ["121212121212121", ["a password is more than a few characters repeated"]],
    [
      "ask NORA about it",
      ["a password does not hold the name one signs in with"],
    ],
  ])("%j is refused", (password, faults) => {
    expect(passwordFaults(password, rules)).toEqual(faults);
  });

  test.each([
    "twelve chars",
    "no capital or digit is needed",
    "Grüße aus 東京 🌍🌎🌏",
    "correct horse battery staple ".repeat(8),
    generatePassword(),
  ])("%j will do", (password) => {
    expect(passwordFaults(password, rules)).toEqual([]);
  });

  test("may be short where the rules are those of development", () => {
    expect(passwordFaults("demo", { ...rules, shortest: 4 })).toEqual([]);
    expect(passwordFaults("aaaa", { ...rules, shortest: 4 })).not.toEqual([]);
  });
});

test("a generated password is another each time", () => {
  const made = Array.from({ length: 50 }, generatePassword);
  expect(new Set(made).size).toBe(50);
  for (const one of made) expect(one).toMatch(/^([a-hj-km-np-z2-9]{5}-?){4}$/);
});

test("a password is the same whichever way a keyboard writes its accents", async () => {
  const composed = "caf\u00e9 au lait, bien chaud";
  const decomposed = "cafe\u0301 au lait, bien chaud";
  const hashed = await hashPassword(composed);
  expect(await passwordMatches(hashed, decomposed)).toBe(true);
  expect(await passwordMatches(hashed, "cafe au lait, bien chaud")).toBe(false);
});
