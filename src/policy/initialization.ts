/**
 * Orthogonal initialization (Saxe et al. 2014), as PyTorch's `orthogonal_` defines it: the Q factor of a normal matrix with the signs that make
 * R's diagonal positive, times a gain. The normals come from the counter-based generator, so a layer's start depends on nothing but its key.
 */
import { cos, log } from '../math/index.ts';
import { learnerStreams, philox4x32 } from '../random/index.ts';

/** 2^-32 and half of it: a 32-bit word becomes the middle of its cell in (0, 1). */
const CELL = 2 ** -32;

/** `length` standard normals by Box-Muller (1958) from the stream `initialization`; `index` names the tensor. */
export function initialNormals(length: number, key: Uint32Array, index: number): Float64Array {
  const out = new Float64Array(length);
  const words = new Uint32Array(4);
  const counter = new Uint32Array(4);
  counter[1] = index;
  counter[3] = (learnerStreams.initialization << 24) >>> 0;
  for (let i = 0; i < length; i += 2) {
    counter[0] = i >>> 1;
    philox4x32(counter, key, words);
    const radius = Math.sqrt(-2 * log((words[0]! + 0.5) * CELL));
    out[i] = radius * cos(2 * Math.PI * (words[1]! + 0.5) * CELL);
    // The second normal uses the other two words, so that no draw is shared.
    if (i + 1 < length) out[i + 1] = Math.sqrt(-2 * log((words[2]! + 0.5) * CELL)) * cos(2 * Math.PI * (words[3]! + 0.5) * CELL);
  }
  return out;
}

/**
 * A (rows, columns) matrix, row-major, whose rows (or columns, whichever are fewer) are orthonormal, times `gain`.
 *
 * Gram-Schmidt, each vector made orthogonal twice ("twice is enough", Kahan; Giraud et al. 2005).
 */
export function orthogonal(rows: number, columns: number, gain: number, key: Uint32Array, index: number): Float32Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = initialNormals(count * length, key, index);
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = vectors.subarray(j * length, (j + 1) * length);
        let dot = 0;
        for (let k = 0; k < length; k++) dot += vector[k]! * other[k]!;
        for (let k = 0; k < length; k++) vector[k]! -= dot * other[k]!;
      }
    }
    let square = 0;
    for (let k = 0; k < length; k++) square += vector[k]! * vector[k]!;
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < length; k++) vector[k]! *= scale;
  }
  const matrix = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const entry = rows <= columns ? vectors[row * length + column]! : vectors[column * length + row]!;
      matrix[row * columns + column] = gain * entry;
    }
  }
  return matrix;
}
