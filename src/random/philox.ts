/**
 * Philox 4x32-10: a generator without state. Every draw is a pure function of a key and a counter, so that the learner's randomness
 * depends on (seed, iteration, step, environment) and never on the order in which threads draw.
 *
 * Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
 */
import { type Entropy, SeedSequence } from './seedSequence.ts';

// Round multipliers and key increments (golden ratio, sqrt(3) - 1), Salmon et al., section 3.3 and Random123.
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** Upper 32 bits of a 32 x 32 bit product, as a signed 32-bit number. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const p10 = Math.imul(a1, b0);
  const p01 = Math.imul(a0, b1);
  const middle = (Math.imul(a0, b0) >>> 16) + (p10 & 0xffff) + (p01 & 0xffff);
  return (Math.imul(a1, b1) + (p10 >>> 16) + (p01 >>> 16) + (middle >>> 16)) | 0;
}

/** Four random words of a counter (4 words) under a key (2 words), written to `out` (4 words); `out` may be `counter`. */
export function philox4x32(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  let c0 = counter[0]! | 0;
  let c1 = counter[1]! | 0;
  let c2 = counter[2]! | 0;
  let c3 = counter[3]! | 0;
  let k0 = key[0]! | 0;
  let k1 = key[1]! | 0;
  for (let round = 0; round < rounds; round++) {
    const high0 = highProduct(c0, multiplier0);
    const high1 = highProduct(c2, multiplier1);
    const low0 = Math.imul(c0, multiplier0);
    const low1 = Math.imul(c2, multiplier1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The learner's streams: what a draw is for. Two streams share no counter. */
export const learnerStreams: Readonly<
  Record<
    'actions' | 'permutation' | 'initialization' | 'evaluation' | 'completions' | 'warmStart' | 'dropout' | 'servers' | 'branches',
    number
  >
> = {
  actions: 0,
  permutation: 1,
  initialization: 2,
  evaluation: 3,
  completions: 4,
  warmStart: 5,
  dropout: 6,
  servers: 7,
  branches: 8,
};

/**
 * Iteration in the counters of draws that belong to no iteration: evaluation of a stored run, play, samples for people. It is the largest word, and
 * training never counts so far.
 */
export const noIteration = 0xffffffff;

/** The Philox key of a learner: the first two 32-bit words of `SeedSequence(seed)`. */
export function learnerKey(seed: Entropy): Uint32Array {
  return new SeedSequence(seed).generateState(2);
}

/** The float of a 32-bit word: one of 2^24 values, evenly spaced in (0, 1), never 0 and never 1 (as a double; float32 rounds the largest to 1). */
export function wordToUniform(word: number): number {
  return ((word >>> 8) + 0.5) / 16777216; // 2^24 cells; the middle of each
}

/**
 * The draws of one key. The counter is `[iteration, step, env, (stream << 24) | block]`; a block is four words, so that one
 * (iteration, step, env) has 2^24 blocks per stream.
 */
export class Philox {
  /** The key, (2). */
  readonly key: Uint32Array;
  readonly #counter: Uint32Array = new Uint32Array(4);
  readonly #words: Uint32Array = new Uint32Array(4);

  /** `key` from {@link learnerKey}. */
  constructor(key: ArrayLike<number>) {
    if (key.length !== 2) throw new RangeError(`Philox: expected a key of 2 words, got ${key.length}; use learnerKey(seed)`);
    this.key = Uint32Array.from([key[0]!, key[1]!]);
  }

  /** The four words of one block. The result is overwritten by the next call. */
  block(stream: number, iteration: number, step: number, env: number, block = 0): Uint32Array {
    const counter = this.#counter;
    counter[0] = iteration;
    counter[1] = step;
    counter[2] = env;
    counter[3] = (stream << 24) | block;
    philox4x32(counter, this.key, this.#words);
    return this.#words;
  }

  /** One float in (0, 1): word 0 of the block (see {@link wordToUniform}). */
  uniform(stream: number, iteration: number, step: number, env: number, block = 0): number {
    return wordToUniform(this.block(stream, iteration, step, env, block)[0]!);
  }

  /**
   * A uniformly random order of `0 .. n - 1` into `out` (length at least n), n up to 2^25: Fisher-Yates from the end. The draw for
   * position i is a number below i + 1 by Lemire's multiplication with rejection, hence unbiased; words are taken in order from the
   * blocks of counter `[iteration, epoch, 0, permutation]`, four per block, rejected ones too.
   */
  permutation(n: number, out: Int32Array, iteration: number, epoch: number): void {
    if (!Number.isInteger(n) || n < 0 || n > 2 ** 25 || out.length < n) {
      throw new RangeError(
        `permutation: expected n from 0 to 2^25 and room for it, got n ${n} and room for ${out.length}; split the batch`,
      );
    }
    const words = this.#words;
    let used = 4;
    let block = 0;
    for (let i = 0; i < n; i++) out[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const bound = i + 1;
      const threshold = 4294967296 % bound;
      let word: number;
      do {
        if (used === 4) {
          this.block(learnerStreams.permutation, iteration, epoch, 0, block++);
          used = 0;
        }
        word = words[used++]!;
      } while (Math.imul(word, bound) >>> 0 < threshold);
      const j = highProduct(word, bound);
      const swapped = out[i]!;
      out[i] = out[j]!;
      out[j] = swapped;
    }
  }
}
