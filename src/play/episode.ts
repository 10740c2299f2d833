/**
 * One episode in one environment, a step at a time: by a policy, or by hand.
 */
import type { Action, Env, Observation, Seed } from '../core/env.ts';
import { failure } from '../core/errors.ts';
import { actionAt, clipToBox, completeSpace, createRows, flatSize, type Mask, type Space, storeElement, writePath } from '../core/space.ts';
import type { Policy } from '../policy/policy.ts';
import { noIteration } from '../random/index.ts';

/** How an episode is played. */
export interface PlayOptions {
  /** Seed of the environment. By default its generator goes on. */
  readonly seed?: Seed;
  /** The most probable action (or the mean) instead of a sample. Default true. */
  readonly greedy?: boolean;
  /** Which of several episodes this is, from 0: chooses the random numbers of sampled actions. Default 0. */
  readonly index?: number;
  /** The episode is cut here. By default only the environment cuts it. */
  readonly maxSteps?: number;
}

/** Where an episode stands. */
export interface Moment {
  /** Steps so far; 0 for the moment after the reset. */
  readonly step: number;
  /** Reward of the step that led here; 0 at the beginning. */
  readonly reward: number;
  /** Undiscounted return so far. */
  readonly return: number;
  /** The episode ended by the rules of the task. */
  readonly terminated: boolean;
  /** The episode was cut: by the environment's limit or by `maxSteps`. */
  readonly truncated: boolean;
}

/** What the policy made of an observation. */
export interface Decision {
  /** Categorical: one logit per value of each entry of the action, `-Infinity` where a mask does not allow it. Gaussian: the mean of each number of the action. */
  readonly outputs: readonly number[];
  /** What is done: an index for each entry of an action of whole numbers, or the numbers of a box after the cut to its bounds. */
  readonly taken: readonly number[];
}

/** The observation as a vector environment stores it, so that a policy sees the same bits. */
function storedObservation(space: Space, observation: Observation): Float32Array | Float64Array {
  const row = createRows(space, 1);
  storeElement(space, observation, row, 0, ({ path, expected, got }) => {
    throw failure(writePath('environment: observation', path), expected, got, 'fix the environment; checkEnv finds more');
  });
  return row;
}

/** The indices of an action that is no box's. */
function indicesOf(space: Space, action: Action): number[] {
  if (typeof action === 'number') return [action - (space as { readonly start: number }).start];
  return Array.from(action, (value, k) => value - (space.kind === 'multiDiscrete' ? space.start[k]! : 0));
}

/** An episode: with the seed and the index of an evaluation episode it is that very episode. */
export class Episode {
  readonly policy: Policy;
  readonly env: Env;
  /** Of the steps to come. */
  greedy: boolean;
  /** Whether at least one step was done by hand. */
  byHand = false;
  readonly #index: number;
  readonly #maxSteps: number;
  readonly #observationSpace: Space;
  readonly #actionSpace: Space;
  #observation: Observation;
  #mask: unknown;
  #moment: Moment = { step: 0, reward: 0, return: 0, terminated: false, truncated: false };
  #decision: Decision | undefined;

  /** Resets the environment. */
  constructor(policy: Policy, env: Env, { seed, greedy = true, index = 0, maxSteps = Number.POSITIVE_INFINITY }: PlayOptions = {}) {
    this.policy = policy;
    this.env = env;
    this.greedy = greedy;
    this.#index = index;
    this.#maxSteps = maxSteps;
    this.#observationSpace = completeSpace(env.observationSpace, 'environment: observationSpace');
    this.#actionSpace = completeSpace(env.actionSpace, 'environment: actionSpace');
    const { observation, info } = env.reset(seed === undefined ? undefined : { seed });
    this.#observation = observation;
    this.#mask = info?.actionMask;
  }

  /** What the environment shows now. */
  get observation(): Observation {
    return this.#observation;
  }

  get moment(): Moment {
    return this.#moment;
  }

  get isOver(): boolean {
    const { terminated, truncated, step } = this.#moment;
    return terminated || truncated || step >= this.#maxSteps;
  }

  /** The decision that led here; before the first step the one that the policy would take. */
  get decision(): Decision {
    this.#decision ??= this.#decide();
    return this.#decision;
  }

  /** One step: the policy's action, or the one given. Nothing happens after the end. */
  advance(byHand?: Action): void {
    if (this.isOver) return;
    const decision = this.#decide(byHand);
    const { taken } = decision;
    const result = this.env.step(actionAt(this.#actionSpace, taken, 0));
    const { reward, terminated } = result;
    const step = this.#moment.step + 1;
    const truncated = result.truncated || step >= this.#maxSteps;
    this.#observation = result.observation;
    // After the end of an episode nothing is chosen, and a mask may allow nothing.
    this.#mask = terminated || truncated ? undefined : result.info?.actionMask;
    this.#moment = { step, reward, return: this.#moment.return + reward, terminated, truncated };
    this.#decision = decision;
    this.byHand ||= byHand !== undefined;
  }

  #decide(byHand?: Action): Decision {
    const { policy, greedy } = this;
    const { step } = this.#moment;
    const scratch = policy.scratch(1);
    policy.encodeObservations(storedObservation(this.#observationSpace, this.#observation), 1, scratch.inputs);
    const masks = policy.takeMask(this.#mask, 'environment: info.actionMask', scratch);
    policy.sample(scratch, 1, { iteration: noIteration, step, stream: 'evaluation', greedy, firstEnv: this.#index }, masks);
    const mask = this.#mask as Mask | undefined;
    const outputs = Array.from(policy.forward(scratch, 1), (output, k) => (mask && !mask[k] ? -Infinity : output));
    const space = this.#actionSpace;
    if (space.kind !== 'box')
      return { outputs, taken: byHand === undefined ? Array.from(scratch.actions.subarray(0, flatSize(space))) : indicesOf(space, byHand) };
    const chosen = byHand === undefined || typeof byHand === 'number' ? scratch.actions : byHand;
    return { outputs, taken: Array.from(clipToBox(space, chosen, new Float32Array(space.size))) };
  }
}
