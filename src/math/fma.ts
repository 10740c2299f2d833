/** Fused multiply-add in double precision, for numbers that another library computes with the machine's instruction. */
import { lowerWord, makeDouble, product, sum, upperWord } from './bits.ts';

/** a + b rounded to the neighbor with an odd fraction unless it is exact, which makes a second rounding harmless. */
function addToOdd(a: number, b: number): number {
  const [s, error] = sum(a, b);
  const low = lowerWord(s);
  if (error === 0 || (low & 1) === 1) return s;
  // One unit in the last place towards the error: away from zero where it has the sign of the sum.
  const away = error > 0 === s > 0;
  if (away) return makeDouble(upperWord(s), low + 1);
  return low === 0 ? makeDouble(upperWord(s) - 1, 0xffffffff) : makeDouble(upperWord(s), low - 1);
}

/**
 * a * b + c with one rounding, as IEEE 754 asks for: exact product and sums, the small parts rounded to odd (Boldo and Melquiond 2008,
 * "Emulation of a FMA and correctly rounded sums", figure 3). For finite numbers below 2^900 whose product is 0 or above 2^-900.
 */
export function fma(a: number, b: number, c: number): number {
  const [high, low] = product(a, b);
  const [t, small] = sum(c, low);
  const [large, rest] = sum(high, t);
  return large + addToOdd(rest, small);
}

/**
 * Sum of x squared over `values[from .. from + count)`, as NumPy's `dot` gives it for fewer than 32 numbers: one after the other, each with
 * a fused multiply-add (OpenBLAS on x86-64 with FMA, found by comparison).
 */
export function sumOfSquares(values: Float64Array, from: number, count: number): number {
  let total = 0;
  for (let k = from; k < from + count; k++) total = fma(values[k]!, values[k]!, total);
  return total;
}
