/**
 * PCG64 (XSL-RR 128/64), the bit generator behind NumPy's `default_rng` and Gymnasium's environments.
 *
 * Source: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms" (2014); the multiplier and the
 * order of seeding are NumPy's (`numpy/random/src/pcg64`).
 */
import type { SeedSequence } from './seedSequence.ts';

/** Entries of {@link Pcg64.getState}: 4 limbs of state and 4 of increment (least significant first), flag and half of the buffer. */
export const pcg64StateLength = 10;

// The multiplier 0x2360ED051FC65DA44385DF649FCCF645 in 16-bit digits, least significant first. A 32-bit limb times a digit is below
// 2^48, so that a column of up to four products and a carry is exact in a double.
const m0 = 0xf645;
const m1 = 0x9fcc;
const m2 = 0xdf64;
const m3 = 0x4385;
const m4 = 0x5da4;
const m5 = 0x1fc6;
const m6 = 0xed05;
const m7 = 0x2360;
const inverse16 = 1 / 65536;

/** The generator: a 128-bit linear congruential state, one 64-bit word per step. Words come as two unsigned 32-bit halves. */
export class Pcg64 {
  /** Upper half of the word that {@link next64} drew last. */
  high = 0;
  /** Lower half of the word that {@link next64} drew last. */
  low = 0;
  // State and increment, least significant limb first, each 0 .. 2^32 - 1.
  #s0 = 0;
  #s1 = 0;
  #s2 = 0;
  #s3 = 0;
  #i0 = 0;
  #i1 = 0;
  #i2 = 0;
  #i3 = 0;
  #hasHalf = false;
  #half = 0;

  /** Seeded as NumPy's `PCG64(seedSequence)`. */
  constructor(seeds: SeedSequence) {
    const words = seeds.generateState(8);
    // The 64-bit words are (state high, state low, sequence high, sequence low); increment = 2 * sequence + 1.
    const [q2, q3, q0, q1] = [words[4]!, words[5]!, words[6]!, words[7]!];
    this.#i0 = ((q0 << 1) | 1) >>> 0;
    this.#i1 = ((q1 << 1) | (q0 >>> 31)) >>> 0;
    this.#i2 = ((q2 << 1) | (q1 >>> 31)) >>> 0;
    this.#i3 = ((q3 << 1) | (q2 >>> 31)) >>> 0;
    this.#step();
    const sum0 = this.#s0 + words[2]!;
    const sum1 = this.#s1 + words[3]! + (sum0 > 0xffffffff ? 1 : 0);
    const sum2 = this.#s2 + words[0]! + (sum1 > 0xffffffff ? 1 : 0);
    const sum3 = this.#s3 + words[1]! + (sum2 > 0xffffffff ? 1 : 0);
    this.#s0 = sum0 >>> 0;
    this.#s1 = sum1 >>> 0;
    this.#s2 = sum2 >>> 0;
    this.#s3 = sum3 >>> 0;
    this.#step();
  }

  /** state = state * multiplier + increment mod 2^128, in columns of 16 bits. */
  #step(): void {
    const s0 = this.#s0;
    const s1 = this.#s1;
    const s2 = this.#s2;
    const s3 = this.#s3;
    const c0 = s0 * m0 + this.#i0;
    const k0 = Math.floor(c0 * inverse16);
    const c1 = s0 * m1 + k0;
    const k1 = Math.floor(c1 * inverse16);
    this.#s0 = ((c0 - k0 * 65536) | ((c1 - k1 * 65536) << 16)) >>> 0;
    const c2 = s0 * m2 + s1 * m0 + this.#i1 + k1;
    const k2 = Math.floor(c2 * inverse16);
    const c3 = s0 * m3 + s1 * m1 + k2;
    const k3 = Math.floor(c3 * inverse16);
    this.#s1 = ((c2 - k2 * 65536) | ((c3 - k3 * 65536) << 16)) >>> 0;
    const c4 = s0 * m4 + s1 * m2 + s2 * m0 + this.#i2 + k3;
    const k4 = Math.floor(c4 * inverse16);
    const c5 = s0 * m5 + s1 * m3 + s2 * m1 + k4;
    const k5 = Math.floor(c5 * inverse16);
    this.#s2 = ((c4 - k4 * 65536) | ((c5 - k5 * 65536) << 16)) >>> 0;
    const c6 = s0 * m6 + s1 * m4 + s2 * m2 + s3 * m0 + this.#i3 + k5;
    const k6 = Math.floor(c6 * inverse16);
    const c7 = s0 * m7 + s1 * m5 + s2 * m3 + s3 * m1 + k6;
    const k7 = Math.floor(c7 * inverse16);
    this.#s3 = ((c6 - k6 * 65536) | ((c7 - k7 * 65536) << 16)) >>> 0;
  }

  /** Draws one 64-bit word into {@link high} and {@link low}. */
  next64(): void {
    this.#step();
    const high = this.#s3 ^ this.#s1;
    const low = this.#s2 ^ this.#s0;
    const rotation = this.#s3 >>> 26;
    const r = rotation & 31;
    // Rotating by 32 or more swaps the halves; a shift by 32 is a shift by 0 in JavaScript, hence the two-step left shift.
    const first = rotation < 32 ? high : low;
    const second = rotation < 32 ? low : high;
    this.high = ((first >>> r) | ((second << 1) << (31 - r))) >>> 0;
    this.low = ((second >>> r) | ((first << 1) << (31 - r))) >>> 0;
  }

  /** One 32-bit word: the lower half of a fresh 64-bit word first, its upper half at the next call (NumPy's buffer). */
  next32(): number {
    if (this.#hasHalf) {
      this.#hasHalf = false;
      return this.#half;
    }
    this.next64();
    this.#hasHalf = true;
    this.#half = this.high;
    return this.low;
  }

  /** One double in [0, 1) with 53 random bits. */
  nextDouble(): number {
    this.next64();
    return (this.high * 2097152 + (this.low >>> 11)) * 1.1102230246251565e-16; // 2^21 and 2^-53
  }

  /** Writes the state, {@link pcg64StateLength} words, into `out` from `offset`. */
  getState(out: Uint32Array = new Uint32Array(pcg64StateLength), offset = 0): Uint32Array {
    const words = [this.#s0, this.#s1, this.#s2, this.#s3, this.#i0, this.#i1, this.#i2, this.#i3];
    out.set(words, offset);
    out[offset + 8] = this.#hasHalf ? 1 : 0;
    out[offset + 9] = this.#half;
    return out;
  }

  /** Goes on from a state that {@link getState} wrote. Throws RangeError if it cannot be one. */
  setState(state: Uint32Array, offset = 0): void {
    if (state.length < offset + pcg64StateLength || (state[offset + 4]! & 1) === 0 || state[offset + 8]! > 1) {
      throw new RangeError(
        `setState: expected ${pcg64StateLength} words of a PCG64 state with an odd increment, got ${state.length - offset} words; pass what getState returned`,
      );
    }
    this.#s0 = state[offset]!;
    this.#s1 = state[offset + 1]!;
    this.#s2 = state[offset + 2]!;
    this.#s3 = state[offset + 3]!;
    this.#i0 = state[offset + 4]!;
    this.#i1 = state[offset + 5]!;
    this.#i2 = state[offset + 6]!;
    this.#i3 = state[offset + 7]!;
    this.#hasHalf = state[offset + 8] === 1;
    this.#half = state[offset + 9]!;
  }
}
