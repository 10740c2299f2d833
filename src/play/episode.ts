/**
 * One episode in one environment, a step at a time: by a policy, or by hand.
 */
import type { Action, Env, Observation, Seed } from '../core/env.ts';
import { clipToBox, type Space } from '../core/space.ts';
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
  /** Categorical: one logit per action. Gaussian: the mean of each number of the action. */
  readonly outputs: readonly number[];
  /** What is done: the index of a discrete action (one number), or the numbers of a box after the cut to its bounds. */
  readonly taken: readonly number[];
}

/** The observation as a vector environment stores it, so that a policy sees the same bits. */
function storedObservation(space: Space, observation: Observation): Float32Array | Float64Array {
  const values = typeof observation === 'number' ? [observation] : observation;
  return space.kind === 'box' && space.dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
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
  #observation: Observation;
  #moment: Moment = { step: 0, reward: 0, return: 0, terminated: false, truncated: false };
  #decision: Decision | undefined;

  /** Resets the environment. */
  constructor(policy: Policy, env: Env, { seed, greedy = true, index = 0, maxSteps = Number.POSITIVE_INFINITY }: PlayOptions = {}) {
    this.policy = policy;
    this.env = env;
    this.greedy = greedy;
    this.#index = index;
    this.#maxSteps = maxSteps;
    this.#observation = env.reset(seed === undefined ? undefined : { seed }).observation;
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
    const space = this.env.actionSpace;
    const vector = space.kind === 'box' && space.dtype === 'float64' ? Float64Array : Float32Array;
    const result = this.env.step(space.kind === 'discrete' ? taken[0]! + space.start : vector.from(taken));
    const { reward, terminated } = result;
    const step = this.#moment.step + 1;
    const truncated = result.truncated || step >= this.#maxSteps;
    this.#observation = result.observation;
    this.#moment = { step, reward, return: this.#moment.return + reward, terminated, truncated };
    this.#decision = decision;
    this.byHand ||= byHand !== undefined;
  }

  #decide(byHand?: Action): Decision {
    const { policy, env, greedy } = this;
    const { step } = this.#moment;
    const scratch = policy.scratch(1);
    policy.encodeObservations(storedObservation(env.observationSpace, this.#observation), 1, scratch.inputs);
    policy.sample(scratch, 1, { iteration: noIteration, step, stream: 'evaluation', greedy, firstEnv: this.#index });
    const outputs = Array.from(policy.forward(scratch, 1));
    const space = env.actionSpace;
    if (space.kind === 'discrete') {
      return { outputs, taken: [typeof byHand === 'number' ? byHand - space.start : scratch.actions[0]!] };
    }
    const chosen = byHand === undefined || typeof byHand === 'number' ? scratch.actions : byHand;
    return { outputs, taken: Array.from(clipToBox(space, chosen, new Float32Array(space.size))) };
  }
}
