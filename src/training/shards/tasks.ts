/**
 * What is asked of whoever computes shards, and what it answers: numbers and typed arrays by name, nothing else. Each answer is a function of its task and
 * of the run's configuration, times aside: a task that is done twice, or by another, gives the same bytes.
 */
import { isRecord } from '../../core/arguments.ts';
import type { EnvState, StateArray } from '../../core/env.ts';
import { failure, show } from '../../core/errors.ts';
import type { MinibatchStatistics } from '../../kernels/room.ts';
import type { UpdateArrays } from '../../policy/learner.ts';

/** T steps of the N_k environments of a shard. */
export interface CollectTask {
  /** 0 .. S - 1. */
  readonly shard: number;
  /** 1 for the first. */
  readonly iteration: number;
  /** The flat block of parameters, with its padding: one object for all shards. */
  readonly parameters: Float32Array;
  /** Where the shard's environments stand, wrappers and generators included. */
  readonly env: EnvState;
  /** (N_k) steps since each environment's last reset. */
  readonly elapsed: Int32Array;
}

/** The part of a shard's rollout that gradients read, (T, N_k) in rows; inputs have the edge as one row more. */
export type ShardRollout = Pick<UpdateArrays, 'inputs' | 'actions' | 'logProbs' | 'masks'>;

/** Milliseconds that an answer took: of environments, of the forward and of the backward pass. They differ from time to time. */
export interface ShardTimes {
  readonly env: number;
  readonly forward: number;
  readonly backward: number;
}

/** What a shard collected. */
export interface CollectAnswer {
  readonly shard: number;
  readonly iteration: number;
  /** Comes back in every {@link GradientTask} of the iteration, the same object each time. */
  readonly rollout: ShardRollout;
  /** What only estimators read, by the names of `Rollout`. */
  readonly outcome: Readonly<Record<string, StateArray>>;
  /** What the source of trajectories adds, where it does: see `GroupBatch`. */
  readonly edgeValues?: Float64Array | undefined;
  readonly stateValues?: Float64Array | undefined;
  readonly groups?: Int32Array | undefined;
  /** As in the task, afterwards. */
  readonly env: EnvState;
  readonly elapsed: Int32Array;
  /** (E, 4) episodes that ended: steps that the shard had taken in this iteration, environment of the shard, return, length. */
  readonly episodes: Float64Array;
  /** Environment steps taken, those beyond the rollout included. */
  readonly steps: number;
  /** By the keys of the metrics table; may be left out where there is nothing. */
  readonly measured?: Readonly<Record<string, number>> | undefined;
  readonly milliseconds: ShardTimes;
}

/** What an iteration's estimator made of a shard's rollout, (T, N_k). */
export type ShardEstimate = Pick<UpdateArrays, 'advantages' | 'rowWeights' | 'returns' | 'values'>;

/** A shard's share of the gradient of one minibatch. */
export interface GradientTask {
  readonly shard: number;
  readonly iteration: number;
  /** Which minibatch of the iteration, from 0; those of all epochs count on. */
  readonly minibatch: number;
  /** As they are before this minibatch's step: one object for all shards. */
  readonly parameters: Float32Array;
  /** That of the shard's answer in this iteration, the same object. */
  readonly rollout: ShardRollout;
  /** The same object in every minibatch of the iteration. */
  readonly estimate: ShardEstimate;
  /** The minibatch's rows in this shard, at least one, in the order of the pass: row t, environment n of the shard is t * N_k + n. */
  readonly rows: Int32Array;
  /** Rows of the whole minibatch. */
  readonly of: number;
  /** The loss uses (advantage - mean) * scale; both are of the whole minibatch. */
  readonly mean: number;
  readonly scale: number;
}

/** Figures of a minibatch that are sums over its rows, divided by their number, and then their greatest ratio. */
export const statisticNames = [
  'policyLoss',
  'entropy',
  'approxKl',
  'oldApproxKl',
  'clipFraction',
  'valueLoss',
  'ratioMax',
] as const satisfies readonly (keyof MinibatchStatistics)[];

/** A shard's share: the sum over its rows, divided by the number of rows of the whole minibatch. */
export interface GradientAnswer {
  readonly shard: number;
  readonly iteration: number;
  readonly minibatch: number;
  /** Like the parameters. */
  readonly gradient: Float32Array;
  /** By {@link statisticNames}. */
  readonly statistics: Float64Array;
  readonly milliseconds: ShardTimes;
}

/**
 * Computes shards, here or elsewhere. Tasks of different shards may be given at the same time; answers may come in any order. A promise is rejected where
 * a task cannot be done; the run then fails, and its last checkpoint stays.
 */
export interface ShardExecutor {
  collect(task: CollectTask): Promise<CollectAnswer>;
  gradient(task: GradientTask): Promise<GradientAnswer>;
  /** No more tasks come; frees everything. */
  close(): void;
}

/** Throws `CohortError` unless a task or an answer holds all of these numbers, finite. */
export function checkNumbers(subject: string, record: unknown, names: readonly string[]): void {
  for (const name of names) {
    const value = isRecord(record) ? record[name] : undefined;
    if (Number.isFinite(value)) continue;
    throw failure(`${subject}: ${name}`, 'a finite number', show(value), 'use the same build on all machines');
  }
}

/** Bytes of all arrays in a value. */
export function arrayBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + arrayBytes(inner), 0);
}
