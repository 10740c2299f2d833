import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import { llama3Divisors, ropeScalingOf } from '../../../../src/lm/checkpoints/gguf/ropeFactors.ts';
import fixture from '../../../fixtures/gguf/rope.json' with { type: 'json' };
import { numbers } from '../../../fixtures/typedArray.ts';

const models = [fixture['Llama 3.1 8B'], fixture['Llama 3.2 1B']];
const scalingOf = (factor: number) => ({ factor, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositionEmbeddings: 8192 });

describe('stretched rotary positions', () => {
  it('has the frequencies of transformers', () => {
    for (const { theta, headDim, factor, transformers } of models) {
      const ours = llama3Divisors(scalingOf(factor), theta, headDim);
      numbers(transformers).forEach((divisor, i) => {
        // Theirs are float32, and the middle of the rule magnifies the last digits.
        expect(Math.abs(ours[i]! / divisor - 1)).toBeLessThan(1e-5);
      });
    }
  });

  it('finds the scaling of Llama 3.1 and 3.2 from what a converter writes', () => {
    for (const { theta, headDim, factor, converter } of models) {
      expect(ropeScalingOf(Float32Array.from(numbers(converter)), theta, headDim, 'file')).toEqual(scalingOf(factor));
    }
  });

  it('finds none where every divisor is 1', () => {
    expect(ropeScalingOf(new Float32Array(4).fill(1), 10000, 8, 'file')).toBeUndefined();
  });

  it('refuses every other rule, by the first entry that differs', () => {
    const { theta, headDim, converter } = models[0]!;
    const other = Float32Array.from(numbers(converter));
    const middle = other.findIndex((divisor) => divisor > 1);
    other[middle]! *= 1.001;
    const refused: readonly [Float32Array, number, number, number?][] = [
      [other, theta, headDim],
      // All stretched alike, as linear scaling does.
      [new Float32Array(64).fill(8), theta, headDim],
      // Another base, other original positions.
      [Float32Array.from(numbers(converter)), 10000, headDim],
      [Float32Array.from(numbers(converter)), theta, headDim, 4096],
      [Float32Array.of(1, 1, 1, Number.NaN), theta, 8],
      [Float32Array.of(1, 1, 1, 0), theta, 8],
    ];
    for (const [divisors, base, size, positions] of refused) {
      expect(() => ropeScalingOf(divisors, base, size, 'file', positions)).toThrow(CohortError);
    }
    expect(() => ropeScalingOf(other, theta, headDim, 'file')).toThrow(new RegExp(`^file, tensor "rope_freqs.weight": .*entry ${middle}`));
  });
});
