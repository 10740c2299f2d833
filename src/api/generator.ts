/**
 * The generator of a seed, with the errors of this package: the room of random numbers knows none.
 */
import { mistake, show } from '../core/errors.ts';
import { createGenerator as create, type Entropy, type Generator } from '../random/index.ts';

const isSeed = (value: unknown): boolean => (Number.isSafeInteger(value) || typeof value === 'bigint') && (value as number | bigint) >= 0;

/**
 * The generator that Gymnasium gives an environment reset with this seed: `Generator(PCG64(SeedSequence(seed)))`. Throws `CohortError` for anything but
 * a whole number of at least 0, or a list of them.
 */
export function createGenerator(seed: Entropy): Generator {
  const isList = Array.isArray(seed) && seed.length > 0;
  if (isList ? seed.every(isSeed) : isSeed(seed)) return create(seed);
  throw mistake('createGenerator', 'a whole number of at least 0, or a list of them', show(seed), 'write larger ones as 123n');
}
