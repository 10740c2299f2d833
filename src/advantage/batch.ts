/**
 * What an estimator reads: a time-major (T, N) rollout with its trajectories. Entry (t, env) of an array is `t * numEnvs + env`.
 */
import { type CohortError, mistake, show, suggest } from '../core/errors.ts';
import type { Trajectories } from '../core/trajectory.ts';

/** Numbers of either width; all arithmetic on them is float64. */
export type Floats = Float32Array | Float64Array;

/** A rollout as the estimators see it. Steps that belong to no trajectory are left out of everything. */
export interface AdvantageBatch {
  /** T. */
  readonly numSteps: number;
  /** N. */
  readonly numEnvs: number;
  /** (T, N). */
  readonly rewards: Floats;
  /** The rollout's trajectories, ordered by environment, then by start. */
  readonly trajectories: Trajectories;
  /** (T, N, D) what the policy saw; needed by the bins that look at it. */
  readonly observations?: Floats;
  /** D; needed with `observations`. */
  readonly observationSize?: number;
  /** (T, N, A) what the policy did, whole numbers as Int32Array; only bins `action-time` and custom bin keys read it, and only the past. */
  readonly actions?: Int32Array | Floats;
  /** A, 1 by default. */
  readonly actionSize?: number;
  /** (N, D) the observation after the last row; needed by tail `bootstrap` with bins that look at observations. */
  readonly edgeObservations?: Floats;
  /** (T, N, D) the true last observation after a step, read only where a trajectory was truncated; needed by `bootstrapTruncated`. */
  readonly finalObservations?: Floats;
  /** One number per trajectory: the true discounted return after its last step; needed by tail `complete`, read where the edge cut. */
  readonly edgeValues?: Float64Array;
  /** (N) the group 0 .. numGroups-1 of every environment (say, one initial state each); no bin crosses groups. Left out: one group. */
  readonly groups?: Int32Array;
  /** How many groups there are; needed with `groups`. */
  readonly numGroups?: number;
  /** (T + 1, N) what states are worth, NaN where nobody asked; row T is after the last one. Read by `stretchAdvantages` alone. */
  readonly stateValues?: Float64Array;
}

/** Throws {@link CohortError} unless the arrays of the batch fit its T and N, its rewards are finite and its trajectories are in order. */
export function checkBatch(batch: AdvantageBatch): void {
  const { numSteps, numEnvs, trajectories } = batch;
  const size = numSteps * numEnvs;
  const depth = batch.observationSize ?? 1;
  expectLength('rewards', batch.rewards, size);
  if (batch.observations) expectLength('observations', batch.observations, size * depth);
  if (batch.actions) expectLength('actions', batch.actions, size * (batch.actionSize ?? 1));
  if (batch.edgeObservations) expectLength('edgeObservations', batch.edgeObservations, numEnvs * depth);
  if (batch.finalObservations) expectLength('finalObservations', batch.finalObservations, size * depth);
  if (batch.groups) {
    expectLength('groups', batch.groups, numEnvs);
    const most = batch.numGroups ?? 0;
    for (let env = 0; env < numEnvs; env++) {
      const group = batch.groups[env]!;
      if (group < 0 || group >= most) {
        throw batchError(`groups[${env}]`, `a group of 0 .. numGroups - 1 = ${most - 1}`, String(group), 'number the groups from 0');
      }
    }
  }
  for (let i = 1; i < trajectories.count; i++) {
    const step = trajectories.env[i]! - trajectories.env[i - 1]!;
    if (step < 0 || (step === 0 && trajectories.start[i]! < trajectories.end[i - 1]!)) {
      throw batchError(
        `trajectory ${i}`,
        'trajectories ordered by environment, then by start, apart',
        'another order',
        'use cutTrajectories',
      );
    }
  }
  for (let step = 0; step < size; step++) {
    const reward = batch.rewards[step]!;
    if (reward - reward !== 0) {
      const place = `rewards: step ${Math.floor(step / numEnvs)} of environment ${step % numEnvs}`;
      throw batchError(place, 'a finite number', String(reward), 'fix the environment or its reward wrapper');
    }
  }
}

/** The error of a batch or of settings that do not fit. */
export function batchError(subject: string, expected: string, got: string, advice: string): CohortError {
  return mistake(subject, expected, got, advice);
}

/** Throws {@link CohortError} with the nearest names unless the value is one of the names. */
export function checkName(subject: string, value: string, names: readonly string[]): void {
  if (!names.includes(value)) throw batchError(subject, `one of ${names.join(', ')}`, show(value), suggest(value, names));
}

function expectLength(name: string, array: { readonly length: number }, length: number): void {
  if (array.length !== length) throw batchError(`batch.${name}`, `${length} entries`, String(array.length), 'check T, N and the sizes');
}
