/**
 * Every other method of the group family (the table in src/advantage/methods.ts): GPG's loop with another third stop. A row is a set of defaults; each field
 * of the run can be set beside it, so that methods can be taken apart.
 *
 * How the loss weighs steps, with M trajectories of T_i steps that take part, S = sum of T_i, and B the rows of a minibatch (`--loss-weighting`):
 *
 *     loss = (1/B) sum over the rows of a minibatch of w L,     so that its mean over minibatches is the sum below over all S steps
 *     step-mean        w = 1                 (1/S) sum of L
 *     trajectory-mean  w = S / (M T_i)       (1/M) sum over i of (1/T_i) sum over t of L
 *     trajectory-sum   w = S / M             (1/M) sum over i of sum over t of L
 *     constant         w = S / (M T)         the same over T, the steps of a rollout
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm grpo`; `npx cohort-rl methods` lists the names.
 */
import type * as z from 'zod/mini';
import {
  areBinsStable,
  type BinKey,
  createEstimator,
  type Estimate,
  type EstimatorSettings,
  type LossWeighting,
  lossWeightings,
  type Method,
  methodNames,
  methodOptions,
  methods,
} from '../advantage/core.ts';
import { choice, flag, inGroup, optionalInteger, optionalReal, real, withDefaults } from '../core/config.ts';
import { mistake } from '../core/errors.ts';
import { clippedSurrogate, scoreFunction } from '../policy/losses.ts';
import { sameStarts } from '../rollout/sameStarts.ts';
import type { GroupBatch } from '../rollout/source.ts';
import type { Algorithm, AlgorithmContext } from './algorithm.ts';
import { check, collectingOf, estimatorOf, type GpgConfig, gpgFields, groupIteration, uncut } from './gpg.ts';
import { createGroup, type GroupState } from './group.ts';

// ---------------------------------------------------------------------------------------------------------------- configuration

/** What a method of the family has beside GPG's fields. */
export const methodFields = {
  ...inGroup('Group baseline', {
    baseline: choice({
      description:
        'which returns a step’s baseline is made of: means of its bin (own, leave-one-out, leave-one-env-out, leave-one-pair-out), none, or a file of advantage/baselines',
      default: 'own',
      names: [...methodOptions.baseline, ...methodOptions.ownBaseline],
    }),
    coordinates: choice({
      description: 'what grids of bins are laid over: the observation, or something fitted to earlier iterations',
      default: 'observation',
      names: ['observation', ...methodOptions.coordinates],
    }),
    baselineLambda: real({
      description: 'below 1 returns trust the baseline: lambda of generalized advantage estimation',
      default: 1,
      min: 0,
      max: 1,
    }),
    startGroup: optionalInteger({
      description:
        'environments that begin every rollout in one state, this many at a time, and are compared with each other alone (default: all begin where they stand)',
      min: 2,
      max: 65_536,
    }),
    commonNoise: flag({ description: 'startGroup: they meet the same random numbers of the environment', default: false }),
    returns: choice({
      description:
        'what a step is credited with: the rewards from it on, those of its whole trajectory, or standardized rewards from it on',
      default: 'reward-to-go',
      names: methodOptions.returns,
    }),
    scale: choice({
      description:
        'what advantages are divided by before the update, which may normalize them as well: a standard deviation of bin, group or rollout',
      default: 'none',
      names: ['none', 'bin', 'group', 'global'],
    }),
  }),
  ...inGroup('Rollout', {
    antithetic: flag({ description: 'environments 2i and 2i + 1 act with mirrored random numbers', default: false }),
  }),
  ...inGroup('Update', {
    loss: choice({
      description: 'clipped = the surrogate of the probability ratio, score = the log-probability alone',
      default: 'clipped',
      names: ['clipped', 'score'],
    }),
    clipHigh: optionalReal({ description: 'upper clip range of the probability ratio (default: clipCoef)', min: 0, max: 10 }),
    lossWeighting: choice({
      description: 'how the loss averages: over steps, over the steps of a trajectory and then over trajectories, or sums of trajectories',
      default: 'step-mean',
      names: lossWeightings,
    }),
  }),
} satisfies z.core.$ZodShape;

const allFields = { ...gpgFields, ...methodFields };

/** The resolved configuration of a method of the family. */
type MethodConfig = z.output<z.ZodMiniObject<typeof allFields>> & { readonly iterations: number };

/** A row's defaults, by the fields of the configuration. */
function defaultsOf({ loss, environments }: Method): Record<string, unknown> {
  const { scale, epsilon: _constant, plus: _term, standardDeviation: _kind, ...estimator } = environments!.estimator;
  return {
    ...estimator,
    // Normalization per minibatch is the update's.
    normalizeAdvantage: scale === undefined || scale === 'minibatch',
    scale: scale === 'minibatch' ? 'none' : (scale ?? 'none'),
    loss: loss.kind,
    ...(loss.clipHigh !== loss.clipLow && { clipHigh: loss.clipHigh }),
    lossWeighting: loss.weighting,
    ...environments!.fields,
  };
}

// -------------------------------------------------------------------------------------------------------------------- estimate

/** The estimator that a configuration describes; what no field says is the row's. */
function settingsOf(config: MethodConfig, { environments }: Method, binning: BinKey | undefined): EstimatorSettings {
  const { standardDeviation, epsilon, plus } = environments!.estimator;
  const { returns, scale, baselineLambda } = config;
  const own = { ...(standardDeviation && { standardDeviation }), ...(epsilon !== undefined && { epsilon }), ...(plus && { plus }) };
  return { ...estimatorOf(config as GpgConfig, binning), returns, scale, baselineLambda, ...own };
}

// ------------------------------------------------------------------------------------------------------------------------ loss

/** How much every step counts in the loss beside the others, (T, N) into `weights`; see the head of this file. */
export function weighSteps(
  weighting: LossWeighting,
  { trajectories, numEnvs, numSteps }: GroupBatch,
  estimate: Estimate,
  weights: Float32Array,
): void {
  const { participates, numParticipants } = estimate;
  const { count, env, start, end } = trajectories;
  const lengths = new Int32Array(count);
  let members = 0;
  for (let i = 0; i < count; i++) {
    for (let t = start[i]!; t < end[i]!; t++) lengths[i]! += participates[t * numEnvs + env[i]!]!;
    if (lengths[i]! > 0) members++;
  }
  for (let i = 0; i < count; i++) {
    const share = numParticipants / members;
    const weight = weighting === 'trajectory-mean' ? share / lengths[i]! : weighting === 'constant' ? share / numSteps : share;
    for (let t = start[i]!; t < end[i]!; t++) weights[t * numEnvs + env[i]!] = weight;
  }
}

async function create(method: Method, config: MethodConfig, context: AlgorithmContext): Promise<GroupState> {
  // Loaded late: most pages train with GPG.
  const { baselineOf, coordinatesOf } = await import('../advantage/methodSettings.ts');
  const settings = settingsOf(config, method, context.binning);
  const { clipCoef, clipHigh, entropyCoef, lossWeighting, antithetic } = config;
  const loss = config.loss === 'score' ? scoreFunction({ entropyCoef }) : clippedSurrogate({ clipCoef, clipHigh, entropyCoef });
  const weighs = lossWeighting !== 'step-mean';
  const collecting = collectingOf(config as GpgConfig);
  const { startGroup, commonNoise } = config;
  return createGroup(config as GpgConfig, context, {
    ...collecting,
    sourceOf: (given) => {
      const source = collecting.sourceOf(given);
      return startGroup === undefined ? source : sameStarts(source, given, startGroup, commonNoise);
    },
    weighs,
    thirdStopOf: (shape) => ({
      estimator: createEstimator(
        { ...settings, baseline: baselineOf(config.baseline, shape), coordinates: coordinatesOf(config.coordinates, shape) },
        shape.numSteps,
        shape.numEnvs,
      ),
      loss,
      weigh: weighs ? (batch, estimate, weights) => weighSteps(lossWeighting, batch, estimate, weights) : undefined,
    }),
    ...(antithetic && { noiseOf: (n: number) => (n % 2 === 0 ? n : ~(n - 1)) }),
  });
}

// ----------------------------------------------------------------------------------------------------------------- the algorithms

/** The baselines that have nothing in them of what the partner of a mirrored pair did. */
const baselinesOfPairs: readonly string[] = ['leave-one-pair-out', 'none', 'ridge'];

/** Throws {@link CohortError} where fields contradict each other, or one of them would do nothing. */
function checkMethod(config: MethodConfig, subject: string, nameOf: (field: string) => string): void {
  check(config as GpgConfig, subject, nameOf);
  const { loss, updateEpochs, bins, coordinates, baseline, baselineLambda, returns, antithetic, numEnvs } = config;
  const refuse = (field: string, expected: string, got: string, advice: string): never => {
    throw mistake(`${subject}: ${nameOf(field)}`, expected, got, advice);
  };
  if (loss === 'score' && updateEpochs > 1) {
    const advice = 'a loss without a probability ratio learns from a rollout once; leave it out, or choose loss clipped';
    refuse('updateEpochs', `1 with ${nameOf('loss')} score`, String(updateEpochs), advice);
  }
  if (coordinates !== 'observation' && /^(universal|(action-|return-)?time)$/.test(bins)) {
    refuse(
      'coordinates',
      `${nameOf('bins')} that look at the observation`,
      `${coordinates} with ${bins}`,
      'choose bins space-time, or leave it out',
    );
  }
  if (baseline === 'pooled' && !areBinsStable(estimatorOf(config as GpgConfig, () => 0))) {
    refuse(
      'baseline',
      'bins that are the same in every iteration with pooled',
      `bins ${bins}`,
      'choose bins time or universal, and no budget',
    );
  }
  const { startGroup, commonNoise, tail } = config;
  if (startGroup !== undefined && numEnvs % startGroup !== 0) {
    refuse('startGroup', `a number that divides ${nameOf('numEnvs')} ${numEnvs}`, String(startGroup), 'take another, or more environments');
  }
  if (startGroup !== undefined && (tail === 'carry' || baseline === 'pooled')) {
    const got = tail === 'carry' ? `${nameOf('tail')} carry` : `${nameOf('baseline')} pooled`;
    refuse(
      'startGroup',
      'none with what remembers earlier rollouts',
      got,
      'every rollout begins anew with it; choose another, or leave it out',
    );
  }
  if (commonNoise && startGroup === undefined) {
    refuse('commonNoise', `${nameOf('startGroup')} with it`, 'none', 'say how many begin in one state, or leave it out');
  }
  if (antithetic && numEnvs % 2 !== 0) {
    const advice = 'environments 2i and 2i + 1 are a pair; take one more or one less';
    refuse('numEnvs', `an even number with ${nameOf('antithetic')}`, String(numEnvs), advice);
  }
  if (antithetic && !baselinesOfPairs.includes(baseline)) {
    // The partner's return depends on the own action, so that a baseline with it in is one that sees the action.
    const advice =
      'what the partner gets depends on the own action, so that a baseline that looks at it is biased; choose leave-one-pair-out';
    refuse('baseline', `${baselinesOfPairs.join(', ')} with ${nameOf('antithetic')}`, baseline, advice);
  }
  if (baselineLambda < 1 && returns !== 'reward-to-go') {
    refuse(
      'baselineLambda',
      `1 with ${nameOf('returns')} ${returns}`,
      String(baselineLambda),
      'one number for a whole trajectory has no steps to trust',
    );
  }
}

function algorithmOf(name: string, method: Method): Algorithm<MethodConfig, GroupState> {
  let fields: typeof allFields | undefined;
  return {
    name,
    title: method.title,
    family: 'group methods',
    comparesWith: 'gpg',
    description: `${method.title}: the group family's loop with the estimator and the loss of this method`,
    recipesOf: { algorithm: 'gpg', without: Object.keys(defaultsOf(method)) },
    get fields() {
      fields ??= withDefaults(allFields, defaultsOf(method));
      return fields;
    },
    check: checkMethod,
    create: (config, context) => create(method, config, context),
    ...groupIteration,
    together: ({ startGroup = 1 }) => startGroup,
    uncut: (config) => uncut(config as GpgConfig),
  };
}

/** Those with a file of their own. */
const alone: readonly string[] = ['gpg', 'gpg+'];

/** The methods of the table that train on environments, those with a file of their own apart. */
export const groupMethods: readonly Algorithm<MethodConfig, GroupState>[] = /* @__PURE__ */ methodNames.flatMap((name) => {
  const method: Method = methods[name];
  return method.environments && !alone.includes(name) ? [algorithmOf(name, method)] : [];
});
