/** Coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number from 0, or the step that yields it once the variables are known. */
export type Amount = number | Step;

type Step = { readonly index: number };

/** Looks an amount up, for the variables it was made with. */
export type Reading = (amount: Amount) => number;

/**
 * Sums, products and maxima that several others may share: each is computed once
 * for given variables, and those without variables once for all. Too large is
 * Infinity, and no amount is NaN.
 */
export type Formula = {
  given(read: (variables: Variables) => number): Amount;
  sum(amounts: readonly Amount[]): Amount;
  most(amounts: readonly Amount[]): Amount;
  /** Nothing, however much each would be, where there are none. */
  times(count: Amount, each: Amount): Amount;
  when(condition: (variables: Variables) => boolean, amount: Amount): Amount;
  evaluate(variables: Variables): Reading;
};

export function createFormula(): Formula {
  const steps: ((variables: Variables, reading: Reading) => number)[] = [];
  const step = (compute: (typeof steps)[number]): Step => ({
    index: steps.push(compute) - 1,
  });
  const fold =
    (combine: (left: number, right: number) => number) =>
    (amounts: readonly Amount[]): Amount => {
      let known = 0;
      const open = new Array<Step>();
      for (const one of amounts)
        if (typeof one === "number") known = combine(known, one);
        else open.push(one);
      const [only] = open;
      if (!only) return known;
      if (open.length === 1 && known === 0) return only;
      return step((_, reading) =>
        open.reduce((left, right) => combine(left, reading(right)), known),
      );
    };
  return {
    given: (read) => step(read),
    sum: fold((left, right) => left + right),
    most: fold(Math.max),
    times(count, each) {
      if (count === 0 || each === 0) return 0;
      if (count === 1) return each;
      if (typeof count === "number" && typeof each === "number")
        return count * each;
      return step((_, reading) => product(reading(count), reading(each)));
    },
    when: (condition, amount) =>
      amount === 0
        ? 0
        : step((variables, reading) =>
            condition(variables) ? reading(amount) : 0,
          ),
    evaluate(variables) {
      const values: number[] = [];
      const reading: Reading = (amount) =>
        typeof amount === "number" ? amount : (values[amount.index] ?? 0);
      for (const compute of steps) values.push(compute(variables, reading));
      return reading;
    },
  };
}

/** Zero times Infinity would be NaN. */
function product(count: number, each: number): number {
  return count === 0 || each === 0 ? 0 : count * each;
}
