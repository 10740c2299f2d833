/**
 * Which iterations have lines in the files that grow. Those of a long run would fill a disk: a million iterations of LunarLander are 7 GB otherwise.
 */

/** Iterations up to this one are all kept. */
export const keptWhole = 5000;

/**
 * Of how many iterations one is kept around that one: 1 up to {@link keptWhole}, 2 up to twice as many, 4 up to four times as many, and so on. So every
 * doubling of a run adds half of {@link keptWhole}, and a million iterations leave 23,907 lines. It depends
 * on nothing but the iteration: a resumed run has the lines of one that was never stopped.
 *
 * Example: `strideOf(5000) === 1`, `strideOf(5001) === 2`, `strideOf(10_001) === 4`
 */
export function strideOf(iteration: number): number {
  let stride = 1;
  for (let end = keptWhole; iteration > end; end *= 2) stride *= 2;
  return stride;
}

/** Whether the lines of an iteration are kept; those of the last one always are. */
export function isKept(iteration: number, iterations: number): boolean {
  return iteration === iterations || iteration % strideOf(iteration) === 0;
}
