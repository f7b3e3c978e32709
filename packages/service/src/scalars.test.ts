import { describe, expect, test } from "@jest/globals";
import { Kind } from "graphql";
import { DateScalar, DateTimeScalar } from "./scalars.ts";

describe("Date", () => {
  test.each(["2026-03-31", "2024-02-29"])("%s is a day, in and out", (text) => {
    expect(DateScalar.parseValue(text)).toBe(text);
    expect(DateScalar.serialize(text)).toBe(text);
    expect(DateScalar.parseLiteral({ kind: Kind.STRING, value: text })).toBe(
      text,
    );
  });

  test.each([
    "2026-02-29",
    "2026-13-01",
    "2026-3-1",
    "31.03.2026",
    "2026-03-31T00:00:00Z",
    "",
    20260331,
    null,
  ])("%j is none", (value) => {
    expect(() => DateScalar.parseValue(value)).toThrow(
      "A Date is a calendar day",
    );
  });
});

describe("DateTime", () => {
  test.each([
    ["2026-03-31T08:15:00Z", "2026-03-31T08:15:00.000Z"],
    ["2026-03-31T10:15:00+02:00", "2026-03-31T08:15:00.000Z"],
  ])("%s is an instant, and leaves in UTC", (text, utc) => {
    expect(DateTimeScalar.serialize(DateTimeScalar.parseValue(text))).toBe(utc);
  });

  test.each([
    "2026-03-31",
    "2026-02-30T00:00:00Z",
    "2026-03-31T25:00:00Z",
    "2026-03-31T08:15:00",
    "now",
    0,
  ])("%j is none", (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow(
      "A DateTime is an instant",
    );
  });
});
