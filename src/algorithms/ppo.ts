/**
 * Proximal Policy Optimization (Schulman et al. 2017, arXiv 1707.06347), in the details of CleanRL's `ppo.py` (commit fe8d8a0).
 *
 *     delta_t = r_t + gamma V(s_(t+1)) - V(s_t),   A_t = sum_k (gamma lambda)^k delta_(t+k)        (arXiv 1506.02438, eq. 16)
 *     minimise  -E[min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)] - c_ent E[entropy] + c_vf E[value loss]
 *
 * The critic, its loss and its value clipping belong to this file and to it alone: they are what GPG does without.
 *
 * Deviations from CleanRL: the arithmetic is the same (`test/algorithms/cleanRlParity.test.ts` repeats a recorded iteration to 1e-5);
 * random numbers are counter-based; environments are seeded with SeedSequence([seed, i]) unless `envSeeding` is `gymnasium`; metrics are
 * means over the iteration's minibatches where CleanRL logs the last one; a minibatch of one row is merged with the one before.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm ppo --recipe paper`.
 */
import type * as z from 'zod/mini';
import { gae, meanAndScale, minibatchScale } from '../advantage/core.ts';
import { flag, inGroup, real } from '../core/config.ts';
import { learningRateAt } from '../math/schedule.ts';
import { networkFields, updateFields } from '../policy/fields.ts';
import { Learner } from '../policy/learner.ts';
import { clippedSurrogate, squaredError } from '../policy/losses.ts';
import { createRollout } from '../rollout/buffer.ts';
import { collectRollout } from '../rollout/collect.ts';
import { rolloutFields } from '../rollout/fields.ts';
import {
  type Algorithm,
  type AlgorithmContext,
  type AlgorithmState,
  checkMinibatches,
  inStops,
  type Stops,
  startState,
} from './algorithm.ts';

// ---------------------------------------------------------------------------------------------------------------- configuration

/** Configuration fields of PPO. */
export const ppoFields = {
  ...inGroup('Critic', {
    gaeLambda: real({ description: 'lambda of generalized advantage estimation', default: 0.95, min: 0, max: 1 }),
    valueCoef: real({ description: 'weight of the value loss', default: 0.5, min: 0, max: 1e6 }),
    clipValueLoss: flag({ description: 'clip the value around the old one by clipCoef', default: true }),
    bootstrapTruncated: flag({
      description: 'where a time limit cuts an episode, add the discounted value of its last observation to the reward (Stable-Baselines3)',
      default: false,
    }),
  }),
  ...rolloutFields,
  ...updateFields,
  ...networkFields,
} satisfies z.core.$ZodShape;

/** PPO's part of a resolved configuration. */
export type PpoConfig = z.output<z.ZodMiniObject<typeof ppoFields>> & { readonly iterations: number };

/** PPO's state: everything that an iteration reads and changes. */
export interface PpoState extends AlgorithmState {
  readonly config: PpoConfig;
  /** (T + 1, N) the critic's values; the last row is the edge. */
  readonly values: Float32Array;
  /** (T, N) and what the critic is fitted to. */
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
  /** (T, N) 1 where the observation of a row is the first of an episode, as CleanRL keeps it. */
  readonly dones: Uint8Array;
  readonly nextDone: Uint8Array;
  /** (N, inputSize) and (N) in kernel memory, for the last observations of truncated episodes; only with `bootstrapTruncated`. */
  readonly truncated?: { readonly inputs: Float32Array; readonly values: Float32Array };
}

/** PPO's state before its first iteration. */
export async function createPpo(config: PpoConfig, context: AlgorithmContext): Promise<PpoState> {
  const { env, key } = context;
  const { numSteps, numEnvs, hiddenSizes, activation, bootstrapTruncated } = config;
  const { observationSpace, actionSpace } = env;
  const masked = env.actionMasks !== undefined;
  const steps = numSteps * numEnvs;
  const shape = { numSteps, numEnvs, observationSpace, actionSpace, masked, keepFinalObservations: bootstrapTruncated };
  const spec = { observationSpace, actionSpace, hiddenSizes, activation, critic: true, ...(masked && { masked }) };
  const { learner, rollout, arrays } = await context.layOut((kernels) => {
    const learner = new Learner(spec, kernels, key, steps);
    const rollout = createRollout(shape, kernels);
    const values = kernels.float32(steps + numEnvs);
    const [advantages, returns] = [kernels.float32(steps), kernels.float32(steps)];
    learner.learnFrom({ ...rollout, advantages, returns, values });
    const truncated = bootstrapTruncated
      ? { inputs: kernels.float32(numEnvs * rollout.inputSize), values: kernels.float32(numEnvs) }
      : undefined;
    return { learner, rollout, arrays: { values, advantages, returns, truncated } };
  });
  learner.policy.initialize();
  return {
    ...startState(context, learner, rollout),
    ...arrays,
    config,
    dones: new Uint8Array(steps),
    nextDone: new Uint8Array(numEnvs),
  };
}

/** Writes advantages, and what the critic is fitted to, from the rollout and the critic's values; gives metrics. */
export function estimateWithCritic({ config, rollout, values, advantages, returns, dones, nextDone }: PpoState): Record<string, number> {
  const { numSteps, numEnvs, gamma, gaeLambda } = config;
  const steps = numSteps * numEnvs;
  const critic = { values: values.subarray(0, steps), nextValues: values.subarray(steps) };
  gae({ numSteps, numEnvs, rewards: rollout.rewards, ...critic, dones, nextDone, gamma, gaeLambda }, { advantages, returns });
  return { 'losses/explained_variance': explainedVariance(values, returns) };
}

/** One iteration of an algorithm with a critic; `estimate` is {@link estimateWithCritic} or another way to advantages. */
export function criticStops<State extends PpoState>(estimate: (state: State) => Record<string, number>): Stops<State> {
  const stops: Stops<State> = {
    // ---------------------------------------------------------------------------------------------------------------- collect
    collect({ env, learner, rollout, collector, iteration, firstEnv, now }) {
      return { episodes: collectRollout(env, learner.policy.actorFor(iteration, undefined, firstEnv), rollout, collector, now) };
    },

    // ------------------------------------------------------------------------------------------------------------------- loss
    losses: ({ config }) => ({ loss: clippedSurrogate(config), valueLoss: squaredError(config) }),

    // -------------------------------------------------------------------------------------------------------------- advantage
    estimate(state) {
      const { config, iteration, learner, rollout, values, advantages, now } = state;
      const { numSteps, numEnvs } = config;
      const steps = numSteps * numEnvs;
      learner.policy.evaluate(rollout.inputs, steps + numEnvs, values);
      const start = now();
      if (state.truncated) addTruncatedValues(state, state.truncated);
      markDones(state);
      const estimated = estimate(state);
      const milliseconds = now() - start;
      const learningRate = learningRateAt({ ...config, schedule: config.annealLearningRate ? 'linear' : 'constant' }, iteration);
      const update = {
        ...stops.losses(state),
        iteration,
        rows: { count: steps },
        passes: config,
        optimizer: { ...config, learningRate },
        normalize: config.normalizeAdvantage ? minibatchScale : undefined,
      };
      return { update, metrics: { ...estimated, 'advantage/std': meanAndScale(advantages).standardDeviation }, milliseconds };
    },
  };
  return stops;
}

/** Adds `gamma V(s')` to the reward of every step whose episode a time limit alone cut, s' being the last observation. */
function addTruncatedValues({ config, rollout, learner }: PpoState, { inputs, values }: NonNullable<PpoState['truncated']>): void {
  const { numSteps, numEnvs, inputSize, observationSize, terminated, truncated, rewards } = rollout;
  for (let t = 0; t < numSteps; t++) {
    const steps = Array.from({ length: numEnvs }, (_, n) => t * numEnvs + n).filter((step) => truncated[step] && !terminated[step]);
    if (steps.length === 0) continue;
    steps.forEach((step, i) => {
      const last = rollout.finalObservations!.subarray(step * observationSize, (step + 1) * observationSize);
      learner.policy.encodeInputs(last, 1, inputs.subarray(i * inputSize, (i + 1) * inputSize));
    });
    learner.policy.evaluate(inputs, steps.length, values);
    steps.forEach((step, i) => {
      rewards[step]! += config.gamma * values[i]!;
    });
  }
}

/** CleanRL's flags: `dones[t]` says that step t - 1 ended an episode, `nextDone` that the last step did. */
function markDones({ config, rollout, dones, nextDone }: PpoState): void {
  const { numSteps, numEnvs } = config;
  const { terminated, truncated } = rollout;
  for (let n = 0; n < numEnvs; n++) dones[n] = rollout.startedByReset[n]!;
  for (let i = numEnvs; i < numSteps * numEnvs; i++) dones[i] = terminated[i - numEnvs]! | truncated[i - numEnvs]!;
  const last = (numSteps - 1) * numEnvs;
  for (let n = 0; n < numEnvs; n++) nextDone[n] = terminated[last + n]! | truncated[last + n]!;
}

/** `1 - var(returns - values) / var(returns)`; NaN where all returns are equal, as in CleanRL. */
export function explainedVariance(values: Float32Array, returns: Float32Array): number {
  const errors = returns.map((value, i) => value - values[i]!);
  const [residual, total] = [meanAndScale(errors).standardDeviation, meanAndScale(returns).standardDeviation];
  return total === 0 ? Number.NaN : 1 - (residual * residual) / (total * total);
}

/** PPO as training sees it. */
export const ppo: Algorithm<PpoConfig, PpoState> = {
  name: 'ppo',
  title: 'PPO',
  comparesWith: 'gpg',
  description: 'proximal policy optimization with a learned critic, as in CleanRL',
  fields: ppoFields,
  check: checkMinibatches,
  create: createPpo,
  ...inStops(criticStops(estimateWithCritic)),
};
