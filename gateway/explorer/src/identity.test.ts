import { describe, expect, test } from "@jest/globals";
import { identityOf } from "./identity.ts";

describe("identityOf", () => {
  test("says who holds a token, with what and until when", () => {
    const token = tokenOf({
      sub: "usr_ada",
      client_id: "explorer",
      scope: "leave:read:self employee:read",
      exp: 1_900_000_000,
    });
    expect(identityOf(token, "Ada Kern")).toEqual({
      name: "Ada Kern",
      subject: "usr_ada",
      clientId: "explorer",
      scopes: ["employee:read", "leave:read:self"],
      expiresAt: 1_900_000_000,
    });
  });

  test("finds no scope in a token without any, and calls its holder by the subject", () => {
    const token = tokenOf({ sub: "usr_ōtto?~", client_id: "explorer", exp: 1 });
    expect(identityOf(token)).toMatchObject({ name: "usr_ōtto?~", scopes: [] });
  });

  test("refuses what is no JWT", () => {
    expect(() => identityOf("opaque")).toThrow(SyntaxError);
  });
});

function tokenOf(claims: object): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `header.${payload}.signature`;
}
