/**
 * The kernels' memory: one fixed block, handed out from the bottom and never taken back.
 */
import { CohortError, show } from '../core/errors.ts';

/** Alignment of everything handed out: a cache line. */
const alignment = 64;
/** Nothing lies at the bottom: address 0 means "none" in records. */
const bottom = 1024;

/** A typed array that may live in kernel memory. */
export type KernelArray = Float32Array | Int32Array | Float64Array | Uint8Array;

/** Hands out aligned, zeroed pieces of a WebAssembly memory. */
export class Arena {
  readonly buffer: ArrayBufferLike;
  /** All memory as 32-bit words, for writing records. */
  readonly words: Int32Array;
  /** The same words as float32. */
  readonly floats: Float32Array;
  /** The same memory as float64. */
  readonly doubles: Float64Array;
  #used: number = bottom;

  constructor(memory: WebAssembly.Memory) {
    this.buffer = memory.buffer;
    this.words = new Int32Array(memory.buffer);
    this.floats = new Float32Array(memory.buffer);
    this.doubles = new Float64Array(memory.buffer);
  }

  /** Bytes handed out so far. */
  get used(): number {
    return this.#used;
  }

  /** Address of `length` elements of `size` bytes. Throws {@link CohortError} if the length is not whole, or they do not fit. */
  allocateArray(length: number, size: number, purpose: string): number {
    if (!(Number.isInteger(length) && length >= 0)) {
      throw new CohortError({
        subject: `kernels.${purpose}`,
        expected: 'a whole length of 0 or more',
        got: show(length),
        advice: 'pass the number of elements',
      });
    }
    return this.allocate(length * size, purpose);
  }

  /** Address of `bytes` fresh bytes, aligned to 64. Throws {@link CohortError} if they do not fit. */
  allocate(bytes: number, purpose: string): number {
    const address = this.#used;
    const end = address + Math.ceil(bytes / alignment) * alignment;
    if (end > this.buffer.byteLength) {
      throw new CohortError({
        subject: 'kernels.bytes',
        expected: `${bytes} more bytes for ${purpose}`,
        got: `${this.buffer.byteLength - address} free of ${this.buffer.byteLength}`,
        advice: 'create the kernels with more bytes',
        kind: 'failure',
      });
    }
    this.#used = end;
    return address;
  }

  /** Address of an array in this memory. Throws {@link CohortError} if it lies elsewhere or is shorter than `length` elements. */
  addressOf(array: KernelArray, length: number, subject: string): number {
    if (array.buffer !== this.buffer) {
      throw new CohortError({
        subject,
        expected: 'an array in kernel memory',
        got: show(array),
        advice: 'make it with kernels.float32 or kernels.int32',
      });
    }
    if (array.length < length) {
      throw new CohortError({
        subject,
        expected: `at least ${length} elements`,
        got: String(array.length),
        advice: 'make the array larger, or the count smaller',
      });
    }
    return array.byteOffset;
  }
}
