import { describe, expect, test } from "@jest/globals";
import type { Holiday } from "./holiday.ts";
import {
  type DayPortion,
  type LeavePeriod,
  breakdownOf,
  chargeOf,
} from "./leave-day.ts";
import type { Roster } from "./roster.ts";

const fullWeek = [100, 100, 100, 100, 100, 0, 0];
const holidays: readonly Holiday[] = [
  holiday("hcl_de_be", "2026-05-25"),
  holiday("hcl_de_be", "2026-03-08"),
  holiday("hcl_de_by", "2026-01-06"),
  holiday("hcl_de_be", "2026-12-24", true),
  holiday("hcl_de_be", "2026-12-25"),
];
const berlin = roster(fullWeek, "hcl_de_be");
const munich = roster(fullWeek, "hcl_de_by");

describe("a breakdown (L7, L8)", () => {
  test("charges one day from Friday afternoon to Tuesday morning over a holiday Monday", () => {
    const days = breakdownOf(
      period("2026-05-22", "AFTERNOON", "2026-05-26", "MORNING"),
      berlin,
    );
    expect(days.map(({ charged, reason }) => [charged, reason])).toEqual([
      [50, "HALF_DAY"],
      [0, "NOT_SCHEDULED"],
      [0, "NOT_SCHEDULED"],
      [0, "PUBLIC_HOLIDAY"],
      [50, "HALF_DAY"],
    ]);
    expect(chargeOf(days)).toBe(100);
    expect(days[3]?.holiday?.date).toBe("2026-05-25");
  });

  test("charges half of 24 December, whose afternoon is free, and nothing for that afternoon", () => {
    const eve = (portion: DayPortion) =>
      breakdownOf(period("2026-12-24", portion), berlin);
    expect(eve("FULL")).toMatchObject([{ charged: 50, reason: "HALF_DAY" }]);
    expect(eve("MORNING")).toMatchObject([{ charged: 50 }]);
    expect(eve("AFTERNOON")).toMatchObject([
      { charged: 0, reason: "PUBLIC_HOLIDAY" },
    ]);
  });

  test("frees 6 January in Munich and charges it in Berlin", () => {
    const epiphany = period("2026-01-06");
    expect(chargeOf(breakdownOf(epiphany, munich))).toBe(0);
    expect(chargeOf(breakdownOf(epiphany, berlin))).toBe(100);
  });

  test("follows somebody who moves from Berlin to Munich, day by day (L10)", () => {
    const mover = {
      ...berlin,
      workplaces: [
        { from: "2020-01-01", to: "2026-01-05", calendarId: "hcl_de_be" },
        { from: "2026-01-06", to: null, calendarId: "hcl_de_by" },
      ],
    };
    const days = breakdownOf(period("2026-01-05", "FULL", "2026-01-06"), mover);
    expect(days.map(({ charged }) => charged)).toEqual([100, 0]);
  });

  test("charges a Monday-to-Wednesday worker three days of a whole week", () => {
    const week = period("2026-05-04", "FULL", "2026-05-10");
    const partTimer = roster([100, 100, 100, 0, 0, 0, 0], "hcl_de_be");
    expect(chargeOf(breakdownOf(week, partTimer))).toBe(300);
    expect(chargeOf(breakdownOf(week, berlin))).toBe(500);
  });

  test("takes a half scheduled day for its morning", () => {
    const halfFriday = roster([100, 100, 100, 100, 50, 0, 0], "hcl_de_be");
    const friday = (portion: DayPortion) =>
      breakdownOf(period("2026-05-08", portion), halfFriday)[0];
    expect(friday("FULL")).toMatchObject({ charged: 50, reason: "HALF_DAY" });
    expect(friday("MORNING")).toMatchObject({ charged: 50 });
    expect(friday("AFTERNOON")).toMatchObject({
      charged: 0,
      reason: "NOT_SCHEDULED",
    });
  });

  test("calls a holiday on a free day not scheduled", () => {
    expect(breakdownOf(period("2026-03-08"), berlin)).toMatchObject([
      { charged: 0, reason: "NOT_SCHEDULED" },
    ]);
  });
});

function period(
  startDate: string,
  startPortion: DayPortion = "FULL",
  endDate = startDate,
  endPortion: DayPortion = endDate === startDate ? startPortion : "FULL",
): LeavePeriod {
  return { startDate, startPortion, endDate, endPortion };
}

function roster(week: readonly number[], calendarId: string): Roster {
  return {
    schedules: [{ from: "2020-01-01", to: null, week }],
    workplaces: [{ from: "2020-01-01", to: null, calendarId }],
    holidays,
  };
}

function holiday(calendarId: string, date: string, halfDay = false): Holiday {
  return { id: `${calendarId} ${date}`, calendarId, date, name: date, halfDay };
}
