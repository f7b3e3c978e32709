import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import {
  decryptNationalId,
  encryptNationalId,
  maskNationalId,
  nationalIdKey,
} from "./national-id.ts";

const key = nationalIdKey(Buffer.alloc(32, 7));

test("gives back what it encrypted, and never encrypts to the same bytes twice", () => {
  const first = encryptNationalId(key, "emp_ada", "QQ123456C");
  const second = encryptNationalId(key, "emp_ada", "QQ123456C");
  expect(decryptNationalId(key, "emp_ada", first)).toBe("QQ123456C");
  expect(first.ciphertext.equals(second.ciphertext)).toBe(false);
  expect(first.ciphertext.includes("123456")).toBe(false);
});

test("refuses another person's row, another key and a changed byte", () => {
  const encrypted = encryptNationalId(key, "emp_ada", "QQ123456C");
  const other = nationalIdKey(randomBytes(32));
  const changed = Buffer.from(encrypted.ciphertext);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => decryptNationalId(key, "emp_mia", encrypted)).toThrow();
  expect(() => decryptNationalId(other, "emp_ada", encrypted)).toThrow(
    "another key",
  );
  expect(() =>
    decryptNationalId(key, "emp_ada", { ...encrypted, ciphertext: changed }),
  ).toThrow();
});

test("masks from a suffix that is never more than half of the identifier", () => {
  expect(encryptNationalId(key, "emp_ada", "QQ123456C").suffix).toBe("456C");
  expect(encryptNationalId(key, "emp_ada", "12345").suffix).toBe("45");
  expect(maskNationalId("456C")).toBe("•••• 456C");
});

test("takes a key of 32 bytes and no other", () => {
  expect(() => nationalIdKey(Buffer.alloc(31))).toThrow(RangeError);
  expect(nationalIdKey(Buffer.alloc(32)).id).toMatch(/^[0-9a-f]{8}$/);
});
