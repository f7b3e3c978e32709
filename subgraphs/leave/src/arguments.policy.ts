import { BadInput, type Caller } from "@hr/service";
import { type Day, countDays } from "./dates.ts";

/** A9: pages of machines may be longer than those of people. */
export function maximumPage({ principal }: Caller): number {
  return principal.kind === "machine" ? 500 : 100;
}

/** @throws BadInput for days no leave record can be about. */
export function demandDay(argument: string, day: Day): void {
  if (day < "1970-01-01" || day > "2199-12-31")
    throw new BadInput(argument, "must lie between 1970 and 2199");
}

/** @throws BadInput for a stretch of days that is turned round or too long. */
export function demandWindow(
  { from, to }: { readonly from: Day; readonly to: Day },
  maximum: number,
): void {
  demandDay("from", from);
  demandDay("to", to);
  if (to < from) throw new BadInput("to", "must not be before `from`");
  if (countDays(from, to) > maximum)
    throw new BadInput("to", `must be at most ${maximum} days from \`from\``);
}
