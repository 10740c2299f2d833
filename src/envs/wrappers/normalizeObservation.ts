/** Observations on one scale: minus their running mean, by their running standard deviation, cut. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import { mistake } from '../../core/errors.ts';
import { describeSpace, flatSize, isStoredAsValues } from '../../core/space.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { type NormalizeReading, normalizeOne, updateWithOne } from './gymnasiumArithmetic.ts';
import { mergeStatistics, type RunningStatistics } from './runningMeanStd.ts';
import { checkClip, StatisticsBlock, type StatisticsOwner } from './statisticsBlock.ts';
import { VectorWrapper } from './vectorWrapper.ts';

/** How observations are normalized. */
export interface NormalizeObservationOptions {
  readonly statistics: StatisticsOwner;
  /** Normalized observations are cut to [-clip, clip]. Default 10, as in CleanRL's `ppo_continuous_action.py`. */
  readonly clip?: number;
  /** Arithmetic of `perEnv`; `shared` is float64 always. Default `gymnasium-0.29`, which CleanRL is pinned to. */
  readonly reading?: NormalizeReading;
}

const prefix = 'normalizeObservation/';

/**
 * A vector environment whose observations are `clip((observation - mean) / sqrt(variance + 1e-8))`, as float32.
 *
 * `perEnv`: each environment has its own statistics, as in CleanRL, which puts Gymnasium's `NormalizeObservation` inside every environment. They
 * take in every observation before it is normalized. At the end of an episode they take in its last observation, then the first of the next
 * one, so `finalObservations` are normalized with what was known before the reset. The bits are Gymnasium's, see {@link NormalizeReading}.
 *
 * `shared`: one set of statistics for all, as in Stable-Baselines3's `VecNormalize`, in float64. Once per `reset` and per `step` it takes in the N
 * observations that the policy sees next: after the end of an episode that is the first one of the next episode. The last observation of the old
 * one does not enter, and is normalized with the statistics after the update.
 *
 * A later `reset` keeps the statistics. They are part of the state. `observationSpace` stays that of the raw observations, which a policy is
 * shown wherever it does not train.
 */
export class NormalizeObservationVectorEnv extends VectorWrapper {
  /** Bound of the normalized observations. */
  readonly clip: number;
  readonly #statistics: StatisticsBlock;
  readonly #reading: NormalizeReading;
  readonly #inFloat32: boolean;
  readonly #size: number;
  readonly #normalized: Float32Array;
  readonly #normalizedFinal: Float32Array;

  /** Throws {@link CohortError} unless observations are numbers and not indices, and `clip` is above 0. */
  constructor(env: VectorEnv, options: NormalizeObservationOptions) {
    const { statistics, clip = 10, reading = 'gymnasium-0.29' } = options;
    const space = env.observationSpace;
    if (isStoredAsValues(space)) {
      throw mistake(
        'normalizeObservation',
        'an environment whose observations are a box',
        describeSpace(space),
        'leave it at none: indices have no mean',
      );
    }
    checkClip('clipObservation', clip);
    const size = flatSize(space);
    const shown = { observations: new Float32Array(env.numEnvs * size), finalObservations: new Float32Array(env.numEnvs * size) };
    super(env, shown);
    this.clip = clip;
    this.#statistics = new StatisticsBlock(statistics, env.numEnvs, size);
    this.#reading = reading;
    this.#inFloat32 = statistics === 'perEnv' && reading === 'gymnasium-1' && env.observations instanceof Float32Array;
    this.#size = size;
    this.#normalized = shown.observations;
    this.#normalizedFinal = shown.finalObservations;
  }

  /** Copy of the statistics of raw observations: the shared ones, or those of all environments merged into one. */
  get statistics(): RunningStatistics {
    return mergeStatistics(this.#statistics.sets);
  }

  override reset(seeds?: readonly Seed[]): void {
    this.env.reset(seeds);
    if (this.#statistics.kind === 'shared') this.#statistics.sets[0]!.update(this.env.observations, 0, this.numEnvs);
    else for (let i = 0; i < this.numEnvs; i++) this.#update(i, this.env.observations);
    this.refresh();
  }

  override step(actions: Int32Array | Float32Array): void {
    this.env.step(actions);
    const { env, numEnvs } = this;
    const { terminated, truncated } = env;
    if (this.#statistics.kind === 'shared') {
      this.#statistics.sets[0]!.update(env.observations, 0, numEnvs);
      for (let i = 0; i < numEnvs; i++) if (terminated[i] || truncated[i]) this.#normalize(i, env.finalObservations, this.#normalizedFinal);
    } else {
      for (let i = 0; i < numEnvs; i++) {
        if (terminated[i] || truncated[i]) {
          this.#update(i, env.finalObservations);
          this.#normalize(i, env.finalObservations, this.#normalizedFinal);
        }
        this.#update(i, env.observations);
      }
    }
    this.refresh();
  }

  #update(i: number, observations: Float32Array | Float64Array): void {
    updateWithOne(this.#statistics.sets[i]!, observations, i * this.#size, this.#reading);
  }

  #normalize(i: number, observations: Float32Array | Float64Array, outputs: Float32Array): void {
    normalizeOne(this.#statistics.of(i), observations, i * this.#size, outputs, this.clip, this.#inFloat32);
  }

  /** Views of the statistics, for a checkpoint when the environment inside cannot give its state. Call `refresh` after filling them. */
  get statisticsArrays(): EnvState {
    return this.#statistics.arrays;
  }

  /** Normalizes the present observations once more, with the statistics as they are. */
  refresh(): void {
    for (let i = 0; i < this.numEnvs; i++) this.#normalize(i, this.env.observations, this.#normalized);
  }

  override getState(): EnvState | undefined {
    const inner = this.env.getState();
    return inner && { ...inner, ...saveArrays({ ...this.#statistics.arrays, finalObservations: this.#normalizedFinal }, prefix) };
  }

  override setState(state: EnvState): void {
    this.env.setState(state);
    const own = { ...this.#statistics.arrays, finalObservations: this.#normalizedFinal };
    restoreArrays('NormalizeObservationVectorEnv', own, state, prefix);
    this.refresh();
  }
}
