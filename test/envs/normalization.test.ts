/**
 * The normalizing wrappers: bit for bit what Gymnasium 1.3.0 and 0.29.1 make of recorded episodes in CleanRL's stack, and what
 * Stable-Baselines3 makes of them with shared statistics; then what no recording holds.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discrete } from '../../src/core/space.ts';
import {
  mergeStatistics,
  NormalizeObservationVectorEnv,
  NormalizeRewardVectorEnv,
  normalized,
  RunningMeanStd,
  type StatisticsOwner,
} from '../../src/envs/index.ts';
import older from '../fixtures/environments/wrappers-0.29.json' with { type: 'json' };
import newer from '../fixtures/environments/wrappers-1.json' with { type: 'json' };
import { bitsOf, numbers, type PackedArray } from '../fixtures/typedArray.ts';
import { type Recording, replayedEnv } from './replayedEnv.ts';

interface Case {
  readonly id: string;
  readonly stack: string;
  readonly gamma: number;
  readonly clip: number;
  readonly observationDtype: string;
  readonly raw: Record<'observations' | 'final' | 'rewards' | 'terminated' | 'truncated', PackedArray>;
  readonly normalized: Record<'observations' | 'final' | 'rewards', PackedArray>;
  readonly statistics: Record<'mean' | 'variance' | 'count', PackedArray> & { readonly rewardVariance?: PackedArray };
}

const noActions = new Int32Array(0);

function recordingOf({ raw, observationDtype }: Case): Recording {
  return {
    numEnvs: raw.rewards.shape[1]!,
    dtype: observationDtype as 'float32' | 'float64',
    observations: numbers(raw.observations),
    rewards: numbers(raw.rewards),
    terminated: numbers(raw.terminated),
    truncated: numbers(raw.truncated),
    final: numbers(raw.final),
  };
}

const cases = [
  ...newer.cases.map((recorded) => ['1.3.0', 'gymnasium-1', recorded as Case] as const),
  ...older.cases.map((recorded) => ['0.29.1', 'gymnasium-0.29', recorded as Case] as const),
].map((entry) => [`${entry[2].id} in the stack of ${entry[2].stack}, Gymnasium ${entry[0]}`, ...entry] as const);

describe('recorded episodes', () => {
  it('were recorded with the versions that the readings are named after', () => {
    expect(newer.versions.gymnasium).toBe('1.3.0');
    expect(older.versions.gymnasium).toBe('0.29.1');
  });

  it.each(cases)('%s: the same bits', (_title, _version, reading, recorded) => {
    const { clip, gamma, normalized, statistics } = recorded;
    const recording = recordingOf(recorded);
    const owner = recorded.stack === 'cleanrl' ? 'perEnv' : 'shared';
    const observing = new NormalizeObservationVectorEnv(replayedEnv(recording), { statistics: owner, clip, reading });
    const env = owner === 'perEnv' ? new NormalizeRewardVectorEnv(observing, { statistics: owner, gamma, clip }) : observing;
    const seen = { observations: [] as number[], rewards: [] as number[], final: [] as number[] };
    const size = env.observations.length / env.numEnvs;
    env.reset();
    seen.observations.push(...env.observations);
    for (let t = 0; t < recorded.raw.rewards.shape[0]!; t++) {
      env.step(noActions);
      seen.observations.push(...env.observations);
      seen.rewards.push(...env.rewards);
      for (let n = 0; n < env.numEnvs; n++) {
        if (env.terminated[n] || env.truncated[n]) seen.final.push(...env.finalObservations.subarray(n * size, (n + 1) * size));
      }
    }
    expect(bitsOf(seen.observations)).toEqual(bitsOf(numbers(normalized.observations)));
    expect(bitsOf(seen.final)).toEqual(bitsOf(numbers(normalized.final)));
    if (owner === 'perEnv') expect(bitsOf(seen.rewards)).toEqual(bitsOf(numbers(normalized.rewards)));
    const state = env.getState()!;
    expect(bitsOf(state['normalizeObservation/mean']!)).toEqual(bitsOf(numbers(statistics.mean)));
    expect(bitsOf(state['normalizeObservation/variance']!)).toEqual(bitsOf(numbers(statistics.variance)));
    expect(bitsOf(state['normalizeObservation/counts']!)).toEqual(bitsOf(numbers(statistics.count)));
    if (!statistics.rewardVariance) return;
    expect(bitsOf(state['normalizeReward/variance']!)).toEqual(bitsOf(numbers(statistics.rewardVariance)));
  });

  it('reach the bound, truncate and terminate', () => {
    const all = cases.map(([, , , recorded]) => recorded);
    expect(all.some(({ normalized }) => numbers(normalized.rewards).includes(-10))).toBe(true);
    expect(all.some(({ raw }) => numbers(raw.terminated).includes(1))).toBe(true);
    expect(all.every(({ raw }) => numbers(raw.truncated).includes(1))).toBe(true);
  });
});

describe('RunningMeanStd', () => {
  it('begins with 1e-4 of a sample of mean 0 and variance 1', () => {
    const statistics = new RunningMeanStd(2);
    expect([...statistics.mean, ...statistics.variance, statistics.count]).toEqual([0, 0, 1, 1, 1e-4]);
  });

  it('takes in the batch 2, 4, 9 (mean 5, variance 26/3) as worked by hand', () => {
    const statistics = new RunningMeanStd(1);
    statistics.update([2, 4, 9], 0, 3);
    // Weights 1e-4 (of 0, whose square is worth 1), 1, 1, 1: the mean is 15 / 3.0001, the mean square (1e-4 + 4 + 16 + 81) / 3.0001.
    expect(statistics.mean[0]).toBeCloseTo(15 / 3.0001, 14);
    expect(statistics.variance[0]).toBeCloseTo(101.0001 / 3.0001 - 225 / 9.00060001, 12);
    expect(statistics.count).toBe(3.0001);
  });

  it('takes in one vector after another, each number for itself', () => {
    const statistics = new RunningMeanStd(2);
    statistics.update([9, 9, 3, -1], 2);
    statistics.update([5, -1]);
    // Weights 1e-4, 1, 1: means 8 / 2.0001 and -2 / 2.0001; E[x^2] - mean^2 with E[x^2] = (1e-4 + 34) / 2.0001 and (1e-4 + 2) / 2.0001.
    expect(statistics.mean[0]).toBeCloseTo(8 / 2.0001, 13);
    expect(statistics.mean[1]).toBeCloseTo(-2 / 2.0001, 13);
    expect(statistics.variance[0]).toBeCloseTo(34.0001 / 2.0001 - (8 / 2.0001) ** 2, 12);
    expect(statistics.variance[1]).toBeCloseTo(2.0001 / 2.0001 - (2 / 2.0001) ** 2, 12);
  });

  const rows = fc.array(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 2 }), {
    minLength: 1,
    maxLength: 40,
  });

  it('in batches of any sizes is the mean and the variance of the weighted whole', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }), (samples, sizes) => {
        const statistics = new RunningMeanStd(2);
        for (let i = 0, b = 0; i < samples.length; b++) {
          const batch = samples.slice(i, i + sizes[b % sizes.length]!);
          statistics.update(batch.flat(), 0, batch.length);
          i += batch.length;
        }
        for (const k of [0, 1]) {
          const total = samples.length + 1e-4;
          const mean = samples.reduce((sum, row) => sum + row[k]!, 0) / total;
          const squares = samples.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 1e-4 * (1 + mean * mean));
          expect(statistics.mean[k]).toBeCloseTo(mean, 8);
          expect(Math.abs(statistics.variance[k]! - squares / total) / (1 + squares / total)).toBeLessThan(1e-9);
        }
        expect(statistics.count).toBeCloseTo(samples.length + 1e-4, 9);
      }),
    );
  });

  it('merges to what one would have gathered', () => {
    fc.assert(
      fc.property(rows, rows, rows, (...groups) => {
        const parts = groups.map((group) => {
          const part = new RunningMeanStd(2);
          part.update(group.flat(), 0, group.length);
          return part;
        });
        const merged = mergeStatistics(parts);
        const samples = groups.flat();
        const total = samples.length + 3e-4;
        for (const k of [0, 1]) {
          const mean = samples.reduce((sum, row) => sum + row[k]!, 0) / total;
          const squares = samples.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 3e-4 * (1 + mean * mean));
          expect(merged.mean[k]).toBeCloseTo(mean, 8);
          expect(Math.abs(merged.variance[k]! - squares / total) / (1 + squares / total)).toBeLessThan(1e-9);
        }
        expect(merged.count).toBeCloseTo(total, 9);
      }),
    );
  });

  it('merges one part to itself, and refuses none or parts of different sizes', () => {
    const part = new RunningMeanStd(1);
    part.update([3, 8], 0, 2);
    expect(mergeStatistics([part])).toEqual({ mean: part.mean, variance: part.variance, count: part.count });
    expect(() => mergeStatistics([])).toThrow('mergeStatistics: expected at least one part, all of the same size, got sizes of nothing');
    expect(() => mergeStatistics([part, new RunningMeanStd(2)])).toThrow('got sizes 1, 2');
  });
});

/** Two environments of one number each; the first ends at step 2. */
const course: Recording = {
  numEnvs: 2,
  dtype: 'float64',
  observations: Float64Array.of(1, 3, 2, 6, 5, 1, 4, 4),
  rewards: [1, 2, 3, -4, 5, 6],
  terminated: [0, 0, 1, 0, 0, 0],
  truncated: [0, 0, 0, 1, 0, 0],
  final: Float64Array.of(-7, 9),
};

describe('shared statistics', () => {
  it('take in the N observations that the policy sees next, and not the last ones of episodes', () => {
    const env = new NormalizeObservationVectorEnv(replayedEnv(course), { statistics: 'shared' });
    env.reset();
    const expected = new RunningMeanStd(1);
    expected.update([1, 3], 0, 2);
    const shown = (value: number): number => Math.fround((value - expected.mean[0]!) / Math.sqrt(expected.variance[0]! + 1e-8));
    expect(Array.from(env.observations)).toEqual([shown(1), shown(3)]);
    env.step(noActions);
    expected.update([2, 6], 0, 2);
    env.step(noActions);
    expected.update([5, 1], 0, 2);
    expect(Array.from(env.observations)).toEqual([shown(5), shown(1)]);
    expect(Array.from(env.finalObservations)).toEqual([shown(-7), shown(9)]);
    expect(env.statistics).toEqual({ mean: expected.mean, variance: expected.variance, count: expected.count });
  });

  it('scale rewards by one variance of all discounted returns', () => {
    const env = new NormalizeRewardVectorEnv(replayedEnv(course), { statistics: 'shared', gamma: 0.5 });
    const expected = new RunningMeanStd(1);
    env.reset();
    // G: 1, 2; then 0.5 * 1 * 0 + 3 (terminated) and 0.5 * 2 - 4 (truncated); then 0.5 * 3 + 5 and 0.5 * -3 + 6.
    for (const [discounted, rewards] of [
      [
        [1, 2],
        [1, 2],
      ],
      [
        [3, -3],
        [3, -4],
      ],
      [
        [6.5, 4.5],
        [5, 6],
      ],
    ]) {
      env.step(noActions);
      expected.update(discounted!, 0, 2);
      expect(Array.from(env.rewards)).toEqual(rewards!.map((reward) => reward / Math.sqrt(expected.variance[0]! + 1e-8)));
    }
  });

  it('and perEnv are the same with one environment', () => {
    const walk = fc.array(fc.tuple(fc.float({ min: -50, max: 50, noNaN: true }), fc.integer({ min: -3, max: 3 })), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(walk, (steps) => {
        const recording: Recording = {
          numEnvs: 1,
          dtype: 'float64',
          observations: Float64Array.from(steps, ([observation]) => observation),
          rewards: steps.slice(1).map(([, reward]) => reward),
          terminated: new Uint8Array(steps.length),
          truncated: new Uint8Array(steps.length),
          final: new Float64Array(0),
        };
        const both = (['shared', 'perEnv'] as const).map((owner) => wrapped(recording, owner));
        for (const env of both) env.reset();
        for (let t = 1; t < steps.length; t++) {
          for (const env of both) env.step(noActions);
          expect(both[0]!.observations).toEqual(both[1]!.observations);
          expect(both[0]!.rewards).toEqual(both[1]!.rewards);
        }
      }),
    );
  });
});

function wrapped(recording: Recording, owner: StatisticsOwner, keepsState = true): ReturnType<typeof normalized>['env'] {
  return withStatistics(recording, owner, keepsState).env;
}

function withStatistics(recording: Recording, owner: StatisticsOwner, keepsState: boolean): ReturnType<typeof normalized> {
  const settings = { normalizeObservation: owner, normalizeReward: owner, clipObservation: 10, clipReward: 10, gamma: 0.9 };
  return normalized(replayedEnv(recording, { keepsState }), settings);
}

describe('the wrappers', () => {
  it.each(['shared', 'perEnv'] as const)('%s: go on from a state with the same bits', (owner) => {
    const recording = recordingOf(cases[0]![3]);
    const whole = wrapped(recording, owner);
    whole.reset();
    for (let t = 0; t < 50; t++) whole.step(noActions);
    const resumed = wrapped(recording, owner);
    resumed.reset();
    resumed.setState(whole.getState()!);
    expect(resumed.getState()).toEqual(whole.getState());
    for (let t = 0; t < 50; t++) {
      expect(resumed.observations).toEqual(whole.observations);
      expect(resumed.finalObservations).toEqual(whole.finalObservations);
      expect(resumed.rewards).toEqual(whole.rewards);
      whole.step(noActions);
      resumed.step(noActions);
    }
    expect(resumed.getState()).toEqual(whole.getState());
  });

  it.each(['shared', 'perEnv'] as const)('%s: keep the statistics of an environment without a state', (owner) => {
    const recording = recordingOf(cases[0]![3]);
    const first = withStatistics(recording, owner, false);
    first.env.reset();
    for (let t = 0; t < 20; t++) first.env.step(noActions);
    expect(first.env.getState()).toBeUndefined();
    const second = withStatistics(recording, owner, false);
    second.env.reset();
    for (const [name, array] of Object.entries(first.normalization!.arrays)) second.normalization!.arrays[name]!.set(array as never);
    second.normalization!.restored();
    expect(second.normalization!.arrays).toEqual(first.normalization!.arrays);
    expect(second.normalization!.normalizer()).toEqual(first.normalization!.normalizer());
    // A new episode, shown as the old statistics see it: the first observation of environment 0, entry 0.
    const arrays = first.normalization!.arrays;
    const shown = (recording.observations[0]! - arrays['observation/mean']![0]!) / Math.sqrt(arrays['observation/variance']![0]! + 1e-8);
    expect(second.env.observations[0]).toBe(Math.fround(Math.min(Math.max(shown, -10), 10)));
  });

  it('leave raw what is not theirs', () => {
    const inner = replayedEnv(course);
    const { env } = withStatistics(course, 'shared', true);
    expect(env.observationSpace).toEqual(inner.observationSpace);
    const alone = new NormalizeRewardVectorEnv(inner, { statistics: 'shared', gamma: 0.9 });
    expect(alone.episodeReturns).toBe(inner.episodeReturns);
    expect(alone.observations).toBe(inner.observations);
    alone.reset();
    alone.step(noActions);
    expect(Array.from(inner.rewards)).toEqual([1, 2]);
  });

  it('cut at the bounds given', () => {
    const settings = {
      normalizeObservation: 'shared',
      normalizeReward: 'shared',
      clipObservation: 0.5,
      clipReward: 0.25,
      gamma: 0.9,
    } as const;
    const { env, normalization } = normalized(replayedEnv(course), settings);
    env.reset();
    expect(Array.from(env.observations)).toEqual([-0.5, 0.5]);
    env.step(noActions);
    expect(Array.from(env.rewards)).toEqual([0.25, 0.25]);
    expect(normalization!.normalizer()!.clip).toBe(0.5);
  });

  it('are left out where nothing is asked for', () => {
    const inner = replayedEnv(course);
    const settings = { normalizeObservation: 'none', normalizeReward: 'none', clipObservation: 10, clipReward: 10, gamma: 0.9 } as const;
    expect(normalized(inner, settings)).toEqual({ env: inner });
    const rewards = normalized(inner, { ...settings, normalizeReward: 'perEnv' });
    expect(rewards.env.observations).toBe(inner.observations);
    expect(rewards.normalization!.normalizer()).toBeUndefined();
  });

  it('refuse discrete observations, a bound of 0, and a discount above 1', () => {
    const inner = { ...replayedEnv(course), observationSpace: discrete(48) };
    expect(() => new NormalizeObservationVectorEnv(inner, { statistics: 'shared' })).toThrow(
      'normalizeObservation: expected an environment whose observations are a box, got Discrete(48)',
    );
    expect(() => new NormalizeObservationVectorEnv(replayedEnv(course), { statistics: 'shared', clip: 0 })).toThrow(
      'clipObservation: expected',
    );
    expect(() => new NormalizeRewardVectorEnv(inner, { statistics: 'shared', gamma: 0.9, clip: Number.NaN })).toThrow(
      'clipReward: expected',
    );
    expect(() => new NormalizeRewardVectorEnv(inner, { statistics: 'shared', gamma: 1.1 })).toThrow('gamma: expected a number from 0 to 1');
  });

  it('refuse a state of another shape', () => {
    const env = wrapped(course, 'shared');
    env.reset();
    const { 'normalizeObservation/mean': _mean, ...state } = env.getState()!;
    expect(() => env.setState(state)).toThrow('NormalizeObservationVectorEnv.setState: expected normalizeObservation/mean');
    expect(() => wrapped(course, 'perEnv').setState(env.getState()!)).toThrow('a Float64Array of length 2');
  });
});
