/**
 * Episodes moment by moment, for eyes: what `record` makes pictures of and `watch` shows.
 */
import type { Action, Env, Observation, Seed } from '../core/env.ts';
import { CohortError } from '../core/errors.ts';
import type { Scene } from '../core/scene.ts';
import type { Policy } from '../policy/policy.ts';

/** Evaluation after training has this number for its sampled actions; training never reaches it. */
export const playIteration = 0xffffffff;

/** One moment of an episode. */
export interface EpisodeMoment {
  readonly scene: Scene;
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

/** How an episode is played. */
export interface PlayOptions {
  /** Seed of the environment; left out, its generator goes on. */
  readonly seed?: Seed;
  /** Draws actions as in training, instead of the most probable one (or the mean). Default false. */
  readonly sampled?: boolean;
  /** Which of several episodes this is: chooses the random numbers of sampled actions. Default 0. */
  readonly index?: number;
  /** The episode is cut here. Default: only where the environment cuts it. */
  readonly maxSteps?: number;
}

/** The observation as a vector environment stores it, so that a policy sees the same bits. */
function storedObservation(env: Env, observation: Observation): Float32Array | Float64Array {
  const values = typeof observation === 'number' ? [observation] : observation;
  const space = env.observationSpace;
  return space.kind === 'box' && space.dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
}

/** The policy's action in row `index` as the environment takes it; a box action is cut to its bounds, for a Gaussian knows none. */
function actionOf(env: Env, actions: Int32Array | Float32Array, index: number): Action {
  const space = env.actionSpace;
  if (space.kind === 'discrete') return actions[index]! + space.start;
  const { low, high, size } = space;
  const cut = Float32Array.from({ length: size }, (_, k) => Math.min(Math.max(actions[index * size + k]!, low[k]!), high[k]!));
  return space.dtype === 'float64' ? Float64Array.from(cut) : cut;
}

/**
 * Plays one episode and gives every moment with its scene, the one after the reset first: the generator waits between steps, so the caller
 * sets the pace. With the seed and the index of an evaluation episode it is that very episode. Throws {@link CohortError} if the environment
 * has no `scene`.
 */
export function* playEpisode(policy: Policy, env: Env, options: PlayOptions = {}): Generator<EpisodeMoment, void, void> {
  if (!env.scene) {
    throw new CohortError({
      subject: 'playEpisode',
      expected: 'an environment that can be drawn (it has a `scene` function)',
      got: 'one without',
      advice: 'add scene() to the environment; `drawScene` knows the kinds of scene that have a drawing',
    });
  }
  const { seed, sampled = false, index = 0, maxSteps = Number.POSITIVE_INFINITY } = options;
  const scratch = policy.scratch(index + 1);
  const inputs = scratch.inputs.subarray(index * policy.inputSize, (index + 1) * policy.inputSize);
  let { observation } = env.reset(seed === undefined ? undefined : { seed });
  let total = 0;
  yield { scene: env.scene(), step: 0, reward: 0, return: 0, terminated: false, truncated: false };
  for (let step = 0; step < maxSteps; step++) {
    policy.encode(storedObservation(env, observation), 1, inputs);
    policy.sample(scratch, index + 1, { iteration: playIteration, step, stream: 'evaluation', greedy: !sampled });
    const result = env.step(actionOf(env, scratch.actions, index));
    observation = result.observation;
    total += result.reward;
    const { reward, terminated } = result;
    const truncated = result.truncated || step + 1 >= maxSteps;
    yield { scene: env.scene(), step: step + 1, reward, return: total, terminated, truncated };
    if (terminated || truncated) return;
  }
}
