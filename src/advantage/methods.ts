/**
 * The methods of the literature as one table, for environments and for language models: the same name is the same method on both roads. A row says what
 * decides bits; what a reader wants to know of it (equation, source, assumptions, costs) is its page in methodPages.ts.
 */
import { show, suggest } from '../core/errors.ts';
import { batchError } from './batch.ts';
import { whiteningEpsilon } from './completions/equations.ts';
import type { GradientRescaling } from './completions/gradientScale.ts';
import type { CompletionBaseline, CompletionScale } from './completions/types.ts';
import type { CoordinateName } from './coordinates/coordinates.ts';
import { defaultEstimatorSettings, type EstimatorSettings } from './estimate.ts';
import type { BaselineName, OwnBaselineName } from './groupBaseline.ts';

/**
 * How the loss averages over the steps of trajectories, or the tokens of completions. `step-mean`: over all steps. `trajectory-mean`: over the steps of a
 * trajectory, then over trajectories (1/T_i). `trajectory-sum`: summed over the steps of a trajectory, then the mean over trajectories. `constant`: that
 * sum over a constant, which is the most steps that a trajectory can have.
 */
export const lossWeightings = ['step-mean', 'trajectory-mean', 'trajectory-sum', 'constant'] as const;
/** One of {@link lossWeightings}. */
export type LossWeighting = (typeof lossWeightings)[number];

/** What a method does with its advantages. */
export interface MethodLoss {
  /**
   * `score`: `-A log pi`. The others have the same gradient where r, the ratio to the policy that acted, is 1. `clipped`: PPO's surrogate. `weighted`: `-c A log pi`, c
   * the clipped r as a constant. `gated`: `-A (4 / tau) s(tau (r - 1))`, s the logistic function. `sequence`: PPO's surrogate of the geometric mean of the ratios of a
   * sequence. The last three are of language models alone.
   */
  readonly kind: 'score' | 'clipped' | 'weighted' | 'gated' | 'sequence';
  /** The ratio is clipped to [1 - clipLow, 1 + clipHigh]; both 0 where there is no ratio. */
  readonly clipLow: number;
  readonly clipHigh: number;
  readonly weighting: LossWeighting;
}

/** A method on environments: what differs from GPG. */
export interface MethodOnEnvironments {
  /** From {@link defaultEstimatorSettings}; the baseline may also be one of `baselines/`. */
  readonly estimator: Partial<Omit<EstimatorSettings, 'baseline' | 'coordinates'>> & {
    readonly baseline?: BaselineName | OwnBaselineName;
    readonly coordinates?: CoordinateName;
  };
  /** Defaults of further fields of the configuration. */
  readonly fields?: Readonly<Record<string, number | boolean | string>>;
}

/** A method on completions. */
export interface MethodOnCompletions {
  readonly baseline: CompletionBaseline;
  readonly scale: CompletionScale;
  /** Updates per generation, each over the whole batch. Default 1. */
  readonly updateEpochs?: number;
  /** How the gradient is rescaled for groups that are not informative, see `gradientScale`. Default `off`. */
  readonly gradientRescaling?: GradientRescaling;
  /** Least share of valid groups, else new prompts are drawn: 0 never (the default), 1 until all are valid. */
  readonly minValidFraction?: number;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
}

/** One row. */
export interface Method {
  /** The method's name as its authors write it. */
  readonly title: string;
  readonly loss: MethodLoss;
  /** Left out: not for environments, or in a file of its own there. */
  readonly environments?: MethodOnEnvironments;
  readonly completions?: MethodOnCompletions;
  /** Its file in src/algorithms/, where it is an algorithm on environments with another loop than GPG's. */
  readonly file?: string;
}

/** PPO's clip, arXiv 1707.06347. */
const clipped = (weighting: LossWeighting, clipHigh = 0.2): MethodLoss => ({ kind: 'clipped', clipLow: 0.2, clipHigh, weighting });
const score = (weighting: LossWeighting): MethodLoss => ({ kind: 'score', clipLow: 0, clipHigh: 0, weighting });

/** One number for a whole trajectory, compared within the group: the common part of the outcome methods. */
const outcome = { returns: 'episode', gamma: 1, bins: 'universal', scale: 'none' } as const;
/** A loss without a ratio goes over its rollout once, as a whole, hence with a rate ten times that of PPO (own choice, docs/log.md, 2026-11-29). */
const once = { updateEpochs: 1, numMinibatches: 1, learningRate: 2.5e-3 } as const;

/** Added to the group's standard deviation: TRL's, which the authors of `gpg-lm` use too. */
const trlEpsilon = 1e-4;
/** Added to the group's standard deviation in verl. */
const verlEpsilon = 1e-6;
/** torch.std, so over n - 1; the papers only write std. */
const groupDeviation = (epsilon: number): CompletionScale => ({ by: 'group', standardDeviation: 'sample', epsilon });
/** verl's whitening: over n - 1, and 1e-8 is added to the variance. */
const whitened: CompletionScale = { by: 'batch', standardDeviation: 'sample', epsilon: whiteningEpsilon };
const unscaled: CompletionScale = { by: 'none' };
/** Behavior 2: the epsilon stands under the root (docs/log.md, 2026-11-28). The recorded bits of `reinforce++` are the same with both. */
const whitenedAsVerl = 2;

/** GiGPO's discount of the step term, from its paper. */
const gigpoStepDiscount = 0.95;
const gigpoSteps: EstimatorSettings = {
  ...defaultEstimatorSettings,
  gamma: gigpoStepDiscount,
  bins: 'state',
  visit: 'every',
  scale: 'none',
};

/** Shrunk means over a grid that fits the observations, whatever they are. */
const overCoordinates = (title: string, coordinates: CoordinateName): Method & { readonly environments: MethodOnEnvironments } => ({
  title,
  loss: clipped('step-mean'),
  environments: { estimator: { baseline: 'shrunk', bins: 'space-time', coordinates } },
});

// A function, called as pure: bundlers leave out a table that a program does not use, and cannot tell that spreading has no effect.
const rows = () =>
  ({
    gpg: { title: 'GPG', loss: clipped('step-mean'), environments: { estimator: {} } },
    'gpg-leave-one-out': {
      title: 'GPG, own return left out',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out' } },
    },
    'gpg-lm': {
      title: 'GPG (Group Policy Gradient for language models)',
      loss: score('step-mean'),
      environments: { estimator: outcome, fields: once },
      completions: { baseline: 'group-mean', scale: unscaled, gradientRescaling: 'group', minValidFraction: 0.6 },
    },
    reinforce: {
      title: 'REINFORCE',
      loss: score('trajectory-sum'),
      environments: { estimator: { bins: 'universal', baseline: 'none', scale: 'none' }, fields: once },
    },
    'reinforce-time': {
      title: 'REINFORCE with a time-dependent baseline',
      loss: score('trajectory-sum'),
      environments: { estimator: { scale: 'none' }, fields: once },
    },
    'reinforce-ridge': {
      title: 'REINFORCE with a linear baseline',
      loss: score('trajectory-sum'),
      environments: { estimator: { bins: 'universal', baseline: 'ridge', scale: 'none' }, fields: once },
    },
    grpo: {
      title: 'GRPO',
      loss: clipped('trajectory-mean'),
      environments: { estimator: { ...outcome, scale: 'group', standardDeviation: 'sample', epsilon: trlEpsilon } },
      completions: { baseline: 'group-mean', scale: groupDeviation(trlEpsilon) },
    },
    'grpo-population': {
      title: 'GRPO, population standard deviation',
      loss: clipped('trajectory-mean'),
      environments: { estimator: { ...outcome, scale: 'group', standardDeviation: 'population' } },
    },
    'grpo-process': {
      title: 'GRPO with process rewards',
      loss: clipped('trajectory-mean'),
      environments: {
        estimator: { ...outcome, returns: 'standardized-reward-to-go', baseline: 'none', standardDeviation: 'population' },
      },
    },
    'stepwise-grpo': {
      title: 'Stepwise GRPO',
      loss: clipped('step-mean'),
      environments: { estimator: { scale: 'bin', standardDeviation: 'sample' } },
    },
    'dr-grpo': {
      title: 'Dr. GRPO',
      loss: clipped('constant'),
      environments: { estimator: outcome },
      completions: { baseline: 'group-mean', scale: unscaled },
    },
    dapo: {
      title: 'DAPO',
      loss: clipped('step-mean', 0.28),
      environments: { estimator: { ...outcome, scale: 'group', standardDeviation: 'sample', epsilon: verlEpsilon } },
      completions: { baseline: 'group-mean', scale: groupDeviation(verlEpsilon), minValidFraction: 1 },
    },
    gspo: {
      title: 'GSPO',
      loss: { kind: 'sequence', clipLow: 3e-4, clipHigh: 4e-4, weighting: 'trajectory-mean' },
      completions: { baseline: 'group-mean', scale: groupDeviation(verlEpsilon) },
    },
    cispo: {
      title: 'CISPO',
      loss: { kind: 'weighted', clipLow: 1, clipHigh: 4, weighting: 'step-mean' },
      completions: { baseline: 'group-mean', scale: groupDeviation(verlEpsilon) },
    },
    sapo: {
      title: 'SAPO',
      loss: { kind: 'gated', clipLow: 0, clipHigh: 0, weighting: 'trajectory-mean' },
      completions: { baseline: 'group-mean', scale: groupDeviation(verlEpsilon) },
    },
    rloo: {
      title: 'RLOO',
      loss: score('trajectory-sum'),
      environments: { estimator: { ...outcome, baseline: 'leave-one-out' }, fields: once },
      completions: { baseline: 'leave-one-out', scale: unscaled },
    },
    vargrad: {
      title: 'VarGrad',
      loss: score('trajectory-sum'),
      environments: { estimator: { ...outcome, baseline: 'leave-one-out' }, fields: once },
    },
    gigpo: {
      title: 'GiGPO',
      loss: clipped('trajectory-mean'),
      environments: { estimator: { ...outcome, plus: { weight: 1, settings: gigpoSteps } } },
    },
    'gpg-shrunk': {
      title: 'GPG with shrunk means',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'shrunk' } },
    },
    'gpg-pooled': {
      title: 'GPG with pooled iterations',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'pooled' } },
    },
    'gpg-selected': {
      title: 'GPG with selected bins',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'selected', bins: 'space-time' } },
    },
    'gpg+': {
      title: 'GPG+',
      loss: clipped('step-mean'),
      environments: { estimator: { bins: 'space', baseline: 'own-or-coarser', tail: 'bootstrap' } },
    },
    'gpg-bootstrap': {
      title: 'GPG with bootstrapped tails',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out', tail: 'bootstrap' } },
    },
    'gpg-lambda': {
      title: 'GPG with generalized advantages',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out', tail: 'bootstrap', baselineLambda: 0.95 } },
    },
    'gpg-antithetic': {
      title: 'GPG with mirrored pairs',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-pair-out' }, fields: { antithetic: true } },
    },
    'gpg-action': {
      title: 'GPG with the last action in the bin',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out', bins: 'action-time' } },
    },
    'gpg-return': {
      title: 'GPG with the return so far in the bin',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out', bins: 'return-time' } },
    },
    'gpg-quantiles': overCoordinates('GPG with bins of equal size', 'quantiles'),
    'gpg-clusters': overCoordinates('GPG with clusters', 'clusters'),
    'gpg-projection': overCoordinates('GPG with random projections', 'projection'),
    'gpg-scaled': overCoordinates('GPG with scaled observations', 'scaled'),
    'gpg-budget': {
      title: 'GPG with the remaining budget in the bin',
      loss: clipped('step-mean'),
      environments: { estimator: { tail: 'budget' } },
    },
    'gpg-same-start': {
      title: 'GPG in groups of one start',
      loss: clipped('step-mean'),
      environments: { estimator: { baseline: 'leave-one-out' }, fields: { startGroup: 4 } },
    },
    remax: { title: 'ReMax', loss: score('trajectory-sum'), completions: { baseline: 'greedy', scale: unscaled } },
    'reinforce++': {
      title: 'REINFORCE++',
      loss: clipped('step-mean'),
      environments: { estimator: { bins: 'universal', baseline: 'none', scale: 'global' } },
      completions: { baseline: 'none', scale: whitened },
    },
    'reinforce++-baseline': {
      title: 'REINFORCE++ with baseline',
      loss: clipped('step-mean'),
      environments: { estimator: { ...outcome, scale: 'global' } },
      completions: { baseline: 'group-mean', scale: whitened, behavior: whitenedAsVerl },
    },
    opo: {
      title: 'OPO (on-policy with the optimal baseline)',
      loss: score('trajectory-sum'),
      environments: { estimator: { ...outcome, baseline: 'length-weighted' }, fields: once },
      completions: { baseline: 'length-weighted', scale: unscaled },
    },
    'grpo-pass@k': {
      title: 'GRPO for pass@k',
      loss: clipped('step-mean'),
      completions: { baseline: 'second-best', scale: groupDeviation(verlEpsilon) },
    },
    vineppo: {
      title: 'VinePPO',
      loss: clipped('step-mean'),
      file: 'vinePpo',
      completions: { baseline: 'branches', scale: whitened, updateEpochs: 2 },
    },
    vine: { title: 'TRPO’s vine', loss: clipped('step-mean'), file: 'vine' },
    'hybrid-grpo': { title: 'Hybrid GRPO', loss: clipped('step-mean'), file: 'hybridGrpo' },
    a2c: { title: 'A2C', loss: score('step-mean'), file: 'a2c' },
    evpo: { title: 'EVPO', loss: clipped('step-mean'), file: 'evpo' },
    ppo: {
      title: 'PPO',
      loss: clipped('step-mean'),
      file: 'ppo',
      completions: { baseline: 'critic', scale: whitened, updateEpochs: 2, behavior: whitenedAsVerl },
    },
  }) satisfies Record<string, Method>;
const table = /* @__PURE__ */ rows();

/** The name of a row. */
export type MethodName = keyof typeof table;
/** The table, by name. */
export const methods: typeof table = table;
/** The names of the table, in its order. */
export const methodNames: readonly MethodName[] = /* @__PURE__ */ Object.keys(table) as MethodName[];

/** The row of that name. Throws {@link CohortError} with the nearest names if there is none. */
export function findMethod(name: string): Method {
  if (Object.hasOwn(methods, name)) return (methods as Readonly<Record<string, Method>>)[name]!;
  throw batchError('method', 'the name of a method', show(name), suggest(name, methodNames));
}
