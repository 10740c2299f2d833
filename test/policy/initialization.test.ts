import { describe, expect, it } from 'vitest';
import { orthogonal } from '../../src/policy/initialization.ts';
import { learnerKey } from '../../src/random/index.ts';

const key = learnerKey(7);

/** Entry (i, j) of M M^T (`rows`) or M^T M. */
function gram(matrix: Float32Array, rows: number, columns: number, i: number, j: number): number {
  const byRow = rows <= columns;
  const length = byRow ? columns : rows;
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += byRow ? matrix[i * columns + k]! * matrix[j * columns + k]! : matrix[k * columns + i]! * matrix[k * columns + j]!;
  }
  return sum;
}

describe('orthogonal', () => {
  it.each([
    [64, 4, Math.SQRT2],
    [64, 64, Math.SQRT2],
    [2, 64, 0.01],
    [1, 64, 1],
  ])('has orthonormal rows or columns times the gain: (%i, %i), gain %f', (rows, columns, gain) => {
    const matrix = orthogonal(rows, columns, gain, key, 3);
    const count = Math.min(rows, columns);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        expect(Math.abs(gram(matrix, rows, columns, i, j) / (gain * gain) - (i === j ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  });

  it('depends on the key and on the tensor, and on nothing else', () => {
    expect(orthogonal(8, 8, 1, key, 0)).toEqual(orthogonal(8, 8, 1, key, 0));
    expect(orthogonal(8, 8, 1, key, 0)).not.toEqual(orthogonal(8, 8, 1, key, 1));
    expect(orthogonal(8, 8, 1, key, 0)).not.toEqual(orthogonal(8, 8, 1, learnerKey(8), 0));
  });
});
