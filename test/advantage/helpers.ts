/** Small rollouts for the tests of the estimators. */
import fc from 'fast-check';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { defaultEstimatorSettings, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { type Ending, endings, type Trajectories } from '../../src/core/trajectory.ts';
import { createTrajectories, cutTrajectories } from '../../src/rollout/trajectories.ts';

/** One trajectory in an environment of its own, from row 0. */
export interface Sample {
  readonly rewards: readonly number[];
  readonly states?: readonly number[];
  readonly actions?: readonly number[];
  readonly ending?: Ending;
}

/** One environment per sample; shorter ones leave cells of the rollout that belong to no trajectory. */
export function batchOf(samples: readonly Sample[], more: Partial<AdvantageBatch> = {}): AdvantageBatch {
  const numEnvs = samples.length;
  const numSteps = Math.max(...samples.map(({ rewards }) => rewards.length));
  const table = (pick: (sample: Sample) => readonly number[] | undefined): Float64Array => {
    const values = new Float64Array(numSteps * numEnvs);
    samples.forEach((sample, env) => {
      pick(sample)?.forEach((value, t) => {
        values[t * numEnvs + env] = value;
      });
    });
    return values;
  };
  const trajectories: Trajectories = createTrajectories(numEnvs);
  trajectories.count = numEnvs;
  samples.forEach((sample, env) => {
    trajectories.env[env] = env;
    trajectories.end[env] = sample.rewards.length;
    trajectories.startedByReset[env] = 1;
    trajectories.endedBy[env] = endings[sample.ending ?? 'terminated'];
  });
  return {
    numSteps,
    numEnvs,
    rewards: table((sample) => sample.rewards),
    observations: table((sample) => sample.states),
    observationSize: 1,
    actions: table((sample) => sample.actions),
    trajectories,
    ...more,
  };
}

/** The values of the (T, N) array along every trajectory. */
export function perTrajectory(batch: AdvantageBatch, values: ArrayLike<number>): number[][] {
  const { trajectories, numEnvs } = batch;
  return Array.from({ length: trajectories.count }, (_, i) =>
    Array.from(
      { length: trajectories.end[i]! - trajectories.start[i]! },
      (_, k) => values[(trajectories.start[i]! + k) * numEnvs + trajectories.env[i]!]!,
    ),
  );
}

/** Advantages per trajectory; scale `none` by default. */
export function advantagesOf(batch: AdvantageBatch, settings: Partial<EstimatorSettings> = {}): number[][] {
  return perTrajectory(batch, estimateAdvantages(batch, { ...defaultEstimatorSettings, scale: 'none', ...settings }).advantages);
}

/** The worked example of docs/gpg.md. */
export const workedExample: readonly Sample[] = [
  { rewards: [1, 0, 2], states: [0, 1, 0] },
  { rewards: [0, 4], states: [1, 0] },
  { rewards: [3], states: [0] },
];

/** A rollout with flags, as a collector would give it. */
export interface RandomRollout {
  readonly batch: AdvantageBatch;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
}

/** Random rollouts of one shape, with ends of both kinds. */
export function rolloutsOf(numSteps: number, numEnvs: number): fc.Arbitrary<RandomRollout> {
  const size = numSteps * numEnvs;
  const cells = <T>(cell: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(cell, { minLength: size, maxLength: size });
  const perEnv = <T>(cell: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(cell, { minLength: numEnvs, maxLength: numEnvs });
  return fc
    .record({
      ends: cells(fc.integer({ min: 0, max: 9 })),
      rewards: cells(fc.double({ min: -3, max: 3, noNaN: true })),
      observations: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2 * size, maxLength: 2 * size }),
      actions: cells(fc.integer({ min: -1, max: 1 })),
      edge: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2 * numEnvs, maxLength: 2 * numEnvs }),
      reset: perEnv(fc.integer({ min: 0, max: 1 })),
      elapsed: perEnv(fc.integer({ min: 1, max: 5 })),
    })
    .map(({ ends, rewards, observations, actions, edge, reset, elapsed }) => {
      const terminated = Uint8Array.from(ends, (end) => (end === 0 ? 1 : 0));
      const truncated = Uint8Array.from(ends, (end) => (end === 1 ? 1 : 0));
      const startedByReset = Uint8Array.from(reset);
      const elapsedAtStart = Int32Array.from(elapsed, (value, env) => (reset[env] === 1 ? 0 : value));
      const trajectories = cutTrajectories({ numSteps, numEnvs, terminated, truncated, startedByReset, elapsedAtStart });
      return {
        batch: {
          numSteps,
          numEnvs,
          rewards: Float64Array.from(rewards),
          observations: Float64Array.from(observations),
          observationSize: 2,
          edgeObservations: Float64Array.from(edge),
          actions: Int32Array.from(actions),
          trajectories,
        },
        terminated,
        truncated,
      };
    });
}

/** Random rollouts of every small shape. */
export const rollouts: fc.Arbitrary<RandomRollout> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .chain(([numSteps, numEnvs]) => rolloutsOf(numSteps, numEnvs));

/** Mean of a list. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a list. */
export function deviation(values: readonly number[], kind: 'sample' | 'population'): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (kind === 'sample' ? values.length - 1 : values.length));
}
