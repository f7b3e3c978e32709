/**
 * Exact amounts: a whole number of the currency's smallest unit and its ISO 4217
 * code. No floats, no conversion, no sum across currencies.
 */
export type Money = {
  readonly amountMinor: number;
  readonly currency: string;
};

/** Active codes of ISO 4217 by the digits behind the point. Display data (CLDR) rounds some differently. */
const codes: readonly (readonly [digits: number, codes: string])[] = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP
    ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
    PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
    SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG
    YER ZAR ZMW ZWG`,
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];
const exponents = new Map(
  codes.flatMap(([digits, text]) =>
    text.split(/\s+/).map((code) => [code, digits] as const),
  ),
);

export function isCurrency(code: string): boolean {
  return exponents.has(code);
}

/** @throws RangeError for a code ISO 4217 does not know. */
export function exponentOf(currency: string): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new RangeError("Not a code of ISO 4217.");
  return exponent;
}

/** @throws RangeError when the amount is no whole number a JSON number holds exactly. */
export function money(amountMinor: number, currency: string): Money {
  if (!Number.isSafeInteger(amountMinor))
    throw new RangeError("An amount must be a whole, exact number.");
  return { amountMinor, currency };
}

/** Plain text with as many digits as the currency has: `-511.36`, `120000`, `0.250`. */
export function decimal({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const sign = amountMinor < 0 ? "-" : "";
  return sign + whole + (exponent > 0 ? `.${digits.slice(-exponent)}` : "");
}

/** `amount × numerator ÷ denominator` in exact arithmetic, rounded once, half away from zero. */
export function ratio(
  amountMinor: number,
  numerator: number,
  denominator: number,
): number {
  const product = BigInt(amountMinor) * BigInt(numerator);
  const divisor = BigInt(denominator);
  const half = (abs(product) * 2n + abs(divisor)) / (abs(divisor) * 2n);
  const negative = product < 0n !== divisor < 0n;
  return exact(negative ? -half : half);
}

/**
 * Splits by whole weights so that the parts add up to the whole: what is left
 * over after rounding down goes to the largest remainders, the earlier first.
 */
export function split(
  amountMinor: number,
  weights: readonly number[],
): readonly number[] {
  const total = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  const whole = abs(BigInt(amountMinor));
  const shares = weights.map((weight, index) => {
    const product = whole * BigInt(weight);
    return { index, floor: product / total, rest: product % total };
  });
  const given = shares.reduce((sum, { floor }) => sum + floor, 0n);
  const topped = new Set(
    shares
      .toSorted((a, b) => Number(b.rest - a.rest) || a.index - b.index)
      .slice(0, Number(whole - given))
      .map(({ index }) => index),
  );
  const sign = amountMinor < 0 ? -1n : 1n;
  return shares.map(({ floor, index }) =>
    exact(sign * (floor + (topped.has(index) ? 1n : 0n))),
  );
}

/** Adds up in exact arithmetic, however far the sum runs on the way. */
export function sum(amounts: readonly number[]): number {
  return exact(amounts.reduce((total, amount) => total + BigInt(amount), 0n));
}

function exact(value: bigint): number {
  const amount = Number(value);
  if (!Number.isSafeInteger(amount))
    throw new RangeError("An amount is beyond what can be told exactly.");
  return amount === 0 ? 0 : amount;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
