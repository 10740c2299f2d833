/**
 * What a problem is: a prompt, and what its answer is worth.
 */
import type { Prompt } from './prompt.ts';

/** A turn to be imitated. */
export interface SolutionTurn {
  /** What is appended before it; for the model to read. */
  readonly append?: string;
  /** What the model is to say; the end token follows. */
  readonly text: string;
}

/** Named parts of a reward, each a finite number; a part's weight in the total is 1 by default. */
export type RewardComponents = Readonly<Record<string, number>>;

/** One problem. */
export interface Problem {
  /** What the model is given, as its tokenizer can read it: only characters of the alphabet if the task has one. */
  readonly prompt: Prompt;
  /** A right completion, for the warm start; left out if there is none to show. */
  readonly solution?: string;
  /** The same for a task with a `rollout`: what the model is to say in every turn, and what is appended between. */
  readonly solutionTurns?: readonly SolutionTurn[];
  /**
   * What a completion is worth. `completion` is its text up to, and without, the end token; `ended` is false if it was cut at the maximum length. A number
   * stands for the component `reward`. A promise has `rewardSeconds` to settle; what is none cannot be interrupted, unless the task is a module's and the run has a `rewardTimeout`. A reward that throws, is not finite or takes too long is counted and shown,
   * and its completion is left out of its group; it is never a silent 0. Of a task with a `rollout` it judges the last turn, where the rollout itself says nothing (see `EpisodeTask`).
   */
  reward(completion: string, ended: boolean): RewardComponents | number | Promise<RewardComponents | number>;
}

/** A problem whose episodes the task's `rollout` judges itself. */
export type EpisodeProblem = Omit<Problem, 'reward'> & Partial<Pick<Problem, 'reward'>>;
