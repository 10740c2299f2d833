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
    for (const fields of [
      {},
      { hiddenSize: 128, estimator: 'ppo' },
      { task: 'sort', iterations: 4 },
      { task: 'digit-completion' },
      { estimator: 'vineppo' },
    ]) {
      const config = resolve(fields);
      expect(resolve(config)).toEqual(config);
    }
  });

  it('VinePPO has nine branches from eight points of a completion, or from those that are named; other methods have none', () => {
    expect(resolve({ estimator: 'vineppo' })).toMatchObject({ branches: 9, branchInterval: 1, updateEpochs: 2, minValidFraction: 0 });
    expect(resolve({ estimator: 'vineppo', task: 'countdown-3' }).branchInterval).toBe(
      Math.ceil(resolve({ task: 'countdown-3' }).maxTokens / 8),
    );
    const lines = resolve({ estimator: 'vineppo', branchAfter: '\\n' });
    expect([lines.branches, lines.branchInterval, lines.branchAfter]).toEqual([9, undefined, '\\n']);
    expect(resolve({ estimator: 'vineppo', branchAfter: '+', branchInterval: 3, branches: 2 })).toMatchObject({
      branches: 2,
      branchInterval: 3,
    });
    const others = resolve({ estimator: 'grpo' });
    for (const field of ['branches', 'branchInterval', 'branchAfter']) expect(others).not.toHaveProperty(field);
  });
});
