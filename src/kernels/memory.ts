/**
 * The kernels' memory: one fixed block, handed out from the bottom and never taken back. Without a block the same calls only count, so that
 * nobody adds up bytes by hand.
 */
import { CohortError, mistake, outOfMemory, show } from '../core/errors.ts';

/** Alignment of everything handed out: a cache line. */
const alignment = 64;
/** Nothing lies at the bottom: address 0 means "none" in records. */
const bottom = 1024;

/** A typed array that may live in kernel memory. */
export type KernelArray = Float32Array | Int32Array | Float64Array | Uint8Array;

/** A kind of typed array. */
interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): T;
}

/** Hands out aligned, zeroed pieces of a WebAssembly memory; or counts them. */
export class Arena {
  readonly buffer: ArrayBufferLike;
  /** All memory as 32-bit words, for writing records. An arena that counts has none: what is written goes nowhere. */
  readonly words: Int32Array;
  /** The same words as float32. */
  readonly floats: Float32Array;
  /** The same memory as float64. */
  readonly doubles: Float64Array;
  readonly #counts: boolean;
  #used: number = bottom;

  /** Without a memory the arena counts: it has room for everything, and its arrays are empty. */
  constructor(memory?: WebAssembly.Memory) {
    this.#counts = memory === undefined;
    this.buffer = memory?.buffer ?? new ArrayBuffer(0);
    this.words = new Int32Array(this.buffer);
    this.floats = new Float32Array(this.buffer);
    this.doubles = new Float64Array(this.buffer);
  }

  /** Bytes handed out so far. */
  get used(): number {
    return this.#used;
  }

  /** A zeroed array; empty where the arena counts. Throws {@link CohortError} if the length is not whole, or it does not fit. */
  array<T extends KernelArray>(type: ArrayType<T>, length: number, purpose: string): T {
    if (!(Number.isInteger(length) && length >= 0)) {
      throw mistake(`kernels.${purpose}`, 'a whole length of 0 or more', show(length), 'pass the number of elements');
    }
    const address = this.allocate(length * type.BYTES_PER_ELEMENT, purpose);
    return this.#counts ? new type(this.buffer) : new type(this.buffer, address, length);
  }

  /** Address of `bytes` fresh bytes, aligned to 64. Throws {@link CohortError} with code {@link outOfMemory} if they do not fit. */
  allocate(bytes: number, purpose: string): number {
    const address = this.#used;
    const end = address + Math.ceil(bytes / alignment) * alignment;
    if (end > this.buffer.byteLength && !this.#counts) {
      throw new CohortError({
        subject: 'kernels.bytes',
        expected: `${bytes} more bytes for ${purpose}`,
        got: `${this.buffer.byteLength - address} free of ${this.buffer.byteLength}`,
        advice: 'create the kernels with more bytes',
        code: outOfMemory,
        kind: 'failure',
      });
    }
    this.#used = end;
    return address;
  }

  /**
   * Address of an array in this memory; 0 where the arena counts. Throws {@link CohortError} if it lies elsewhere or is shorter than `length`
   * elements.
   */
  addressOf(array: KernelArray, length: number, subject: string): number {
    if (array.buffer !== this.buffer) {
      throw mistake(subject, 'an array in kernel memory', show(array), 'make it with kernels.float32 or kernels.int32');
    }
    if (array.length < length && !this.#counts) {
      throw mistake(subject, `at least ${length} elements`, String(array.length), 'make the array larger, or the count smaller');
    }
    return array.byteOffset;
  }
}
