import { describe, expect, test } from "@jest/globals";
import { type Principal, anonymous } from "./principal.ts";
import { conjoin, meets, multiply, open } from "./requirement.ts";

const holding = (...scopes: string[]): Principal => ({
  ...anonymous,
  kind: "person",
  scopes: new Set(scopes),
});
const scopes = (...dnfs: string[][][]) => ({ ...open, scopes: dnfs });

describe("meets", () => {
  test.each([
    [["a", "b"], true],
    [["c"], true],
    [["a"], false],
    [["A", "B"], false],
    [["ab"], false],
    [[], false],
  ])("[[a, b], [c]] with %j is %s", (held, met) => {
    expect(meets(scopes([["a", "b"], ["c"]]), holding(...held))).toBe(met);
  });

  test("every DNF of a conjunction must hold", () => {
    const both = scopes([["a"]], [["b"]]);
    expect(meets(both, holding("a"))).toBe(false);
    expect(meets(both, holding("a", "b"))).toBe(true);
  });

  test("an anonymous caller meets nothing that asks for a caller, whatever it claims to hold", () => {
    const pretender = { ...anonymous, scopes: new Set(["a"]) };
    expect(meets(scopes([["a"]]), pretender)).toBe(false);
    expect(meets({ ...open, authenticated: true }, pretender)).toBe(false);
    expect(meets({ ...open, authenticated: true }, holding())).toBe(true);
    expect(meets(open, pretender)).toBe(true);
  });

  test("a policy nobody granted is false", () => {
    const policy = { ...open, policies: [[["p"]]] };
    expect(meets(policy, holding())).toBe(false);
    expect(meets(policy, holding(), new Set(["p"]))).toBe(true);
  });
});

describe("reports", () => {
  test("a conjunction is multiplied out, smallest and narrowest first, supersets dropped", () => {
    expect(
      multiply([
        [["e"], ["e:self"]],
        [["p"], ["p:reports"], ["p:self"]],
      ]),
    ).toEqual({
      alternatives: [
        ["e:self", "p:self"],
        ["e:self", "p:reports"],
        ["e", "p:self"],
        ["e:self", "p"],
        ["e", "p:reports"],
        ["e", "p"],
      ],
      truncated: false,
    });
    expect(multiply([[["a"], ["b"]], [["a"]]]).alternatives).toEqual([["a"]]);
  });

  test("beyond the bound the report is cut and says so; the decision is not affected", () => {
    const wide = Array.from({ length: 6 }, (_, i) => [
      [`a${i}`],
      [`b${i}`],
      [`c${i}`],
    ]);
    expect(multiply(wide)).toMatchObject({ truncated: true });
    expect(
      meets(scopes(...wide), holding(...wide.map((_, i) => `c${i}`))),
    ).toBe(true);
  });
});

test("conjoin keeps equal DNFs once and open requirements not at all", () => {
  const a = scopes([["a"]]);
  expect(conjoin(open, a, a, open)).toEqual(a);
  expect(conjoin(a, { ...open, authenticated: true })).toEqual({
    authenticated: true,
    scopes: [[["a"]]],
    policies: [],
  });
});
