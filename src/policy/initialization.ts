/**
 * Orthogonal initialization (Saxe et al. 2014), as PyTorch's `orthogonal_` defines it: the Q factor of a normal matrix with the signs that make
 * R's diagonal positive, times a gain. The normals come from the counter-based generator, so a layer's start depends on nothing but its key.
 */
import { standardNormals } from '../random/index.ts';

/**
 * A (rows, columns) matrix, row-major, whose rows (or columns, whichever are fewer) are orthonormal, times `gain`.
 *
 * Gram-Schmidt, each vector made orthogonal twice ("twice is enough", Kahan; Giraud et al. 2005).
 */
export function orthogonal(rows: number, columns: number, gain: number, key: Uint32Array, index: number): Float32Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = standardNormals(count * length, key, index, 'cosine');
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
