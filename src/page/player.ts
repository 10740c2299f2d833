/**
 * One agent in one environment, step by step: what the page does when its clock ticks. No DOM here.
 */
import { type Action, type Env, environmentSeeds, flatSize, type Observation, type Policy, type Space } from '../browser/index.ts';

/** What the policy made of an observation. */
export interface Decision {
  /** Categorical: one probability per action. Gaussian: the mean of each number of the action. */
  readonly values: readonly number[];
  /** Gaussian: standard deviation of each number. */
  readonly deviations: readonly number[] | undefined;
  /** What was done: the index of a discrete action (one number), or the numbers of a box after cutting to its bounds. */
  readonly taken: readonly number[];
}

/** An episode that is over. */
export interface PlayedEpisode {
  readonly seed: number;
  /** Counted from 1 within the seed. */
  readonly episode: number;
  readonly steps: number;
  readonly total: number;
  /** Whether a person drove, for at least one step. */
  readonly byHand: boolean;
  /** Name of the policy that played. */
  readonly policyName: string;
  readonly greedy: boolean;
}

/** How an episode ended: by the rules of the task, by a time limit, or not yet. */
export type Ending = 'terminated' | 'truncated' | undefined;

/** The iteration number with which `evaluateRun` draws. */
const evaluationIteration = 0xffffffff;

/** Episodes that are remembered. */
const maxRemembered = 200;

/** Arrays in kernel memory for what a network says of one observation. */
interface Reading {
  readonly outputs: Float32Array;
  readonly logStd: Float32Array | undefined;
}

function readingOf(policy: Policy): Reading {
  const { actionSpace } = policy.spec;
  const size = actionSpace.kind === 'discrete' ? actionSpace.n : actionSpace.size;
  return { outputs: policy.kernels.float32(size), logStd: actionSpace.kind === 'box' ? policy.parameters.logStd : undefined };
}

/** Softmax of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const top = Array.prototype.reduce.call(logits, (a, b) => Math.max(a as number, b as number), Number.NEGATIVE_INFINITY) as number;
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Numbers of an action cut to its box, as training and evaluation cut them. */
export function cutToBox(values: ArrayLike<number>, space: Space): Float32Array {
  if (space.kind !== 'box') return Float32Array.from(values);
  return Float32Array.from({ length: flatSize(space) }, (_, k) => Math.min(Math.max(values[k]!, space.low[k]!), space.high[k]!));
}

/** An agent at play. Episode k of seed s is the k-th one that `evaluateRun` plays with that seed. */
export class Player {
  readonly env: Env;
  readonly #maxSteps: number;
  #policy: Policy;
  #reading: Reading;
  #observation: Observation = 0;
  #byHand = false;
  #decision: Decision | undefined;
  greedy = true;
  /** Stands in the list of episodes. */
  policyName = '';
  seed = 0;
  episode = 0;
  step = 0;
  reward = 0;
  total = 0;
  ending: Ending;
  /** Newest last. */
  readonly history: PlayedEpisode[] = [];

  /** `maxSteps` cuts episodes of tasks without a limit of their own. Call {@link restart} before the first step. */
  constructor(env: Env, policy: Policy, maxSteps: number = Number.POSITIVE_INFINITY) {
    this.env = env;
    this.#maxSteps = maxSteps;
    this.#policy = policy;
    this.#reading = readingOf(policy);
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** Goes on with another policy, from the next step. */
  set policy(policy: Policy) {
    this.#policy = policy;
    this.#reading = readingOf(policy);
    this.#decision = undefined;
  }

  get observation(): Observation {
    return this.#observation;
  }

  /** The last decision; before the first step what the policy would do. */
  get decision(): Decision {
    this.#decision ??= this.#decide();
    return this.#decision;
  }

  /** Whether a person drove in this episode. */
  get byHand(): boolean {
    return this.#byHand;
  }

  /** Begins the first episode of a seed. */
  restart(seed: number): void {
    this.seed = seed;
    this.episode = 0;
    this.nextEpisode();
  }

  /** Begins the next episode of the seed. */
  nextEpisode(): void {
    const seeds = environmentSeeds(this.seed, this.episode + 1, 'cohort', 'evaluation');
    this.#observation = this.env.reset({ seed: seeds[this.episode]! }).observation;
    this.episode++;
    this.step = 0;
    this.reward = 0;
    this.total = 0;
    this.ending = undefined;
    this.#byHand = false;
    this.#decision = undefined;
  }

  /** One step: the policy's action, or the one given. Nothing happens after the end of an episode. */
  advance(byHand?: Action): void {
    if (this.ending) return;
    const decision = this.#decide(byHand);
    const { actionSpace } = this.#policy.spec;
    const action = actionSpace.kind === 'discrete' ? decision.taken[0]! + actionSpace.start : Float32Array.from(decision.taken);
    const { observation, reward, terminated, truncated } = this.env.step(action);
    this.#observation = observation;
    this.#decision = decision;
    this.#byHand ||= byHand !== undefined;
    this.step++;
    this.reward = reward;
    this.total += reward;
    if (terminated) this.ending = 'terminated';
    else if (truncated || this.step >= this.#maxSteps) this.ending = 'truncated';
    if (!this.ending) return;
    const { seed, episode, step: steps, total, policyName, greedy } = this;
    this.history.push({ seed, episode, steps, total, byHand: this.#byHand, policyName, greedy });
    if (this.history.length > maxRemembered) this.history.shift();
  }

  #decide(byHand?: Action): Decision {
    const policy = this.#policy;
    const { observationSpace, actionSpace } = policy.spec;
    const { outputs, logStd } = this.#reading;
    const scratch = policy.scratch(1);
    const raw = typeof this.#observation === 'number' ? [this.#observation] : this.#observation;
    // As a vector environment stores it.
    const wide = observationSpace.kind === 'box' && observationSpace.dtype === 'float64';
    policy.encode(wide ? Float64Array.from(raw) : Float32Array.from(raw), 1, scratch.inputs);
    policy.kernels.forward(policy.actor, scratch.inputs, 1, outputs);
    const { greedy, step } = this;
    policy.sample(scratch, 1, { iteration: evaluationIteration, step, stream: 'evaluation', greedy, firstEnv: this.episode - 1 });
    if (actionSpace.kind === 'discrete') {
      const taken = [typeof byHand === 'number' ? byHand - actionSpace.start : scratch.actions[0]!];
      return { values: softmax(outputs), deviations: undefined, taken };
    }
    const chosen = byHand === undefined || typeof byHand === 'number' ? scratch.actions : byHand;
    return {
      values: Array.from(outputs),
      deviations: logStd && Array.from(logStd, (value) => Math.exp(value)),
      taken: Array.from(cutToBox(chosen, actionSpace)),
    };
  }
}
