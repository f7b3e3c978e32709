import { describe, expect, test } from "@jest/globals";
import { covers, everyRow, reachUnder } from "./reach.ts";
import { type Dnf, open } from "./requirement.ts";

const none = { everyone: false, self: false, reports: false };
const own = { ...none, self: true };
const below = { ...none, reports: true };

const wide: Dnf = [["a"], ["a:reports"], ["a:self"]];

describe("the rows a requirement opens", () => {
  const rows = (dnfs: readonly Dnf[], ...held: readonly string[]) =>
    reachUnder({ ...open, scopes: dnfs }, new Set(held));

  test("are none, and null, when it is not met", () => {
    expect(rows([wide])).toBeNull();
    expect(rows([wide], "b")).toBeNull();
    expect(rows([wide, [["b"]]], "a")).toBeNull();
  });

  test("are all when it asks for nothing, or a scope without a reach is held", () => {
    expect(rows([])).toEqual(everyRow);
    expect(rows([wide], "a")).toEqual(everyRow);
    expect(rows([wide], "a:self", "a")).toEqual(everyRow);
  });

  test("are the union over the alternatives held", () => {
    expect(rows([wide], "a:self")).toEqual(own);
    expect(rows([wide], "a:reports")).toEqual(below);
    expect(rows([wide], "a:self", "a:reports")).toEqual({
      ...none,
      self: true,
      reports: true,
    });
  });

  test("are the same object where they are the same rows", () => {
    const both = rows([wide], "a:self", "a:reports");
    expect(rows([wide, wide], "a:reports", "a:self")).toBe(both);
    expect(rows([wide], "a:self")).not.toBe(both);
    expect(rows([wide], "a")).toBe(everyRow);
  });

  test("are in the reach of every scope of an alternative", () => {
    expect(rows([[["a:self", "b"]]], "a:self", "b")).toEqual(own);
    expect(rows([[["b", "a:self"]]], "a:self", "b")).toEqual(own);
    expect(rows([[["a:self", "b:reports"]]], "a:self", "b:reports")).toEqual(
      none,
    );
  });

  test("are in the reach of every rule: own by one and reports by another is no row", () => {
    const other: Dnf = [["b"], ["b:reports"]];
    expect(rows([wide, other], "a:self", "b:reports")).toEqual(none);
    expect(rows([wide, other], "a:self", "b")).toEqual(own);
    expect(rows([wide, other], "a:self", "a:reports", "b:reports")).toEqual(
      below,
    );
  });

  test("need the policies too, which have no reach", () => {
    const asked = { ...open, scopes: [wide], policies: [[["night"]]] };
    expect(reachUnder(asked, new Set(["a:self"]))).toBeNull();
    expect(reachUnder(asked, new Set(["a:self"]), new Set(["night"]))).toEqual(
      own,
    );
  });
});

test("rows cover others when all of them are among them", () => {
  expect(covers(everyRow, own)).toBe(true);
  expect(covers(own, own)).toBe(true);
  expect(covers(own, none)).toBe(true);
  expect(covers(own, below)).toBe(false);
  expect(covers({ ...own, reports: true }, everyRow)).toBe(false);
});
