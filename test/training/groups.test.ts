import { describe, expect, it } from 'vitest';
import type { RunEvent, TrainConfig } from '../../src/api/index.ts';
import { watchGroups } from '../../src/doctor/groupsOfOne.ts';
import { testCohort } from './cohort.ts';

const short = {
  env: 'CartPole-v1',
  algorithm: 'gpg',
  recipe: 'none',
  iterations: 4,
  evaluationInterval: 0,
  finalEvaluationEpisodes: 1,
  entropyCoef: 0,
} as const;

/** What a run says and how it learns: warnings, policy losses, standard deviations of the advantages. */
async function trained(config: Partial<TrainConfig>): Promise<{ warnings: RunEvent[]; losses: number[]; deviations: number[] }> {
  const warnings: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.event === 'warning') warnings.push(event);
  };
  const losses: number[] = [];
  const deviations: number[] = [];
  for await (const { metrics } of testCohort().train({ ...short, ...config }, { onEvent })) {
    losses.push(metrics['losses/policy_loss']!);
    deviations.push(metrics['advantage/std']!);
  }
  return { warnings, losses, deviations };
}

const train = (config: Partial<TrainConfig>) => testCohort().train({ ...short, ...config });

describe('a group of one', () => {
  it.each<Partial<TrainConfig>>([
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset' },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', bins: 'state-time' },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', bins: 'return-time' },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', bins: 'space-time', tail: 'budget' },
    { numEnvs: 1, numSteps: 1, numMinibatches: 1, normalizeAdvantage: false },
  ])('is refused where the configuration proves it: %o', (config) => {
    expect(() => train(config)).toThrow(/numEnvs: expected at least 2 environments .* got 1, so that every step is alone .* leave-one-out/);
    expect(() => train({ ...config, baseline: 'leave-one-out' })).not.toThrow();
    expect(() => train({ ...config, numEnvs: 2 })).not.toThrow();
    // The bonus alone moves the policy: a control of experiments/cartpole-gpg.
    expect(() => train({ ...config, entropyCoef: 0.01 })).not.toThrow();
  });

  it.each<Partial<TrainConfig>>([
    { numEnvs: 1, numSteps: 64 },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'elapsed' },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', bins: 'universal' },
    { numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', bins: 'state' },
  ])('is not refused where episodes may meet in a bin: %o', (config) => {
    expect(() => train(config)).not.toThrow();
  });

  it('is told once where the first iterations show it', async () => {
    const { warnings, losses, deviations } = await trained({ numEnvs: 4, numSteps: 16, bins: 'state', iterations: 6 });
    expect([...losses, ...deviations].every((value) => value === 0)).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      event: 'warning',
      iteration: 3,
      message: expect.stringMatching(/alone in its bin.*leave-one-out$/),
    });
    const unique = await trained({ numEnvs: 2, numSteps: 16, bins: (step) => [step.env, step.row] });
    expect(unique.warnings).toHaveLength(1);
    const control = await trained({ numEnvs: 1, numSteps: 64, timeOrigin: 'rollout-offset', entropyCoef: 0.01 });
    expect(control.warnings).toHaveLength(1);
  });

  it('is not told where something is learned', async () => {
    for (const config of [
      { bins: 'time' },
      { bins: 'state', baseline: 'leave-one-out' },
      { bins: 'state', baseline: 'none' },
      { algorithm: 'ppo' },
    ] as const) {
      const { warnings, losses } = await trained({ numEnvs: 4, numSteps: 16, ...config });
      expect(warnings).toEqual([]);
      expect(losses.some((loss) => loss !== 0)).toBe(true);
    }
  });

  it('is a matter of the first three iterations, all of them', () => {
    const bad = { 'group/singleton_frac': 1, 'advantage/std': 0 };
    const told = (...metrics: Record<string, number>[]) => {
      const watch = watchGroups();
      return metrics.map((one) => watch(one) !== undefined);
    };
    expect(told(bad, bad, bad, bad)).toEqual([false, false, true, false]);
    expect(told(bad, { ...bad, 'advantage/std': 0.1 }, bad, bad, bad)).toEqual([false, false, false, false, false]);
    expect(told({ 'group/singleton_frac': 0.9, 'advantage/std': 0 }, bad, bad)).toEqual([false, false, false]);
  });
});

describe('minibatches of one', () => {
  it('are refused with a message that can be followed', () => {
    expect(() => train({ numEnvs: 2, numSteps: 2, numMinibatches: 4 })).toThrow(
      'train: numMinibatches: expected minibatches of at least 2 samples, whose advantages are normalized, from 2 environments x 2 steps = 4, got 4 minibatches; use at most 2 minibatches, or switch normalizeAdvantage off, or take more environments or steps',
    );
    expect(() => train({ numEnvs: 1, numSteps: 1, numMinibatches: 1, algorithm: 'ppo' })).toThrow(
      /got 1 minibatch; switch normalizeAdvantage off, or take more environments or steps$/,
    );
    expect(() => train({ numEnvs: 2, numSteps: 2, numMinibatches: 5, normalizeAdvantage: false })).toThrow(
      /at least 1 sample from 2 environments x 2 steps = 4, got 5 minibatches; use at most 4 minibatches, or take more/,
    );
  });

  it('train where nothing is divided', async () => {
    for (const algorithm of ['gpg', 'ppo'] as const) {
      const config = { algorithm, numEnvs: 3, numSteps: 40, numMinibatches: 120, normalizeAdvantage: false, learningRate: 0.01 };
      const { losses } = await trained(config);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(losses.some((loss) => loss !== 0)).toBe(true);
      const five = await trained({ ...config, numMinibatches: 70 });
      expect(five.losses.every(Number.isFinite)).toBe(true);
    }
    const one = await trained({ algorithm: 'ppo', numEnvs: 1, numSteps: 1, numMinibatches: 1, normalizeAdvantage: false });
    expect(one.losses.some((loss) => loss !== 0)).toBe(true);
  });
});
