/**
 * Group Policy Gradient (Chen, Zhong, Zhang, Antonova 2025, arXiv 2510.03679), the method for general MDPs. Its namesake for language models
 * (arXiv 2504.02546) is `gpg-lm`, another method.
 *
 *     R_t   = sum_(u >= t) gamma^(u - t) r_u          over the rest of the trajectory                          (Algorithm 2)
 *     b(x)  = mean of R at the first visits of the group's trajectories to bin x                                (equation 6)
 *     A_t   = R_t - b(f(s_t, t))
 *     minimise  -E[min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)] - c_ent E[entropy],   A normalized per minibatch
 *
 * PPO with the learned critic replaced by a group mean, and nothing else changed: no value network, no value loss, no GAE.
 *
 * What the paper leaves open, and the reading taken here (options for the others): a trajectory is cut at resets and at both edges of the
 * rollout; time counts from its start inside the rollout; returns stop at the edge; a time limit is an end; the own return is part of the mean.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --recipe paper --num-envs 32 --seed 1,2,3,4`.
 */
import type * as z from 'zod/mini';
import {
  type BinKey,
  checkEstimatorSettings,
  createEstimator,
  defaultEstimatorSettings,
  type Estimate,
  type EstimatorSettings,
  horizonOf,
  methodOptions,
  minibatchScale,
} from '../advantage/core.ts';
import { choice, flag, inGroup, integer, real } from '../core/config.ts';
import { mistake } from '../core/errors.ts';
import { learningRateAt } from '../math/schedule.ts';
import { clippedSurrogate } from '../policy/losses.ts';
import { carrying, completing, plain, restarting, type SourceContext, type TrajectorySource } from '../rollout/source.ts';
import { type Algorithm, type AlgorithmContext, checkMinibatches, inStops, type Stops, type Uncut } from './algorithm.ts';
import { createGroup, type GroupMethod, type GroupState, groupFields } from './group.ts';

// ---------------------------------------------------------------------------------------------------------------- configuration

/** Configuration fields of GPG. */
export const gpgFields = {
  ...inGroup('Group baseline', {
    bins: choice({ description: 'which steps share a baseline', default: 'time', names: [...methodOptions.bins, 'custom'] }),
    binWidth: real({
      description: 'width of a grid cell for bins space and space-time (the paper’s epsilon), of a step for return-time',
      default: 1,
      min: 1e-12,
      max: 1e12,
    }),
    timeOrigin: choice({
      description:
        'what time counts from: the trajectory inside the rollout, the episode, the rollout; forced-reset restarts every episode',
      default: 'segment',
      names: [...methodOptions.timeOrigin, 'forced-reset'],
    }),
    separateMidEpisodeStarts: flag({ description: 'keep trajectories that begin mid-episode in bins of their own', default: false }),
    baseline: choice({
      description:
        'which returns a step’s baseline averages: all in its bin, its own included (own, the paper), all but its own (unbiased), or none',
      default: 'own',
      names: methodOptions.baseline,
    }),
    visit: choice({ description: 'which visits of a trajectory put a return into a bin', default: 'first', names: methodOptions.visit }),
    tail: choice({ description: 'what to do about returns that the rollout’s edge cuts', default: 'zero', names: methodOptions.tail }),
    maskTolerance: real({
      description: 'tail mask: the share of a return that may lie beyond the edge',
      default: 0.1,
      min: 1e-9,
      max: 0.999,
    }),
    completeMaxSteps: integer({ description: 'tail complete: maximum steps to play on', default: 10_000, min: 1, max: 100_000_000 }),
    bootstrapTruncated: flag({ description: 'tail bootstrap: also where a time limit cut the episode', default: false }),
    carryRollouts: integer({ description: 'tail carry: maximum rollouts that an open trajectory waits', default: 4, min: 1, max: 64 }),
    budgetBuckets: integer({
      description: 'tail budget: stretches of the remaining rollout in the bin key',
      default: 8,
      min: 1,
      max: 65_536,
    }),
  }),
  ...groupFields,
} satisfies z.core.$ZodShape;

/** GPG's part of a resolved configuration. */
export type GpgConfig = z.output<z.ZodMiniObject<typeof gpgFields>> & { readonly iterations: number };

/** The estimator that a configuration describes. */
export function estimatorOf(config: GpgConfig, binning?: BinKey): EstimatorSettings {
  const { bins, binWidth, timeOrigin, separateMidEpisodeStarts, baseline, visit, tail, gamma, maskTolerance } = config;
  return {
    ...defaultEstimatorSettings,
    bins: bins === 'custom' ? binning! : bins,
    binWidth,
    timeOrigin: timeOrigin === 'forced-reset' ? 'segment' : timeOrigin,
    separateMidEpisodeStarts,
    baseline,
    visit,
    tail,
    gamma,
    maskTolerance,
    bootstrapTruncated: config.bootstrapTruncated,
    budgetBuckets: tail === 'budget' ? config.budgetBuckets : 0,
  };
}

/** Where a configuration takes its trajectories from. */
function sourceOf(config: GpgConfig, context: SourceContext): TrajectorySource {
  const { tail, timeOrigin, numSteps, gamma, completeMaxSteps } = config;
  const source = tail === 'carry' ? carrying(context, numSteps) : plain(context);
  const restarted = timeOrigin === 'forced-reset' ? restarting(source, context) : source;
  return tail === 'complete' ? completing(restarted, context, gamma, completeMaxSteps) : restarted;
}

/** GPG's rows, and where its trajectories come from. */
export function collectingOf(config: GpgConfig): Pick<GroupMethod, 'numSteps' | 'keepFinalObservations' | 'sourceOf'> {
  const { tail, numSteps, carryRollouts, bootstrapTruncated } = config;
  return {
    // Only tail `carry` keeps rows of earlier iterations.
    numSteps: numSteps * (tail === 'carry' ? 1 + carryRollouts : 1),
    keepFinalObservations: bootstrapTruncated,
    sourceOf: (context) => sourceOf(config, context),
  };
}

/** GPG with the baseline of a name, or one that is made for the group's shape. */
export function createGpg(
  config: GpgConfig,
  context: AlgorithmContext,
  baselineOf: (shape: Parameters<GroupMethod['thirdStopOf']>[0]) => EstimatorSettings['baseline'] = () => config.baseline,
): Promise<GroupState> {
  const settings = estimatorOf(config, context.binning);
  return createGroup(config, context, {
    ...collectingOf(config),
    thirdStopOf: (shape) => ({
      estimator: createEstimator({ ...settings, baseline: baselineOf(shape) }, shape.numSteps, shape.numEnvs),
      loss: clippedSurrogate(config),
    }),
  });
}

// ------------------------------------------------------------------------------------------------------------------- iteration

/** One iteration of any method of the group family. */
const stops: Stops<GroupState> = {
  // ------------------------------------------------------------------------------------------------------------------ collect
  collect({ source, learner, iteration, noiseRows, noiseOf, firstEnv }) {
    if (noiseRows) for (let n = 0; n < noiseRows.length; n++) noiseRows[n] = noiseOf!(firstEnv + n);
    return source.collect(learner.policy.actorFor(iteration, noiseRows, firstEnv));
  },

  batch: ({ source }) => source.batch!(),

  // --------------------------------------------------------------------------------------------------------------------- loss
  losses: ({ thirdStop: { loss } }) => ({ loss }),

  // ----------------------------------------------------------------------------------------------------------------- estimate
  estimate(state, { batch }) {
    const { config, iteration, thirdStop, advantages, weights, now } = state;
    const start = now();
    const estimate = thirdStop.estimator.estimate(batch, advantages);
    if (weights) thirdStop.weigh?.(batch, estimate, weights);
    const rows = participants(estimate, state.rows);
    const milliseconds = now() - start;
    const learningRate = learningRateAt({ ...config, schedule: config.annealLearningRate ? 'linear' : 'constant' }, iteration);
    const update = {
      ...stops.losses(state),
      iteration,
      rows,
      passes: config,
      optimizer: { ...config, learningRate },
      normalize: config.normalizeAdvantage ? minibatchScale : undefined,
    };
    return { update, metrics: estimate.diagnostics, milliseconds };
  },
};

/** The iteration of any method of the group family. */
export const groupIteration = inStops(stops);

/** The rows that the loss is over: all, or those of the steps that take part. */
function participants({ participates, numParticipants }: Estimate, rows: Int32Array): { count: number; rows?: Int32Array } {
  if (numParticipants === participates.length) return { count: numParticipants };
  let count = 0;
  for (let step = 0; step < participates.length; step++) if (participates[step] !== 0) rows[count++] = step;
  return { count: numParticipants, rows };
}

/** Whether every step is alone in its bin whatever happens: its own return is then its baseline, and every advantage is 0. */
function isAlwaysAlone({ bins, timeOrigin, numEnvs, numSteps, tail }: GpgConfig): boolean {
  if (numEnvs * numSteps === 1 && tail !== 'carry') return true;
  // No other trajectory of one environment is at the same step of the rollout.
  return numEnvs === 1 && timeOrigin === 'rollout-offset' && /time$/.test(bins);
}

/** Throws {@link CohortError} where fields of the group family contradict each other. */
export function check(config: GpgConfig, subject: string, nameOf: (field: string) => string): void {
  checkMinibatches(config, subject, nameOf);
  // With an entropy bonus it is a control that moves, which experiments/cartpole-gpg has; the run says what it is.
  if (config.baseline === 'own' && config.entropyCoef === 0 && isAlwaysAlone(config)) {
    throw mistake(
      `${subject}: ${nameOf('numEnvs')}`,
      `at least 2 environments with ${nameOf('bins')} ${config.bins} and ${nameOf('baseline')} own`,
      '1, so that every step is alone in its bin, every advantage 0, and nothing is learned',
      'a group of one has nothing to be compared with: raise it, or choose baseline leave-one-out',
    );
  }
  if (config.bootstrapTruncated && config.tail !== 'bootstrap') {
    throw mistake(
      `${subject}: ${nameOf('bootstrapTruncated')}`,
      `${nameOf('tail')} bootstrap with it`,
      `${nameOf('tail')} ${config.tail}`,
      'choose tail bootstrap, or leave it out',
    );
  }
  if (config.timeOrigin === 'forced-reset' && config.tail === 'carry') {
    throw mistake(
      `${subject}: ${nameOf('timeOrigin')}`,
      `a tail other than carry with forced-reset`,
      'both',
      'an episode that is reset cannot be carried over; drop one of them',
    );
  }
  const horizon = horizonOf(config.gamma, config.maskTolerance);
  if (config.tail === 'mask' && horizon > config.numSteps) {
    throw mistake(
      `${subject}: ${nameOf('tail')}`,
      `rollouts of at least ${horizon} steps for mask (gamma ${config.gamma}, maskTolerance ${config.maskTolerance})`,
      `${config.numSteps} steps`,
      `raise ${nameOf('numSteps')} or ${nameOf('maskTolerance')}, lower ${nameOf('gamma')}, or choose another tail`,
    );
  }
  checkEstimatorSettings(estimatorOf(config, () => 0));
}

/** Trajectories that wait for later rollouts are kept in one memory. */
export function uncut({ tail }: GpgConfig): Uncut | undefined {
  return tail === 'carry' ? { field: 'tail', expected: 'a tail other than carry', got: 'carry' } : undefined;
}

/** GPG as training sees it. */
export const gpg: Algorithm<GpgConfig, GroupState> = {
  name: 'gpg',
  title: 'GPG',
  comparesWith: 'ppo',
  description: 'group policy gradient: the mean return of the group’s trajectories in the same bin instead of a critic',
  fields: gpgFields,
  check,
  create: (config, context) => createGpg(config, context),
  ...groupIteration,
  uncut,
};
