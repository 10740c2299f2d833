import { describe, expect, it } from 'vitest';
import { cos, log, sin } from '../../src/math/index.ts';
import { learnerKey, learnerStreams, philox4x32, standardNormals } from '../../src/random/index.ts';

const key = learnerKey(7);

describe.each(['cosine', 'cosine and sine'] as const)('standardNormals, %s', (uses) => {
  it('have mean 0, variance 1 and kurtosis 3 within five standard errors', () => {
    const n = 100_001;
    const normals = standardNormals(n, key, 0, uses);
    const moment = (power: number): number => normals.reduce((sum, value) => sum + value ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan((5 * Math.sqrt(96)) / Math.sqrt(n));
  });

  it('depend on the key and the tensor, and not on how many are drawn', () => {
    const normals = standardNormals(5, key, 3, uses);
    for (let n = 1; n < 5; n++) expect(standardNormals(n, key, 3, uses)).toEqual(normals.slice(0, n));
    expect(standardNormals(5, key, 4, uses)).not.toEqual(normals);
    expect(standardNormals(5, learnerKey(8), 3, uses)).not.toEqual(normals);
  });

  it('take the words of a block in order', () => {
    const expected: number[] = [];
    for (let block = 0; block < 2; block++) {
      const words = new Uint32Array(4);
      philox4x32(Uint32Array.of(block, 3, 0, learnerStreams.initialization << 24), key, words);
      for (const [first, second] of [words.subarray(0, 2), words.subarray(2)] as unknown as [number, number][]) {
        const radius = Math.sqrt(-2 * log((first + 0.5) / 2 ** 32));
        const angle = (2 * Math.PI * (second + 0.5)) / 2 ** 32;
        expected.push(radius * cos(angle), ...(uses === 'cosine' ? [] : [radius * sin(angle)]));
      }
    }
    expect(Array.from(standardNormals(expected.length, key, 3, uses))).toEqual(expected);
  });
});
