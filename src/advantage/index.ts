/**
 * Advantage estimators: pure functions from a rollout to one number per step.
 */
export type { AdvantageBatch, Floats } from './batch.ts';
export {
  assignBins,
  type BinName,
  type BinSettings,
  type Bins,
  type BinWorkspace,
  binNames,
  createBinWorkspace,
  type TimeOrigin,
  timeOrigins,
} from './binnings.ts';
export type { BinKey, BinKeyValue, BinStep } from './binStep.ts';
export * from './completions/index.ts';
export type { Diagnostics } from './diagnostics.ts';
export {
  checkEstimatorSettings,
  createEstimatorWorkspace,
  defaultEstimatorSettings,
  type Estimate,
  type EstimatorSettings,
  type EstimatorWorkspace,
  estimate,
  type ReturnKind,
  returnKinds,
} from './estimate.ts';
export { createGaeOutput, type GaeInput, type GaeOutput, gae } from './gae.ts';
export {
  type BaselineName,
  baselineNames,
  createGroupBaselineWorkspace,
  type GroupBaselineInput,
  type GroupBaselineWorkspace,
  groupBaseline,
  type Visit,
  visits,
} from './groupBaseline.ts';
export { type AdvantageNormalizeOptions, type MeanAndScale, meanAndScale, normalize, normalizeEpsilon } from './normalize.ts';
export { type LossWeighting, type Preset, type PresetName, preset, presetNames, presetSettings, presets } from './presets.ts';
export { discountedReturns, episodeReturns, type ReturnsInput } from './returns.ts';
export { type Scale, scales } from './scale.ts';
export { horizonOf, type Tail, tails } from './tails.ts';
