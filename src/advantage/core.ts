/**
 * Advantage estimators: pure functions from a rollout to one number per step.
 */
import { binNames, timeOrigins } from './binnings.ts';
import { advantageScales } from './completions/advantages.ts';
import { aggregations } from './completions/aggregation.ts';
import { gradientRescalings } from './completions/gradientScale.ts';
import { validities } from './completions/scored.ts';
import { coordinateNames } from './coordinates/coordinates.ts';
import { returnKinds } from './estimate.ts';
import { baselineNames, ownBaselineNames, visits } from './groupBaseline.ts';
import { scales } from './scale.ts';
import { tails } from './tails.ts';

export type { AdvantageBatch, Floats } from './batch.ts';
export {
  areBinsStable,
  assignBins,
  type BinName,
  type BinSettings,
  type Bins,
  type BinWorkspace,
  createBinWorkspace,
  type TimeOrigin,
} from './binnings.ts';
export type { BinKey, BinKeyValue, BinStep } from './binStep.ts';
export * from './completions/index.ts';
export type { CoordinateName, Coordinates } from './coordinates/coordinates.ts';
export type { Diagnostics } from './diagnostics.ts';
export {
  checkEstimatorSettings,
  createEstimatorWorkspace,
  defaultEstimatorSettings,
  type Estimate,
  type EstimatorSettings,
  type EstimatorWorkspace,
  estimateAdvantages,
  type ReturnKind,
} from './estimate.ts';
export { createEstimator, type Estimator } from './estimator.ts';
export { createGaeOutput, type GaeInput, type GaeOutput, gae } from './gae.ts';
export {
  type Baseline,
  type BaselineName,
  createGroupBaselineWorkspace,
  type GroupBaselineInput,
  type GroupBaselineWorkspace,
  groupBaseline,
  type OwnBaselineName,
  ownBaselineNames,
  type Visit,
} from './groupBaseline.ts';
export {
  findMethod,
  type LossWeighting,
  lossWeightings,
  type Method,
  type MethodLoss,
  type MethodName,
  type MethodOnEnvironments,
  methodNames,
  methods,
} from './methods.ts';
export {
  type AdvantageNormalizeOptions,
  type MeanAndScale,
  meanAndScale,
  minibatchScale,
  normalize,
  normalizeEpsilon,
} from './normalize.ts';
export { discountedReturns, episodeReturns, lambdaReturns, type ReturnsInput } from './returns.ts';
export type { Scale } from './scale.ts';
export { horizonOf, type Tail } from './tails.ts';

/** What the options of estimators may be, by the names of the options. */
export const methodOptions = {
  /** Estimators of environments: which steps share a baseline. */
  bins: binNames,
  /** What time counts from. */
  timeOrigin: timeOrigins,
  /** Which returns a step's baseline averages. */
  baseline: baselineNames,
  /** The baselines beyond means of one bin. */
  ownBaseline: ownBaselineNames,
  /** What grids of bins are laid over, besides the observation. */
  coordinates: coordinateNames,
  /** Which visits of a trajectory put a return into a bin. */
  visit: visits,
  /** What a return sums up. */
  returns: returnKinds,
  /** What advantages are divided by. */
  scale: scales,
  /** What to do about returns that the rollout's edge cuts. */
  tail: tails,
  /** Estimators of completions: what centered rewards are divided by. */
  advantageScale: advantageScales,
  /** How the gradient is rescaled for uninformative groups. */
  gradientRescaling: gradientRescalings,
  /** What a group must differ in to be valid. */
  validBy: validities,
  /** How the loss averages over tokens. */
  aggregation: aggregations,
} as const;
