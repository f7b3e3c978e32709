import { expect, test } from "@jest/globals";
import { messageOf } from "./messages.ts";

test("says what is wrong in the caller's language (A14)", () => {
  const late = {
    __typename: "LeaveNotAllowedError",
    path: ["startDate"],
    rule: "NOTICE_PERIOD",
  } as const;
  expect(messageOf(late, "en")).toBe("This leave must be requested earlier.");
  expect(messageOf(late, "de")).toBe(
    "Diese Abwesenheit muss früher beantragt werden.",
  );
});

test("tells one fault of an input from another", () => {
  const invalid = (code: "DATE_ORDER" | "NOT_FOUND") =>
    messageOf({ __typename: "ValidationError", path: [], code }, "en");
  expect(invalid("DATE_ORDER")).not.toBe(invalid("NOT_FOUND"));
});
