/**
 * Estimators for language models: one advantage per completion, the weight of its tokens in the loss, and the scale of the gradient.
 */
export {
  type CompletionAdvantageOptions,
  completionAdvantages,
  type FNorm,
  fNorms,
} from './advantages.ts';
export { type Aggregation, aggregations, tokenShares } from './aggregation.ts';
export type { CompletionBatch } from './batch.ts';
export {
  type CompletionBaseline,
  type CompletionEstimator,
  type CompletionScale,
  completionEstimators,
  defineEstimator,
  type EstimatorName,
  estimatorNames,
  findEstimator,
  type OwnEstimator,
} from './estimators.ts';
export {
  type Age,
  ages,
  type GradientScale,
  type GradientScaleOptions,
  gradientScale,
  type Validity,
  validGroups,
  validities,
} from './gradientScale.ts';
export { type TokenGaeInput, tokenGae, whitenTokens } from './tokens.ts';
