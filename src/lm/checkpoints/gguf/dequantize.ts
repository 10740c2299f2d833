/**
 * The numbers of ggml's blocks. A block is a run of elements of one row with scales of their own; every result is the float32 that the Python
 * package `gguf` computes: products of a float16 and small whole numbers are exact in doubles, so each element is rounded once, when it is stored.
 * Layouts: ggml's ggml-common.h (`block_q4_0` ... `block_q6_K`) and the package's quants.py.
 */
import { show } from '../../../core/errors.ts';
import type { IntegerBlocks } from '../../../kernels/parameters.ts';
import { bfloat16, float16 } from '../../../run/halves.ts';

/** Writes the elements of the blocks in `bytes` one after the other, from `start` on. */
type Unpack = (bytes: Uint8Array, target: Float32Array, start: number) => void;

/** A type of tensor that can be read. */
export interface GgufBlock {
  /** Elements of a block: 1, 32 or 256. */
  readonly elements: number;
  /** Bytes of a block. */
  readonly bytes: number;
}

let halves: Float32Array | undefined;

/** Every float16 as a float32, by its bits. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => float16(bits));
  return halves;
}

const unpackF32: Unpack = (bytes, target, start) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i * 4 < bytes.length; i++) target[start + i] = view.getFloat32(i * 4, true);
};

const unpackF16: Unpack = (bytes, target, start) => {
  const table = halfTable();
  for (let i = 0; i * 2 < bytes.length; i++) target[start + i] = table[bytes[i * 2]! | (bytes[i * 2 + 1]! << 8)]!;
};

const unpackBF16: Unpack = (bytes, target, start) => {
  for (let i = 0; i * 2 < bytes.length; i++) target[start + i] = bfloat16(bytes[i * 2]! | (bytes[i * 2 + 1]! << 8));
};

/** Scale, 32 signed bytes. */
const unpackQ8_0: Unpack = (bytes, target, start) => {
  const table = halfTable();
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let to = start;
  for (let at = 0; at < bytes.length; at += 34) {
    const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 2; i < 34; i++) target[to++] = signed[at + i]! * scale;
  }
};

/** Scale, 16 bytes: the low half of byte i is element i, the high half element i + 16; 8 stands for zero. */
const unpackQ4_0: Unpack = (bytes, target, start) => {
  const table = halfTable();
  let to = start;
  for (let at = 0; at < bytes.length; at += 18, to += 32) {
    const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i]!;
      target[to + i] = ((pair & 15) - 8) * scale;
      target[to + 16 + i] = ((pair >> 4) - 8) * scale;
    }
  }
};

/** Scale, minimum, 16 bytes as in Q4_0, but counted from the minimum. */
const unpackQ4_1: Unpack = (bytes, target, start) => {
  const table = halfTable();
  let to = start;
  for (let at = 0; at < bytes.length; at += 20, to += 32) {
    const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = table[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i]!;
      target[to + i] = (pair & 15) * scale + minimum;
      target[to + 16 + i] = (pair >> 4) * scale + minimum;
    }
  }
};

/** As Q4_0, with the fifth bit of element i in bit i of 4 bytes behind the scale; 16 stands for zero. */
const unpackQ5_0: Unpack = (bytes, target, start) => {
  const table = halfTable();
  let to = start;
  for (let at = 0; at < bytes.length; at += 22, to += 32) {
    const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 6 + i]!;
      const low = (bytes[at + 2 + (i >> 3)]! >> (i & 7)) & 1;
      const high = (bytes[at + 4 + (i >> 3)]! >> (i & 7)) & 1;
      target[to + i] = ((pair & 15) + low * 16 - 16) * scale;
      target[to + 16 + i] = ((pair >> 4) + high * 16 - 16) * scale;
    }
  }
};

/** As Q5_0, but counted from a minimum, which stands behind the scale. */
const unpackQ5_1: Unpack = (bytes, target, start) => {
  const table = halfTable();
  let to = start;
  for (let at = 0; at < bytes.length; at += 24, to += 32) {
    const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = table[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 8 + i]!;
      const low = (bytes[at + 4 + (i >> 3)]! >> (i & 7)) & 1;
      const high = (bytes[at + 6 + (i >> 3)]! >> (i & 7)) & 1;
      target[to + i] = ((pair & 15) + low * 16) * scale + minimum;
      target[to + 16 + i] = ((pair >> 4) + high * 16) * scale + minimum;
    }
  }
};

/** The 6-bit number `group` of 8 in the first 4 of 12 bytes at `at`, whose upper two bits lend the numbers 4 to 7 theirs. */
function sixBits(bytes: Uint8Array, at: number, group: number, isMinimum: boolean): number {
  const first = at + (isMinimum ? 4 : 0);
  if (group < 4) return bytes[first + group]! & 63;
  const low = bytes[at + 4 + group]!;
  return (isMinimum ? low >> 4 : low & 15) | ((bytes[first + group - 4]! >> 6) << 4);
}

/**
 * 256 elements in 8 groups of 32. Scale and scale of the minima, 12 bytes with 6 bits each for the scale and the minimum of every group, then (Q5_K)
 * 32 bytes whose bit g is the fifth bit of group g, then 128 bytes: 32 hold a pair of groups, the even one in the low halves.
 */
const unpackFourOrFive = (hasFifth: boolean): Unpack => {
  const blockBytes = hasFifth ? 176 : 144;
  return (bytes, target, start) => {
    const table = halfTable();
    let to = start;
    for (let at = 0; at < bytes.length; at += blockBytes) {
      const scale = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
      const minima = table[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
      const halfBytes = at + (hasFifth ? 48 : 16);
      for (let group = 0; group < 8; group++, to += 32) {
        const step = scale * sixBits(bytes, at + 4, group, false);
        const minimum = minima * sixBits(bytes, at + 4, group, true);
        const from = halfBytes + (group >> 1) * 32;
        const shift = (group & 1) * 4;
        for (let i = 0; i < 32; i++) {
          const fifth = hasFifth ? ((bytes[at + 16 + i]! >> group) & 1) << 4 : 0;
          target[to + i] = step * (((bytes[from + i]! >> shift) & 15) | fifth) - minimum;
        }
      }
    }
  };
};

/**
 * 256 elements in two halves of four rows of 32: 128 bytes of low four bits (64 for a half: rows 0 and 1 in the low halves of the bytes, 2 and 3 in the
 * high ones), 64 bytes of upper two bits (32 for a half, two bits for each row), 16 signed scales for 16 elements each, and their scale.
 */
const unpackQ6_K: Unpack = (bytes, target, start) => {
  const table = halfTable();
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let to = start;
  for (let at = 0; at < bytes.length; at += 210) {
    const scale = table[bytes[at + 208]! | (bytes[at + 209]! << 8)]!;
    for (let run = 0; run < 16; run++, to += 16) {
      const step = scale * signed[at + 192 + run]!;
      const row = (run >> 1) & 3;
      const column = (run & 1) * 16;
      const low = at + (run >> 3) * 64 + (row & 1) * 32 + column;
      const high = at + 128 + (run >> 3) * 32 + column;
      const lowShift = (row >> 1) * 4;
      for (let i = 0; i < 16; i++) {
        const upper = (bytes[high + i]! >> (row * 2)) & 3;
        target[to + i] = step * ((((bytes[low + i]! >> lowShift) & 15) | (upper << 4)) - 32);
      }
    }
  }
};

/** Writes whole blocks of Q8_0 as they are: their integers from `start` on, and the scales of these. Products of both are what {@link dequantize} gives. */
export function unpackIntegers(bytes: Uint8Array, { integers, scales }: IntegerBlocks, start: number): void {
  const table = halfTable();
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let block = start / 32;
  for (let at = 0; at < bytes.length; at += 34, block++) {
    scales[block] = table[bytes[at]! | (bytes[at + 1]! << 8)]!;
    integers.set(signed.subarray(at + 2, at + 34), block * 32);
  }
}

/** Elements, bytes and unpacking by type. */
const blocks: ReadonlyMap<string, GgufBlock & { readonly unpack: Unpack }> = new Map([
  ['F32', { elements: 1, bytes: 4, unpack: unpackF32 }],
  ['F16', { elements: 1, bytes: 2, unpack: unpackF16 }],
  ['BF16', { elements: 1, bytes: 2, unpack: unpackBF16 }],
  ['Q8_0', { elements: 32, bytes: 34, unpack: unpackQ8_0 }],
  ['Q4_0', { elements: 32, bytes: 18, unpack: unpackQ4_0 }],
  ['Q4_1', { elements: 32, bytes: 20, unpack: unpackQ4_1 }],
  ['Q5_0', { elements: 32, bytes: 22, unpack: unpackQ5_0 }],
  ['Q5_1', { elements: 32, bytes: 24, unpack: unpackQ5_1 }],
  ['Q4_K', { elements: 256, bytes: 144, unpack: unpackFourOrFive(false) }],
  ['Q5_K', { elements: 256, bytes: 176, unpack: unpackFourOrFive(true) }],
  ['Q6_K', { elements: 256, bytes: 210, unpack: unpackQ6_K }],
]);

/** The types of tensors that can be read. */
export const ggufTypes: readonly string[] = [...blocks.keys()];

/** Elements and bytes of a block of the type; `undefined` for one that is not among {@link ggufTypes}. */
export function blockOf(type: string): GgufBlock | undefined {
  return blocks.get(type);
}

/**
 * Writes the elements of whole blocks of the type into `target` from `start` on. Throws `RangeError` for another type, a broken block, or too small a
 * target: the caller has checked its file.
 */
export function dequantize(type: string, bytes: Uint8Array, target: Float32Array, start = 0): void {
  const block = blocks.get(type);
  const count = block === undefined ? Number.NaN : bytes.length / block.bytes;
  if (block === undefined || !Number.isInteger(count) || start + count * block.elements > target.length) {
    throw new RangeError(`${bytes.length} bytes of ${show(type)} do not fit ${target.length} elements from ${start}`);
  }
  block.unpack(bytes, target, start);
}
