import { describe, expect, it } from 'vitest';
import { defaultEstimatorSettings, methodSettings, methods } from '../../src/advantage/index.ts';
import { estimatorOf } from '../../src/algorithms/gpg.ts';
import { standardAlgorithms } from '../../src/algorithms/standard.ts';
import { standardRegistry } from '../../src/envs/index.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { withRecipe } from '../../src/training/recipes.ts';

describe('GPG+', () => {
  const resolved = (more: object): Record<string, unknown> => ({
    ...resolveConfig(withRecipe({ env: 'CartPole-v1', ...more }, 'paper', standardRegistry(), standardAlgorithms())),
  });

  it('has the setting of its row in the table of methods', () => {
    const { baseline, ...estimator } = methods['gpg+'].environments!.estimator;
    const config = resolved({ algorithm: 'gpg+' });
    expect(config.baseline).toBe(baseline);
    expect(estimatorOf(config as never)).toMatchObject({ ...defaultEstimatorSettings, ...estimator, baseline, gamma: 0.99 });
    expect(methodSettings('gpg+').tail).toBe('bootstrap');
  });

  it('differs from GPG in that alone, with the recipes of GPG', () => {
    const [own, paper] = [resolved({ algorithm: 'gpg+' }), resolved({ algorithm: 'gpg' })];
    const different = Object.keys(own).filter((name) => JSON.stringify(own[name]) !== JSON.stringify(paper[name]));
    expect(different.sort()).toEqual(['algorithm', 'baseline', 'bins', 'tail']);
    expect(Object.keys(own).sort()).toEqual(Object.keys(paper).sort());
  });

  it('is known to every page', () => {
    expect(standardAlgorithms().get('gpg+').title).toBe('GPG+');
  });
});
