/** Rewards on one scale: by the running standard deviation of the discounted return, cut. */
import type { EnvState, VectorEnv } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { varianceEpsilon } from './runningMeanStd.ts';
import { checkClip, StatisticsBlock, type StatisticsOwner } from './statisticsBlock.ts';
import { VectorWrapper } from './vectorWrapper.ts';

/** How rewards are normalized. */
export interface NormalizeRewardOptions {
  readonly statistics: StatisticsOwner;
  /** Discount of the return that gives the scale: the discount of training. */
  readonly gamma: number;
  /** Normalized rewards are cut to [-clip, clip]. Default 10, as in CleanRL's `ppo_continuous_action.py`. */
  readonly clip?: number;
}

const prefix = 'normalizeReward/';

/**
 * A vector environment whose rewards are `clip(r / sqrt(variance + 1e-8))`, without subtracting a mean. The variance is that of
 *
 *     G = gamma G (1 - terminated) + r
 *
 * over all steps so far, the present one included. It is Gymnasium's `NormalizeReward`, with its two oddities: G runs on over a truncation
 * and over a `reset`. And since the reward of the last step is added after the zero, it is carried into the next episode.
 *
 * `perEnv`: each environment has its own variance, with the bits of Gymnasium's wrapper (0.29 to 1.3) inside every environment. `shared`: the N
 * values of G of a step enter one variance, at once. `episodeReturns` stay raw. Statistics and G are part of the state.
 */
export class NormalizeRewardVectorEnv extends VectorWrapper {
  readonly #gamma: number;
  readonly #clip: number;
  readonly #statistics: StatisticsBlock;
  /** G. (N) */
  readonly #discounted: Float64Array;
  readonly #shown: Float64Array;

  /** Throws {@link CohortError} unless `gamma` is from 0 to 1 and `clip` above 0. */
  constructor(env: VectorEnv, { statistics, gamma, clip = 10 }: NormalizeRewardOptions) {
    const rewards = new Float64Array(env.numEnvs);
    super(env, { rewards });
    if (!(gamma >= 0 && gamma <= 1)) {
      throw mistake('NormalizeRewardVectorEnv: gamma', 'a number from 0 to 1', show(gamma), 'pass the discount of training');
    }
    this.#gamma = gamma;
    this.#clip = checkClip('clipReward', clip);
    this.#statistics = new StatisticsBlock(statistics, env.numEnvs, 1);
    this.#discounted = new Float64Array(env.numEnvs);
    this.#shown = rewards;
  }

  override step(actions: Int32Array | Float32Array): void {
    this.env.step(actions);
    const { rewards, terminated } = this.env;
    const discounted = this.#discounted;
    const isShared = this.#statistics.kind === 'shared';
    for (let i = 0; i < this.numEnvs; i++) {
      discounted[i] = discounted[i]! * this.#gamma * (1 - terminated[i]!) + rewards[i]!;
      if (!isShared) this.#statistics.sets[i]!.update(discounted, i);
    }
    if (isShared) this.#statistics.sets[0]!.update(discounted, 0, this.numEnvs);
    for (let i = 0; i < this.numEnvs; i++) {
      const value = rewards[i]! / Math.sqrt(this.#statistics.of(i).variance[0]! + varianceEpsilon);
      this.#shown[i] = Math.min(Math.max(value, -this.#clip), this.#clip);
    }
  }

  /** Nothing was rewarded yet. */
  override reset(seeds?: Parameters<VectorEnv['reset']>[0]): void {
    this.env.reset(seeds);
    this.#shown.fill(0);
  }

  /** Views of the statistics and of G, for a checkpoint when the environment inside cannot give its state. */
  get statisticsArrays(): EnvState {
    return { ...this.#statistics.arrays, discounted: this.#discounted };
  }

  override getState(): EnvState | undefined {
    const inner = this.env.getState();
    return inner && { ...inner, ...saveArrays({ ...this.statisticsArrays, rewards: this.#shown }, prefix) };
  }

  override setState(state: EnvState): void {
    this.env.setState(state);
    restoreArrays('NormalizeRewardVectorEnv', { ...this.statisticsArrays, rewards: this.#shown }, state, prefix);
  }
}
