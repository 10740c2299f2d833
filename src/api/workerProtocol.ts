/**
 * What is said between a program and the worker that trains for it. Plain data that structured clones carry.
 */
import type { PackedError } from '../core/packedError.ts';
import type { MujocoAddresses } from '../envs/mujoco/addresses.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunSummary } from '../run/summary.ts';
import type { IterationResult } from '../training/trainee.ts';
import type { RunOptions } from './context.ts';

/** Of the options of `train`, those that say what a run is, and not how a program follows it. */
export type NewRunOptions = Pick<RunOptions, 'name' | 'tags' | 'from' | 'fromIteration' | 'withOptimizer'>;

/** A run to begin, or one to go on with. What was given is checked in the worker. */
export interface WorkerOrder {
  readonly kind: 'train' | 'resume';
  /** The configuration; or what `resume` takes besides the folder. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What a new run takes besides, as plain data: what it is called, and what it begins from. */
  readonly run: NewRunOptions;
  /** A run to go on with has one. */
  readonly runDirectory?: string | undefined;
  /** Addresses of modules of the user, loaded before anything else. */
  readonly modules: readonly string[];
  /** Whether the program hears events. */
  readonly listens: boolean;
  /** Where MuJoCo is, for pages. */
  readonly mujoco: MujocoAddresses;
}

/** What a run is asked for; each question has one answer. */
export type Question = 'next' | 'finish' | 'snapshot' | 'close';

/** What a worker hears: first what to train, then questions, and that it is to stop. */
export type WorkerRequest =
  | { readonly kind: 'begin'; readonly order: WorkerOrder }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'stop' };

/** A policy as the bytes of a policy file, and what the file does not tell. */
export interface PackedPolicy {
  readonly bytes: Uint8Array;
  readonly arithmetic: 'plain' | 'fused';
}

/** What a run gave at its end. */
export interface PackedResult {
  readonly summary: RunSummary;
  readonly policy: PackedPolicy;
}

/** What comes back. */
export type Answer =
  | { readonly kind: 'iteration'; readonly iteration: IterationResult }
  | { readonly kind: 'result'; readonly result: PackedResult }
  | { readonly kind: 'policy'; readonly policy: PackedPolicy };

/** What a worker tells: events as they happen, and answers. */
export type WorkerMessage =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PackedError };
