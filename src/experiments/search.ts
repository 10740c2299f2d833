/**
 * Searching among settings: random draws from ranges, and successive halving over seeds, where settings that fall behind get no more of them
 * (K. Jamieson and A. Talwalkar 2016, arXiv 1502.07943, with seeds as the resource: rewards are noisy between seeds, and a run that is cut short says
 * little of its end).
 */
import * as z from 'zod';
import { createGenerator } from '../random/index.ts';

const rangeSchema = z.union([
  z.strictObject({
    min: z.number(),
    max: z.number(),
    /** `log`: every factor alike, for rates. */
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Whole numbers only. */
    whole: z.boolean().default(false),
  }),
  z.array(z.union([z.string(), z.number(), z.boolean(), z.array(z.number())])).min(1),
]);

/** How a matrix is searched; without it every combination is run with all its seeds. */
export const searchSchema = z.strictObject({
  /** Fields that are drawn at random, `trials` times, each draw combined with the axes. */
  space: z.record(z.string(), rangeSchema).optional(),
  trials: z.int().min(1).max(10_000).optional(),
  /** Seed of the draws. */
  seed: z.int().min(0).default(0),
  /** Successive halving: the share of settings that goes on to the next round. */
  keep: z.number().gt(0).lt(1).optional(),
  /** Seeds in the first round; each round has as many more as it has fewer settings, up to all of them. */
  firstSeeds: z.int().min(1).default(1),
  /** What settings are ranked by: the mean over seeds of the last evaluation. */
  policy: z.enum(['sampled', 'greedy']).default('sampled'),
  /** Whether the lowest is best. */
  lowest: z.boolean().default(false),
});

/** How a matrix is searched. */
export type Search = z.output<typeof searchSchema>;

/** Settings drawn at random, by a name: `trial 3: learningRate 0.00041`. The same seed draws the same. */
export function drawTrials({ space = {}, trials = 0, seed }: Search): Record<string, Record<string, unknown>> {
  const generator = createGenerator(seed);
  const drawn: Record<string, Record<string, unknown>> = {};
  for (let trial = 1; trial <= trials; trial++) {
    const fields = Object.entries(space).map(([field, range]): [string, unknown] => {
      const share = generator.random();
      if (Array.isArray(range)) return [field, range[Math.min(range.length - 1, Math.floor(share * range.length))]];
      const { min, max, scale, whole } = range;
      const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
      // Four digits: a setting that can be typed again.
      return [field, whole ? Math.round(value) : Number(value.toPrecision(4))];
    });
    const text = fields.map(([field, value]) => `${field} ${Array.isArray(value) ? value.join(',') : String(value)}`);
    drawn[`trial ${trial}: ${text.join(', ')}`] = Object.fromEntries(fields);
  }
  return drawn;
}

/** One round of successive halving: how many settings are in it, and how many seeds each of them has by its end. */
export interface Round {
  readonly settings: number;
  readonly seeds: number;
}

/**
 * The rounds for so many settings. Example: 8 settings, keep 0.5, from 1 seed to 8: 8 x 1, 4 x 2, 2 x 4, 1 x 8.
 */
export function halvingRounds(settings: number, keep: number, firstSeeds: number, seeds: number): Round[] {
  const rounds: Round[] = [];
  let [left, each] = [settings, Math.min(firstSeeds, seeds)];
  for (;;) {
    rounds.push({ settings: left, seeds: each });
    if (each >= seeds) return rounds;
    left = Math.max(1, Math.ceil(left * keep));
    each = left === 1 ? seeds : Math.min(seeds, Math.max(each + 1, Math.round(each / keep)));
  }
}

/**
 * The settings that go on, best first: those with the best scores, in the given order among equals; those without a score (all their runs failed) come
 * last.
 */
export function bestOf<T>(settings: readonly T[], scoreOf: (setting: T) => number | undefined, count: number, lowest: boolean): T[] {
  const sign = lowest ? -1 : 1;
  const score = (setting: T): number => sign * (scoreOf(setting) ?? -sign * Number.POSITIVE_INFINITY);
  return [...settings].sort((a, b) => (score(a) === score(b) ? 0 : score(b) - score(a))).slice(0, count);
}
