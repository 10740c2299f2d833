/**
 * NumPy's `SeedSequence`: turns any whole numbers into well mixed words, so that near seeds give unrelated streams.
 *
 * Algorithm and constants: NumPy `numpy/random/bit_generator.pyx`, after M. E. O'Neill, "Developing a seed_seq alternative" (2015).
 */

/** Entropy of a seed sequence: a whole number of at least 0, or a list of them. Above 2^53 - 1 write a bigint. */
export type Entropy = number | bigint | readonly (number | bigint)[];

const poolSize = 4;
const initialHashA = 0x43b0d7e5;
const multiplierA = 0x931e8875;
const initialHashB = 0x8b51f9dd;
const multiplierB = 0x58f38ded;
const mixLeft = 0xca01f9dd;
const mixRight = 0x4973f715;
const shift = 16;

/** Little-endian 32-bit words of one whole number; 0 is one word. Throws RangeError for anything else. */
function wordsOf(value: number | bigint): number[] {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`seed: expected a whole number from 0 to 2^53 - 1, got ${value}; write larger seeds as a bigint (123n)`);
  }
  if (value < 0) throw new RangeError(`seed: expected a whole number of at least 0, got ${value}; leave out the sign`);
  let rest = BigInt(value);
  const words: number[] = [];
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function mix(x: number, y: number): number {
  const result = (Math.imul(x, mixLeft) - Math.imul(y, mixRight)) | 0;
  return result ^ (result >>> shift);
}

/** The mixed pool of one seed; {@link SeedSequence.generateState} reads words from it. */
export class SeedSequence {
  /** The four mixed words. */
  readonly pool: Uint32Array;

  /** Throws RangeError for negative, fractional or NaN entropy. */
  constructor(entropy: Entropy) {
    const words = typeof entropy === 'object' ? entropy.flatMap(wordsOf) : wordsOf(entropy);
    const pool = new Int32Array(poolSize);
    let hash = initialHashA | 0;
    const hashMix = (value: number): number => {
      const before = value ^ hash;
      hash = Math.imul(hash, multiplierA);
      const mixed = Math.imul(before, hash);
      return mixed ^ (mixed >>> shift);
    };
    for (let i = 0; i < poolSize; i++) pool[i] = hashMix(words[i] ?? 0);
    for (let source = 0; source < poolSize; source++) {
      for (let target = 0; target < poolSize; target++) {
        if (source !== target) pool[target] = mix(pool[target]!, hashMix(pool[source]!));
      }
    }
    for (let source = poolSize; source < words.length; source++) {
      for (let target = 0; target < poolSize; target++) pool[target] = mix(pool[target]!, hashMix(words[source]!));
    }
    this.pool = new Uint32Array(pool);
  }

  /** The first `count` 32-bit words of the sequence: NumPy's `generate_state(count, uint32)`. Calling again gives the same words. */
  generateState(count: number): Uint32Array {
    const state = new Uint32Array(count);
    let hash = initialHashB | 0;
    for (let i = 0; i < count; i++) {
      const before = this.pool[i % poolSize]! ^ hash;
      hash = Math.imul(hash, multiplierB);
      const mixed = Math.imul(before, hash);
      state[i] = mixed ^ (mixed >>> shift);
    }
    return state;
  }
}
