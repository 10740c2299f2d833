/**
 * The dtypes of weights, and their bytes as float32.
 */
import { float16 } from '../../../run/halves.ts';

/** The dtypes that weights are read in, by their names in safetensors files. */
export const weightDtypes = ['F32', 'BF16', 'F16'] as const;
/** One of them. */
export type WeightDtype = (typeof weightDtypes)[number];

/** Bytes of a number. */
export function dtypeBytes(dtype: WeightDtype): number {
  return dtype === 'F32' ? 4 : 2;
}

let halves: Float32Array | undefined;

/** The number of every binary16, by its bits. */
function allHalves(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16(bits));
  return halves;
}

/** Writes the numbers that `bytes` hold (little-endian) from `start` on; every one of them is a float32, so nothing is lost. */
export function writeFloats(bytes: Uint8Array, dtype: WeightDtype, floats: Float32Array, start: number): void {
  if (dtype === 'F32') {
    new Uint8Array(floats.buffer, floats.byteOffset + 4 * start, bytes.length).set(bytes);
    return;
  }
  // A piece of a file may begin at an odd address.
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const words = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
  if (dtype === 'F16') {
    const table = allHalves();
    for (let i = 0; i < words.length; i++) floats[start + i] = table[words[i]!]!;
  } else {
    const bits = new Uint32Array(floats.buffer, floats.byteOffset + 4 * start, words.length);
    for (let i = 0; i < words.length; i++) bits[i] = words[i]! << 16;
  }
}

/** Index of the first number that is infinite or no number; -1 where there is none. A loop, because `findIndex` takes ten times as long. */
export function firstNotFinite(floats: Float32Array): number {
  for (let i = 0; i < floats.length; i++) if (floats[i]! - floats[i]! !== 0) return i;
  return -1;
}
