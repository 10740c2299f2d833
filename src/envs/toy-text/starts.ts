/** First states of the toy text environments. */
import type { Generator } from '../../random/index.ts';

/**
 * Draws one of `states`, all as likely, with one number of the generator: `categorical_sample` of `gymnasium/envs/toy_text/utils.py` on a distribution
 * over all states. The cumulative sums are those of doubles; a draw above the last of them gives state 0, as there.
 */
export function uniformStart(states: readonly number[]): (generator: Generator) => number {
  const count = states.length;
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) sums[k] = sum += 1 / count;
  return (generator) => {
    const draw = generator.random();
    let k = Math.floor(draw * count);
    while (k > 0 && sums[k - 1]! > draw) k--;
    while (k < count && sums[k]! <= draw) k++;
    return k < count ? states[k]! : 0;
  };
}
