/** Seeds of environments: what may be one, and how a run's single seed becomes one per environment. */
import type { Seed } from '../core/env.ts';
import { mistake, show } from '../core/errors.ts';
import { createGenerator, type Generator } from '../random/index.ts';

/** How environment seeds follow from the run's seed: `cohort` mixes (seed, i), `gymnasium` adds (seed + i). */
export type EnvSeeding = 'cohort' | 'gymnasium';

/** Marks the evaluation environments' entropy: "eval" in ASCII. */
const evaluationKey = 0x6576616c;

/** Throws {@link CohortError} unless `seed` is a whole number of at least 0 or a list of such numbers. */
export function checkSeed(seed: unknown): asserts seed is Seed {
  const whole = (value: unknown): boolean =>
    (typeof value === 'bigint' && value >= 0n) || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
  if (Array.isArray(seed) ? seed.length > 0 && seed.every(whole) : whole(seed)) return;
  throw mistake(
    'seed',
    'a whole number of at least 0, or a list of them',
    show(seed),
    'use a number such as 1; write numbers above 2^53 - 1 as a bigint (123n)',
  );
}

/** The generator of an environment reset with this seed. Throws {@link CohortError} for what is no seed. */
export function createEnvGenerator(seed: Seed): Generator {
  checkSeed(seed);
  return createGenerator(seed);
}

/**
 * One seed per environment. `cohort`: environment i gets the entropy `[seed, i]`, so that two run seeds share no environment.
 * `gymnasium`: seed + i, as `SyncVectorEnv.reset(seed)`. Evaluation environments have entropy of their own, `[seed, 'eval', i]`, in both modes.
 * Throws {@link CohortError} for a bad seed, and for a list in the mode `gymnasium`.
 */
export function environmentSeeds(
  seed: Seed,
  numEnvs: number,
  mode: EnvSeeding = 'cohort',
  stream: 'training' | 'evaluation' = 'training',
): Seed[] {
  checkSeed(seed);
  const indices = Array.from({ length: numEnvs }, (_, i) => i);
  const words = typeof seed === 'object' ? seed : [seed];
  if (stream === 'evaluation') return indices.map((i) => [...words, evaluationKey, i]);
  if (mode === 'cohort') return indices.map((i) => [...words, i]);
  if (typeof seed === 'object') {
    throw mistake(
      'environment seeding gymnasium',
      'one number as seed (it counts up from there)',
      show(seed),
      'give one number, or use the seeding cohort',
    );
  }
  return indices.map((i) => {
    const sum = BigInt(seed) + BigInt(i);
    return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : sum;
  });
}
