/**
 * Quantiles from tail probabilities: the inverse of a falling function, by halving.
 */

/** Throws RangeError for a number that is not strictly between 0 and 1. */
export function checkProbability(name: string, value: number, what = 'a probability'): void {
  if (value > 0 && value < 1) return;
  throw new RangeError(`${name}: expected ${what} between 0 and 1, got ${value}; 95 % is 0.95`);
}

/** The x >= 0 at which `tail`, which falls from x = 0 towards 0, has this value; 0 where it starts below it. Halves until no double lies between. */
export function decreasingRoot(tail: (x: number) => number, value: number): number {
  let low = 0;
  let high = 1;
  while (tail(high) > value) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return tail(low) <= value ? low : high;
    if (tail(middle) > value) low = middle;
    else high = middle;
  }
}
