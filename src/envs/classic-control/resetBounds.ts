/** The options `low` and `high` that Gymnasium's classic control tasks take at a reset. */
import type { Info } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';

/**
 * The bounds of a first state: `low` and `high` of `options`, or the default ones. Throws {@link CohortError}
 * unless they are finite numbers `low <= high`, at most `largest` in size.
 */
export function resetBounds(
  name: string,
  options: Info,
  [defaultLow, defaultHigh]: readonly [number, number],
  largest: number = Number.MAX_VALUE,
): readonly [low: number, high: number] {
  const { low = defaultLow, high = defaultHigh } = options;
  const isBound = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= largest;
  if (isBound(low) && isBound(high) && low <= high) return [low, high];
  const limit = largest === Number.MAX_VALUE ? '' : ` of at most ${Number(largest.toPrecision(4))} in size`;
  throw mistake(
    `${name}.reset: options`,
    `numbers low <= high${limit}`,
    `${show(low)} and ${show(high)}`,
    `leave them out for ${defaultLow} and ${defaultHigh}`,
  );
}
