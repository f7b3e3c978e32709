/** A plan holds something the compiler does not know; the stock executor runs it. */
export class UnknownPlan extends Error {
  override readonly name = "UnknownPlan";
}
