/** Sums in the order of NumPy, which decides their last bits. */

/** NumPy sums up to so many numbers in one block (`PW_BLOCKSIZE` in `numpy/_core/src/umath/loops_utils.h.src`), longer arrays in halves. */
const block = 128;
const scratch = /* @__PURE__ */ new Float64Array(block);
/** Partial sums that NumPy keeps side by side. */
const lanes = 8;

/** `numpy.sum` of the first `count` numbers of the scratch, in float64 or, with `Math.fround`, in float32. Overwrites them. */
function sumScratch(count: number, round: (value: number) => number): number {
  let sum = 0;
  let k = 0;
  if (count >= lanes) {
    const whole = count - (count % lanes);
    for (k = lanes; k < whole; k++) scratch[k % lanes] = round(scratch[k % lanes]! + scratch[k]!);
    for (let width = 1; width < lanes; width *= 2) {
      for (let lane = 0; lane < lanes; lane += 2 * width) scratch[lane] = round(scratch[lane]! + scratch[lane + width]!);
    }
    sum = scratch[0]!;
    k = whole;
  }
  for (; k < count; k++) sum = round(sum + scratch[k]!);
  return sum;
}

const asIs = (value: number): number => value;

/** `numpy.sum(values)` of at most 128 numbers. */
export function numpySum(values: ArrayLike<number>): number {
  for (let k = 0; k < values.length; k++) scratch[k] = values[k]!;
  return sumScratch(values.length, asIs);
}

/**
 * `numpy.sum(numpy.square(values))` of at most 128 numbers, each first cut to `low .. high`. In float64; in float32 with `Math.fround` as
 * `round`.
 */
export function numpySumOfSquares(
  values: ArrayLike<number>,
  round: (value: number) => number = asIs,
  low: number = Number.NEGATIVE_INFINITY,
  high: number = Number.POSITIVE_INFINITY,
): number {
  for (let k = 0; k < values.length; k++) {
    const value = Math.min(Math.max(values[k]!, low), high);
    scratch[k] = round(value * value);
  }
  return sumScratch(values.length, round);
}
