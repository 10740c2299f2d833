/**
 * The estimator core: one function over {returns, bins, whose returns count, first or every visit, scale, tail}. Every method of the group family is a
 * setting of it, see methods.ts.
 */
import { show } from '../core/errors.ts';
import { type AdvantageBatch, batchError, checkBatch, checkName, type Floats } from './batch.ts';
import { assignBins, type BinSettings, type Bins, type BinWorkspace, createBinWorkspace } from './binnings.ts';
import { type Coordinates, inCoordinates } from './coordinates/coordinates.ts';
import { cutFraction, type Diagnostics, explainedVariance, groupDiagnostics } from './diagnostics.ts';
import {
  type Baseline,
  type BaselineName,
  binStatistics,
  createGroupBaselineWorkspace,
  type GroupBaselineInput,
  type GroupBaselineWorkspace,
  groupBaseline,
  type Visit,
} from './groupBaseline.ts';
import { levelsOf } from './levels.ts';
import { meanAndScale, normalizeEpsilon } from './normalize.ts';
import { discountedReturns, episodeReturns, lambdaReturns, type ReturnsInput, standardiseRewards } from './returns.ts';
import { type Scale, scaleAdvantages, scales } from './scale.ts';
import { bootstrapReturns, markParticipants, type Tail, tails } from './tails.ts';

/**
 * What a step is credited with. `reward-to-go`: what its trajectory got from there on. `episode`: what its whole trajectory got.
 * `standardized-reward-to-go`: reward-to-go of rewards standardized within the group (process GRPO).
 */
export const returnKinds = ['reward-to-go', 'episode', 'standardized-reward-to-go'] as const;
/** One of {@link returnKinds}. */
export type ReturnKind = (typeof returnKinds)[number];

/** Everything that makes an estimator. */
export interface EstimatorSettings extends BinSettings {
  readonly returns: ReturnKind;
  /** Discount per step, 0 .. 1. Steps are not weighted by gamma^t, as in all PPO code. */
  readonly gamma: number;
  readonly baseline: BaselineName | Baseline;
  readonly visit: Visit;
  readonly scale: Scale;
  /** Which standard deviation the scale uses: over n - 1 or over n. */
  readonly standardDeviation: 'sample' | 'population';
  /** Added to every standard deviation that divides. */
  readonly epsilon: number;
  readonly tail: Tail;
  /** Tail `mask`: drop steps with more than this share of the discount beyond the edge. Default 0.1 (own choice). */
  readonly maskTolerance?: number;
  /** Tail `bootstrap`: passes, see `bootstrapReturns`. Default 2 (own choice: the first pass reads zero tails). */
  readonly bootstrapPasses?: number;
  /** Tail `bootstrap`: also where a time limit truncated. Default false: truncation is the end, as in CleanRL. */
  readonly bootstrapTruncated?: boolean;
  /** Below 1 the returns trust the baseline, see `lambdaReturns`: generalized advantage estimation with bins for a critic. Default 1. */
  readonly baselineLambda?: number;
  /** What grids of bins are laid over instead of the observation. */
  readonly coordinates?: Coordinates | undefined;
  /** A second estimator whose advantages are added, times `weight` (GiGPO). */
  readonly plus?: { readonly weight: number; readonly settings: EstimatorSettings };
}

/** The paper's estimator: GPG with time bins. Scale `minibatch` means that the update normalizes. */
export const defaultEstimatorSettings: EstimatorSettings = {
  returns: 'reward-to-go',
  gamma: 0.99,
  bins: 'time',
  binWidth: 1,
  timeOrigin: 'segment',
  separateMidEpisodeStarts: false,
  baseline: 'own',
  visit: 'first',
  scale: 'minibatch',
  standardDeviation: 'sample',
  epsilon: normalizeEpsilon,
  tail: 'zero',
};

/** What {@link estimateAdvantages} gives. Views into its workspace: valid until the next call. */
export interface Estimate {
  /** (T, N); 0 where a step does not take part. */
  readonly advantages: Float64Array;
  /** (T, N) what the steps were credited with. */
  readonly returns: Float64Array;
  /** (T, N) what was subtracted. */
  readonly baseline: Float64Array;
  /** (T, N) 1 where a step takes part in the loss. */
  readonly participates: Uint8Array;
  /** How many steps take part; with tail `discard` it can be 0, then there is nothing to learn from. */
  readonly numParticipants: number;
  /** `group/*` and `advantage/*`, see {@link Diagnostics}. */
  readonly diagnostics: Diagnostics;
}

/** Memory of {@link estimateAdvantages}, made once per shape (T, N) and reused. */
export interface EstimatorWorkspace {
  readonly numSteps: number;
  readonly numEnvs: number;
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
  readonly baseline: Float64Array;
  readonly participates: Uint8Array;
  readonly group: GroupBaselineWorkspace;
  readonly bins: BinWorkspace[];
  edgeValues?: Float64Array;
  rewards?: Float64Array;
  plus?: EstimatorWorkspace;
}

/** Memory for rollouts of shape (T, N). */
export function createEstimatorWorkspace(numSteps: number, numEnvs: number): EstimatorWorkspace {
  const size = numSteps * numEnvs;
  return {
    numSteps,
    numEnvs,
    advantages: new Float64Array(size),
    returns: new Float64Array(size),
    baseline: new Float64Array(size),
    participates: new Uint8Array(size),
    group: createGroupBaselineWorkspace(numSteps, numEnvs),
    bins: [],
  };
}

/** Throws {@link CohortError} for settings that do not exist or do not go together. */
export function checkEstimatorSettings(settings: EstimatorSettings): void {
  const named = [
    ['returns', settings.returns, returnKinds],
    ['scale', settings.scale, scales],
    ['tail', settings.tail, tails],
  ] as const;
  for (const [name, value, known] of named) checkName(name, value, known);
  const { gamma, maskTolerance = 0.1, bootstrapPasses = 2, baselineLambda = 1 } = settings;
  if (!(gamma >= 0 && gamma <= 1)) throw batchError('gamma', 'a number from 0 to 1', show(gamma), 'give a discount, say 0.99');
  if (settings.tail === 'mask' && !(gamma < 1 && maskTolerance > 0 && maskTolerance < 1)) {
    throw batchError(
      'tail mask',
      'gamma below 1 and maskTolerance between 0 and 1',
      `${gamma} and ${maskTolerance}`,
      'choose another tail for gamma 1',
    );
  }
  if (!(Number.isInteger(bootstrapPasses) && bootstrapPasses >= 1)) {
    throw batchError('bootstrapPasses', 'a whole number of at least 1', show(bootstrapPasses), 'give the number of passes, say 2');
  }
  if (!(baselineLambda >= 0 && baselineLambda <= 1))
    throw batchError('baselineLambda', 'a number from 0 to 1', show(baselineLambda), 'give 1 for none, or say 0.95');
  if (!(settings.epsilon >= 0)) throw batchError('epsilon', 'a number of at least 0', show(settings.epsilon), 'give a small one, say 1e-8');
}

/**
 * Advantages of a rollout: returns minus group baseline, scaled.
 *
 * Example (gamma 0.5, time bins, scale none): rewards 1, 0, 2 and 0, 4 and 3 in three trajectories give returns 1.5, 1, 2 and 2, 4 and 3 and
 * advantages -0.6667, -1.5, 0 and -0.1667, 1.5 and 0.8333.
 *
 * `out` also receives the advantages, (T, N), rounded if it is float32. Throws {@link CohortError} for a batch or settings that do not fit.
 */
export function estimateAdvantages(
  batch: AdvantageBatch,
  settings: EstimatorSettings,
  workspace: EstimatorWorkspace = createEstimatorWorkspace(batch.numSteps, batch.numEnvs),
  out?: Floats,
): Estimate {
  checkEstimatorSettings(settings);
  if (workspace.numSteps !== batch.numSteps || workspace.numEnvs !== batch.numEnvs) {
    throw batchError(
      'estimate: workspace',
      `one for (${batch.numSteps}, ${batch.numEnvs})`,
      `(${workspace.numSteps}, ${workspace.numEnvs})`,
      'make one per shape',
    );
  }
  checkBatch(batch);
  const diagnostics: Diagnostics = {};
  const numParticipants = estimateTerm(batch, settings, workspace, diagnostics);
  const { advantages, participates } = workspace;
  const mask = numParticipants < advantages.length ? participates : undefined;
  diagnostics['group/cut_frac'] = cutFraction(batch);
  diagnostics['advantage/std'] = meanAndScale(advantages, { standardDeviation: 'population', mask }).standardDeviation;
  out?.set(advantages);
  return {
    advantages,
    returns: workspace.returns,
    baseline: workspace.baseline,
    participates,
    numParticipants,
    diagnostics,
  };
}

function estimateTerm(batch: AdvantageBatch, settings: EstimatorSettings, workspace: EstimatorWorkspace, diagnostics: Diagnostics): number {
  const { numEnvs, trajectories } = batch;
  const { baseline, visit, tail, gamma, maskTolerance = 0.1 } = settings;
  const { advantages, returns, baseline: means, participates, group } = workspace;

  const numParticipants = markParticipants(batch, tail, gamma, maskTolerance, participates);
  const seen = settings.coordinates ? inCoordinates(batch, settings.coordinates) : batch;
  const levels = assignLevels(seen, settings, workspace);
  const masked = numParticipants < participates.length ? participates : undefined;
  const own = typeof baseline === 'object' ? baseline : undefined;
  // What a baseline of another kind leaves to means of bins: tails.
  const meanOf = typeof baseline === 'string' ? baseline : (baseline.tails ?? 'leave-one-out');
  const input: GroupBaselineInput = { numEnvs, trajectories, returns, levels, baseline: meanOf, visit, participates: masked };

  if (numParticipants < returns.length) returns.fill(0);
  const returnsInput = computeReturns(batch, settings, input, workspace);
  if (settings.returns === 'episode') episodeReturns(returns, trajectories, numEnvs);
  if (own) fillOwn(own, batch, input, workspace);
  else groupBaseline(input, group, means);
  const { baselineLambda = 1 } = settings;
  if (baselineLambda < 1) lambdaReturns(returnsInput, baselineLambda, means, returns);
  for (let step = 0; step < advantages.length; step++) {
    advantages[step] = participates[step] !== 0 ? returns[step]! - means[step]! : 0;
  }
  diagnostics['advantage/explained_variance'] = explainedVariance(advantages, returns, masked);
  const finest = levels[0];
  if (finest && baseline !== 'none') {
    groupDiagnostics(batch, finest.binOfStep, finest.numBins, group.statistics[0]!, participates, diagnostics);
  }
  scaleAdvantages(batch, settings, { advantages, returns, participates, levels, group });

  if (settings.plus) {
    workspace.plus ??= createEstimatorWorkspace(batch.numSteps, numEnvs);
    checkEstimatorSettings(settings.plus.settings);
    estimateTerm(batch, settings.plus.settings, workspace.plus, {});
    for (let step = 0; step < advantages.length; step++) {
      if (participates[step] !== 0) advantages[step]! += settings.plus.weight * workspace.plus.advantages[step]!;
    }
  }
  return numParticipants;
}

/** The baseline of another kind; the statistics of the finest bins are there after it, for the diagnostics. */
function fillOwn(own: Baseline, batch: AdvantageBatch, input: GroupBaselineInput, { group, baseline }: EstimatorWorkspace): void {
  baseline.fill(0);
  group.levelOfStep.fill(0);
  own.fill(batch, input, group, baseline);
  if (input.levels.length > 0) binStatistics(input, 0, group);
}

/** The bins of every level. */
function assignLevels(batch: AdvantageBatch, settings: EstimatorSettings, workspace: EstimatorWorkspace): Bins[] {
  const { bins, tail } = settings;
  const withEdges = tail === 'bootstrap';
  if (withEdges && settings.bootstrapTruncated && typeof bins === 'string' && /space|state/.test(bins) && !batch.finalObservations) {
    throw batchError('bootstrapTruncated', 'a batch with finalObservations', 'none', 'give the true last observations (T, N, D)');
  }
  return levelsOf(settings).map((level, i) => {
    workspace.bins[i] ??= createBinWorkspace(batch.numSteps, batch.numEnvs);
    return assignBins(batch, level, workspace.bins[i]!, withEdges);
  });
}

function computeReturns(
  batch: AdvantageBatch,
  settings: EstimatorSettings,
  input: GroupBaselineInput,
  workspace: EstimatorWorkspace,
): ReturnsInput {
  const { numEnvs, trajectories } = batch;
  const { gamma, tail, bootstrapTruncated: valueTruncated } = settings;
  let rewards = batch.rewards;
  if (settings.returns === 'standardized-reward-to-go') {
    workspace.rewards ??= new Float64Array(rewards.length);
    rewards = standardiseRewards({ ...batch, ...settings, participates: workspace.participates }, workspace.rewards);
  }
  const returnsInput = { numEnvs, rewards, trajectories, gamma, valueTruncated };
  if (tail === 'bootstrap') {
    workspace.edgeValues ??= new Float64Array(rewards.length);
    bootstrapReturns(input, returnsInput, settings.bootstrapPasses ?? 2, workspace.group, workspace.edgeValues);
    return { ...returnsInput, edgeValues: workspace.edgeValues };
  }
  if (tail === 'complete') {
    const { edgeValues } = batch;
    if (!edgeValues || edgeValues.length < trajectories.count) {
      throw batchError(
        'tail complete',
        'edgeValues, one per trajectory',
        edgeValues ? String(edgeValues.length) : 'none',
        'play the open trajectories to their end',
      );
    }
    const completed = { ...returnsInput, valueTruncated: false, edgeValues };
    discountedReturns(completed, input.returns);
    return completed;
  }
  discountedReturns(returnsInput, input.returns);
  return returnsInput;
}
