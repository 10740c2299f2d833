/**
 * One agent in one environment, episode after episode: what the page does when its clock ticks. No DOM here.
 */
import type { Action, Env, Policy } from '../browser/index.ts';
import { environmentSeeds } from '../envs/seeding.ts';
import { Episode } from '../play/episode.ts';
import { lengthen, type Stretch } from './stretches.ts';

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
  /** Whether its last actions were greedy. */
  readonly greedy: boolean;
  /** Who played from which step on; more than one where a person took over, or the actions changed, on the way. */
  readonly stretches: readonly Stretch[];
}

/** Episodes that are remembered. */
const maxRemembered = 200;

/** Softmax of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const top = Array.prototype.reduce.call(logits, (a, b) => Math.max(a as number, b as number), Number.NEGATIVE_INFINITY) as number;
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** An agent at play. Episode k of seed s is the k-th one of an evaluation with that seed. */
export class Player {
  readonly env: Env;
  /** Plays from the next episode on. */
  policy: Policy;
  greedy = true;
  /** Stands in the list of episodes. */
  policyName = '';
  seed = 0;
  /** Counted from 1 within the seed. */
  episode = 0;
  /** The episode that is played, from the first {@link restart} on. */
  current!: Episode;
  /** Newest last. */
  readonly history: PlayedEpisode[] = [];
  readonly #maxSteps: number | undefined;
  #stretches: readonly Stretch[] = [];

  /** `maxSteps` cuts episodes of tasks without a limit of their own. Call {@link restart} before the first step. */
  constructor(env: Env, policy: Policy, maxSteps?: number) {
    this.env = env;
    this.policy = policy;
    this.#maxSteps = maxSteps;
  }

  /** Begins the first episode of a seed. */
  restart(seed: number): void {
    this.seed = seed;
    this.episode = 0;
    this.nextEpisode();
  }

  /** Begins the next episode of the seed. */
  nextEpisode(): void {
    const { policy, env, greedy } = this;
    const index = this.episode++;
    const seed = environmentSeeds(this.seed, index + 1, 'cohort', 'evaluation')[index]!;
    this.#stretches = [];
    this.current = new Episode(policy, env, { seed, index, greedy, maxSteps: this.#maxSteps });
  }

  /** One step: the policy's action, or the one given. Nothing happens after the end of an episode. */
  advance(action?: Action): void {
    const { current, seed, episode, policyName, greedy } = this;
    if (current.isOver) return;
    current.greedy = greedy;
    this.#stretches = lengthen(this.#stretches, action !== undefined ? 'person' : greedy ? 'greedy' : 'sampled', current.moment.step);
    current.advance(action);
    if (!current.isOver) return;
    const { step: steps, return: total } = current.moment;
    this.history.push({ seed, episode, steps, total, byHand: current.byHand, policyName, greedy, stretches: this.#stretches });
    if (this.history.length > maxRemembered) this.history.shift();
  }
}
