/** Access to the bits of a double, and double-double arithmetic for tables that are built once. */

const view: Float64Array = new Float64Array(1);
const words: Uint32Array = new Uint32Array(view.buffer);
/** Index of the upper word; 1 on every machine that a browser runs on. */
const upper: number = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Bits 32-63 of a double: sign, 11 bits of exponent, 20 bits of fraction. */
export function upperWord(x: number): number {
  view[0] = x;
  return words[upper]!;
}

/** Bits 0-31 of a double: the end of its fraction. */
export function lowerWord(x: number): number {
  view[0] = x;
  return words[1 - upper]!;
}

/** The double of two words. */
export function makeDouble(high: number, low: number): number {
  words[upper] = high;
  words[1 - upper] = low;
  return view[0]!;
}

/** 2^exponent for -1022 <= exponent <= 1023. */
export function powerOfTwo(exponent: number): number {
  words[upper] = (exponent + 1023) << 20;
  words[1 - upper] = 0;
  return view[0]!;
}

/** An unevaluated sum `[high, low]` with |low| at most half a unit in the last place of high. */
export type Pair = readonly [high: number, low: number];

/** Upper 26 bits of a double (Veltkamp 1968); |x| below 2^996. */
export function head(x: number): number {
  const c = x * 134217729; // 2^27 + 1
  return c - (c - x);
}

/** a * b exactly (Dekker 1971). */
export function product(a: number, b: number): Pair {
  const p = a * b;
  const ah = head(a);
  const al = a - ah;
  const bh = head(b);
  const bl = b - bh;
  return [p, ah * bh - p + ah * bl + al * bh + al * bl];
}

/** a + b exactly (Knuth's two-sum). */
export function sum(a: number, b: number): Pair {
  const s = a + b;
  const t = s - a;
  return [s, a - (s - t) + (b - t)];
}

/** Product of pairs, to about 2^-103. */
export function multiplyPairs(a: Pair, b: Pair): Pair {
  const [p, e] = product(a[0], b[0]);
  return sum(p, e + (a[0] * b[1] + a[1] * b[0]));
}

/** Sum of pairs, to about 2^-103 of the larger. */
export function addPairs(a: Pair, b: Pair): Pair {
  const [s, e] = sum(a[0], b[0]);
  return sum(s, e + (a[1] + b[1]));
}

/** Quotient of pairs, to about 2^-102. */
export function dividePairs(a: Pair, b: Pair): Pair {
  const q = a[0] / b[0];
  const [p, e] = multiplyPairs([q, 0], b);
  return sum(q, (a[0] - p - e + a[1]) / b[0]);
}

/** Square root of a pair, to about 2^-103. */
export function rootOfPair(a: Pair): Pair {
  const s = Math.sqrt(a[0]);
  const [p, e] = product(s, s);
  return sum(s, (a[0] - p - e + a[1]) / (2 * s));
}

/** ln 2 in two parts: the first has 32 bits, so that a multiple up to 2^20 is exact (constants of Sun's fdlibm, `e_log.c`). */
export const ln2High = 6.931471803691238e-1;
/** The rest of ln 2, to 2^-86. */
export const ln2Low = 1.9082149292705877e-10;
