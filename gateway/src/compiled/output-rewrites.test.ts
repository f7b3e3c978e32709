import { expect, test } from "@jest/globals";
import { compileRewrites } from "./output-rewrites.ts";

const conditions = (name: string) =>
  new Set(name === "Thing" ? ["Thing", "Room"] : [name]);

test("a key is renamed in objects of its type, in every list on the way", () => {
  const rewrite = compileRewrites(
    [
      {
        kind: "KeyRenamer",
        path: ["in", "... on Thing", "code_0"],
        renameKeyTo: "code",
      },
    ],
    conditions,
  );
  const answer = {
    in: [
      [{ __typename: "Room", code_0: 0 }],
      { __typename: "Card", code_0: 1 },
      { code_0: 2 },
      null,
    ],
  };
  rewrite?.(answer);
  expect(answer).toEqual({
    in: [
      [{ __typename: "Room", code: 0 }],
      { __typename: "Card", code_0: 1 },
      { code: 2 },
      null,
    ],
  });
});

test("a value is set whether there was one or not", () => {
  const rewrite = compileRewrites(
    [{ kind: "ValueSetter", path: ["in", "kind"], setValueTo: "new" }],
    conditions,
  );
  const answer = { in: [{ kind: "old" }, {}] };
  rewrite?.(answer);
  expect(answer).toEqual({ in: [{ kind: "new" }, { kind: "new" }] });
});
