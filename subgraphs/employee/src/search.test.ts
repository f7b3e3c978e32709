import { expect, test } from "@jest/globals";
import { fold, searchText, sortName } from "./search.ts";

test("folds case, diacritics and letters that do not decompose", () => {
  expect(fold("  Łukasz  ŻÓŁKIEWSKI ")).toBe("lukasz zolkiewski");
  expect(fold("Jürgen Größle")).toBe("jurgen grossle");
  expect(fold("Elif Yıldız")).toBe("elif yildiz");
  expect(fold("Nguyễn")).toBe("nguyen");
  expect(fold("O’Rourke")).toBe("o'rourke");
  expect(fold("נועה")).toBe("נועה");
});

test("finds a person by either name, both in either order, the name they go by, address and number", () => {
  expect(
    searchText({
      givenName: "Tomás",
      familyName: "Herrera",
      preferredName: "Tom",
      workEmail: "tomas.herrera@lindenhof.example",
      employeeNumber: "E-00002",
    }),
  ).toBe(
    "\ntomas\nherrera\ntom\ntomas herrera\nherrera tomas\ntomas.herrera@lindenhof.example\ne-00002\n",
  );
});

test("sorts by family name first, and a one-word name by that word", () => {
  expect(sortName({ givenName: "Zoë", familyName: "Vermeulen" })).toBe(
    "vermeulen, zoe",
  );
  expect(sortName({ givenName: "Wulandari", familyName: "" })).toBe(
    "wulandari",
  );
});
