import type { WorkerTrainConfig, WorkerTraining } from 'cohort-rl/worker';
import { describe, expect, it } from 'vitest';
import { firstSettings, SettingsError } from '../../apps/playground/src/controls/settings.ts';
import { Experiment, type ExperimentParts } from '../../apps/playground/src/training/experiment.ts';
import { threadsOf } from '../../apps/playground/src/training/threads.ts';

describe('the threads of a run on the page', () => {
  it('are its share of the cores, rounded down, at least one, where memory is shared and steps are worth it', () => {
    const shares = [1, 2, 3, 8, 9, 200].map((cores) => threadsOf({ cores, isolated: true }, 2, true));
    expect(shares).toEqual([1, 1, 1, 4, 4, 64]);
    expect(threadsOf({ cores: 8, isolated: true }, 2 * 3, true)).toBe(1);
    expect(threadsOf({ cores: 8, isolated: false }, 2, true)).toBe(1);
    expect(threadsOf({ cores: 8, isolated: true }, 2, false)).toBe(1);
    expect(threadsOf({ cores: 8, isolated: true }, 2)).toBe(1);
  });
});

describe('an experiment', () => {
  const begun: WorkerTrainConfig[] = [];
  const parts: ExperimentParts = {
    // What is begun is enough to know here.
    train: (config, onEvent) => {
      begun.push(config);
      onEvent({ event: 'config', config: { iterations: 1 } } as unknown as Parameters<typeof onEvent>[0]);
      const training = {
        next: async () => ({ done: true, value: undefined }),
        [Symbol.asyncIterator]: () => training,
        snapshot: async () => ({ encode: () => new Uint8Array() }),
        finish: async () => ({ summary: { parametersSha256: 'a hash', iterations: 1 } }),
        close: async () => undefined,
      };
      return training as unknown as WorkerTraining;
    },
    prepare: async (env) => {
      if (env === 'Missing-v0') throw new Error('MuJoCo is not here.');
      return { worthThreads: env === 'Heavy-v0' };
    },
    machine: { cores: 8, isolated: true },
    now: () => 0,
    sleep: () => Promise.resolve(),
    changed: () => undefined,
  };

  it('gives every lane and seed as many threads, and the command that is shown none', async () => {
    const experiment = new Experiment(firstSettings, parts);
    await experiment.start({ ...firstSettings, env: 'Heavy-v0', seeds: '1, 2' });
    expect(begun.map(({ seed, threads }) => [seed, threads])).toEqual([1, 2, 1, 2].map((seed) => [seed, 2]));
    expect(experiment.views().map(({ threads }) => threads)).toEqual([2, 2]);
    expect(experiment.configOf(0)).not.toHaveProperty('threads');
  });

  it('says of the task what it lacks, and goes on with what it had', async () => {
    const experiment = new Experiment(firstSettings, parts);
    await experiment.start(firstSettings);
    const before = experiment.lanes;
    const refused = experiment.start({ ...firstSettings, env: 'Missing-v0' });
    await expect(refused).rejects.toThrow(new SettingsError('env', 'MuJoCo is not here.'));
    await expect(refused).rejects.toHaveProperty('field', 'env');
    expect(experiment.lanes).toBe(before);
  });
});
