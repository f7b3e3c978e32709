import { describe, expect, test } from "@jest/globals";
import { ibanKey, maskIban, openIban, sealIban } from "./iban.ts";

const iban = "DE89370400440532013000";
const key = ibanKey(Buffer.alloc(32, 1));

describe("an account number", () => {
  test("opens with its key, for its account, and reads otherwise at rest", () => {
    const sealed = sealIban(key, "bnk_1", iban);
    expect(openIban(key, "bnk_1", sealed)).toBe(iban);
    expect(sealed.ciphertext.toString("latin1")).not.toContain("0532013");
    expect(sealIban(key, "bnk_1", iban).ciphertext).not.toEqual(
      sealed.ciphertext,
    );
  });

  test("does not open with another key, in another row, or altered", () => {
    const sealed = sealIban(key, "bnk_1", iban);
    const other = ibanKey(Buffer.alloc(32, 2));
    expect(() => openIban(other, "bnk_1", sealed)).toThrow(/another key/);
    expect(() => openIban(key, "bnk_2", sealed)).toThrow();
    sealed.ciphertext.writeUInt8(sealed.ciphertext.readUInt8(40) ^ 1, 40);
    expect(() => openIban(key, "bnk_1", sealed)).toThrow();
  });

  test("is shown as country and last four, from what is stored in clear", () => {
    const { country, lastFour } = sealIban(key, "bnk_1", iban);
    expect(maskIban({ country, lastFour })).toBe("DE•• •••• 3000");
  });

  test("needs a key of 32 bytes", () => {
    expect(() => ibanKey(Buffer.alloc(31))).toThrow(RangeError);
  });
});
