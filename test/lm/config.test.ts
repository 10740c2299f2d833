import { describe, expect, it } from 'vitest';
import { resolveLanguageConfig } from '../../src/lm/config/config.ts';

const resolve = (fields: Readonly<Record<string, unknown>>): ReturnType<typeof resolveLanguageConfig> =>
  resolveLanguageConfig({ task: 'add-2digit', ...fields });

describe('defaults that depend on other fields', () => {
  it('the learning rates fall as one over the width, beyond 64', () => {
    expect(resolve({})).toMatchObject({ learningRate: 1.5e-3, warmStartLearningRate: 3e-3 });
    expect(resolve({ hiddenSize: 16, numAttentionHeads: 2 })).toMatchObject({ learningRate: 1.5e-3, warmStartLearningRate: 3e-3 });
    expect(resolve({ hiddenSize: 128 })).toMatchObject({ learningRate: 7.5e-4, warmStartLearningRate: 1.5e-3 });
    expect(resolve({ hiddenSize: 128, learningRate: 0.1, warmStartLearningRate: 0.2 })).toMatchObject({
      learningRate: 0.1,
      warmStartLearningRate: 0.2,
    });
  });

  it('the rate rises over ten iterations, or all where there are fewer', () => {
    expect(resolve({}).warmupIterations).toBe(10);
    expect(resolve({ iterations: 3 }).warmupIterations).toBe(3);
    expect(resolve({ warmupIterations: 0 }).warmupIterations).toBe(0);
  });

  it('a resolved configuration is its own resolution', () => {
    for (const fields of [{}, { hiddenSize: 128, estimator: 'ppo' }, { task: 'sort', iterations: 4 }, { task: 'digit-completion' }]) {
      const config = resolve(fields);
      expect(resolve(config)).toEqual(config);
    }
  });
});
