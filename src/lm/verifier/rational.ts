/**
 * Exact rationals over whole numbers of any size. They are not reduced; equality multiplies crosswise.
 */

/** numerator / denominator, the denominator positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Most decimal digits of a number or of its exponent's power of ten, so that no answer costs more than microseconds. */
export const maxDigits = 400;

/** A whole number as a rational. */
export function whole(value: bigint): Rational {
  return { numerator: value, denominator: 1n };
}

/** 10^exponent, exponent from -400 to 400. */
export function powerOfTen(exponent: number): Rational {
  const power = BigInt(`1${'0'.repeat(Math.abs(exponent))}`);
  return exponent < 0 ? { numerator: 1n, denominator: power } : whole(power);
}

/** a * b. */
export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** a / b; `undefined` for b = 0. */
export function divide(a: Rational, b: Rational): Rational | undefined {
  if (b.numerator === 0n) return undefined;
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * a.numerator * b.denominator, denominator: sign * a.denominator * b.numerator };
}

/** a + b. */
export function add(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator: a.denominator * b.denominator };
}

/** -a. */
export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** Whether a = b. */
export function equal(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** Whether 0 < a < 1. */
export function isProper(a: Rational): boolean {
  return a.numerator > 0n && a.numerator < a.denominator;
}

/** Digits, or digits with a point among them, as a rational; `undefined` for too many. */
export function decimal(digits: string, fraction: string): Rational | undefined {
  if (digits.length + fraction.length > maxDigits) return undefined;
  return { numerator: BigInt(`0${digits}${fraction}`), denominator: BigInt(`1${'0'.repeat(fraction.length)}`) };
}

/** The same number in lowest terms. */
export function reduce(a: Rational): Rational {
  let [x, y] = [a.numerator < 0n ? -a.numerator : a.numerator, a.denominator];
  while (y !== 0n) [x, y] = [y, x % y];
  return x <= 1n ? a : { numerator: a.numerator / x, denominator: a.denominator / x };
}

/** A decimal whose last digits recur: digits.fraction and `recurring` for ever; `undefined` for too many digits. */
export function repeating(digits: string, fraction: string, recurring: string): Rational | undefined {
  const base = decimal(digits, fraction);
  const tail = decimal(recurring, '');
  const nines = decimal('9'.repeat(recurring.length), '');
  const scaled = tail && nines && divide(tail, nines);
  return base && scaled && add(base, multiply(scaled, powerOfTen(-fraction.length)));
}

/** Whether the number has a finite decimal expansion. */
export function terminates(a: Rational): boolean {
  let { denominator } = reduce(a);
  for (const prime of [2n, 5n]) while (denominator % prime === 0n) denominator /= prime;
  return denominator === 1n;
}

/** Whether `rounded`, written with two or more decimals, is rounded or cut off from `exact`, whose decimals do not end. */
export function mayRound(rounded: Rational, exact: Rational): boolean {
  if (rounded.denominator < 100n || !/^10+$/.test(rounded.denominator.toString()) || terminates(exact)) return false;
  const difference = rounded.numerator * exact.denominator - exact.numerator * rounded.denominator;
  const size = difference < 0n ? -difference : difference;
  const isCut = difference !== 0n && difference < 0n === exact.numerator > 0n;
  return 2n * size <= exact.denominator || (isCut && size < exact.denominator);
}
