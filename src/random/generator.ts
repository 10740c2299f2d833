/**
 * NumPy's `Generator` over PCG64, bit for bit: what Gymnasium's environments and spaces draw from.
 *
 * Methods and their use of the bit stream: NumPy `numpy/random/_generator.pyx`, `src/distributions/distributions.c`.
 */
import { exp } from '../math/index.ts';
import { Pcg64 } from './pcg64.ts';
import { type Entropy, SeedSequence } from './seedSequence.ts';
import { log1pOfNegative } from './tail.ts';
import { exponentialZiggurat, normalInverseTailStart, normalZiggurat } from './ziggurat.ts';

/** An array of doubles that a fill method writes. */
export type FloatArray = Float64Array | Float32Array;

/** NumPy's `Generator(PCG64)`. */
export class Generator {
  /** The bit generator below; its state is the generator's whole state. */
  readonly bits: Pcg64;

  constructor(bits: Pcg64) {
    this.bits = bits;
  }

  /** A double in [0, 1): `random()`. */
  random(): number {
    return this.bits.nextDouble();
  }

  /** A double in [low, high): `uniform(low, high)`. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.bits.nextDouble();
  }

  /** Fills `out` in order: `uniform(low, high, out.length)`. */
  fillUniform(out: FloatArray, low = 0, high = 1): void {
    const range = high - low;
    for (let i = 0; i < out.length; i++) out[i] = low + range * this.bits.nextDouble();
  }

  /**
   * A whole number `low .. high - 1`: `integers(low, high)` of NumPy's default type int64. Bigint bounds give a bigint.
   * Throws RangeError for bounds that are not whole, not within int64, or not `low < high`.
   */
  integers(low: number, high: number): number;
  integers(low: bigint, high: bigint): bigint;
  integers(low: number | bigint, high: number | bigint): number | bigint {
    if (typeof low === 'number' && typeof high === 'number') {
      if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low >= high) {
        throw new RangeError(`integers: expected safe whole numbers low < high, got ${low}, ${high}; write larger ones as bigints`);
      }
      // Only a range that is itself safe may be handled in doubles.
      if (high - low <= 4294967296) return low + this.#below32(high - low);
      return Number(this.#large(BigInt(low), BigInt(high)));
    }
    return this.#large(BigInt(low), BigInt(high));
  }

  #large(low: bigint, high: bigint): bigint {
    if (low < -(2n ** 63n) || high > 2n ** 63n || low >= high) {
      throw new RangeError(`integers: expected -2^63 <= low < high <= 2^63, got ${low}, ${high}; fix the bounds`);
    }
    const count = high - low;
    if (count <= 4294967296n) return low + BigInt(this.#below32(Number(count)));
    if (count === 2n ** 64n) return low + this.#word64();
    return low + this.#below64(count);
  }

  /** A number 0 .. count - 1 for count <= 2^32, from the buffered 32-bit stream (Lemire 2019, "Fast random integer generation"). */
  #below32(count: number): number {
    if (count === 1) return 0;
    if (count === 4294967296) return this.bits.next32();
    let word = this.bits.next32();
    let leftover = Math.imul(word, count) >>> 0;
    if (leftover < count) {
      const threshold = (4294967296 - count) % count;
      while (leftover < threshold) {
        word = this.bits.next32();
        leftover = Math.imul(word, count) >>> 0;
      }
    }
    // word * count = high * 2^32 + leftover; the product is rounded by less than 2^11, so the nearest whole number is exact.
    return Math.floor((word * count - leftover) / 4294967296 + 0.5);
  }

  #word64(): bigint {
    this.bits.next64();
    return (BigInt(this.bits.high) << 32n) | BigInt(this.bits.low);
  }

  #below64(count: bigint): bigint {
    const mask = 2n ** 64n - 1n;
    let product = this.#word64() * count;
    if ((product & mask) < count) {
      const threshold = (2n ** 64n - count) % count;
      while ((product & mask) < threshold) product = this.#word64() * count;
    }
    return product >> 64n;
  }

  /** An index 0 .. n - 1: `choice(n)`, or `choice(n, p=probabilities)`. Throws RangeError if the lengths differ or p is no distribution. */
  choice(n: number, probabilities?: readonly number[] | Float64Array): number {
    if (probabilities === undefined) return this.integers(0, n);
    let total = 0;
    for (const probability of probabilities) total += probability >= 0 ? probability : Number.NaN;
    if (probabilities.length !== n || !(Math.abs(total - 1) < 1e-8)) {
      throw new RangeError(
        `choice: expected ${n} probabilities of at least 0 that sum to 1, got ${probabilities.length} with sum ${total}; fix p`,
      );
    }
    const draw = this.bits.nextDouble();
    let cumulative = 0;
    for (let i = 0; i < n; i++) {
      cumulative += probabilities[i]!;
      if (cumulative / total > draw) return i;
    }
    return n - 1;
  }

  /** A normal deviate: `standard_normal()`, the 256-layer ziggurat (Marsaglia and Tsang 2000). */
  standardNormal(): number {
    const bits = this.bits;
    const { widths, limits, densities, tailStart } = normalZiggurat();
    for (;;) {
      bits.next64();
      const low = bits.low;
      // Bits 0-7 choose the layer, bit 8 the sign, bits 9-60 the mantissa.
      const layer = low & 255;
      const mantissa = (bits.high & 0x1fffffff) * 8388608 + (low >>> 9);
      const magnitude = mantissa * widths[layer]!;
      const value = (low & 256) !== 0 ? -magnitude : magnitude;
      if (mantissa < limits[layer]!) return value;
      if (layer === 0) {
        for (;;) {
          const x = -normalInverseTailStart * log1pOfNegative(-bits.nextDouble());
          const y = -log1pOfNegative(-bits.nextDouble());
          // The sign of the tail is bit 8 of the mantissa.
          if (y + y > x * x) return ((low >>> 17) & 1) !== 0 ? -(tailStart + x) : tailStart + x;
        }
      }
      const inner = densities[layer - 1]!;
      const outer = densities[layer]!;
      if ((inner - outer) * bits.nextDouble() + outer < exp(-0.5 * value * value)) return value;
    }
  }

  /** `normal(mean, standardDeviation)`. */
  normal(mean = 0, standardDeviation = 1): number {
    return mean + standardDeviation * this.standardNormal();
  }

  /** An exponential deviate of mean 1: `standard_exponential()`, by ziggurat. */
  standardExponential(): number {
    const bits = this.bits;
    const { widths, limits, densities, tailStart } = exponentialZiggurat();
    for (;;) {
      bits.next64();
      // Bits 0-2 are dropped, bits 3-10 choose the layer, bits 11-63 are the mantissa.
      const layer = (bits.low >>> 3) & 255;
      const mantissa = bits.high * 2097152 + (bits.low >>> 11);
      const value = mantissa * widths[layer]!;
      if (mantissa < limits[layer]!) return value;
      if (layer === 0) return tailStart - log1pOfNegative(-bits.nextDouble());
      const inner = densities[layer - 1]!;
      const outer = densities[layer]!;
      if ((inner - outer) * bits.nextDouble() + outer < exp(-value)) return value;
    }
  }

  /** The whole state (see {@link Pcg64.getState}), written into `out` from `offset`. */
  getState(out?: Uint32Array, offset = 0): Uint32Array {
    return this.bits.getState(out, offset);
  }

  /** Goes on from a state that {@link getState} wrote. */
  setState(state: Uint32Array, offset = 0): void {
    this.bits.setState(state, offset);
  }
}

/** The generator that Gymnasium gives an environment reset with this seed: `Generator(PCG64(SeedSequence(seed)))`. */
export function createGenerator(seed: Entropy): Generator {
  return new Generator(new Pcg64(new SeedSequence(seed)));
}
