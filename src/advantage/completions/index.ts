/**
 * Estimators for language models: one advantage per completion, the weight of its tokens in the loss, and the scale of the gradient.
 */
export {
  type AdvantageScale,
  type CompletionAdvantageOptions,
  completionAdvantages,
} from './advantages.ts';
export { type Aggregation, tokenWeights } from './aggregation.ts';
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
  type GradientRescaling,
  type GradientScale,
  type GradientScaleOptions,
  gradientScale,
} from './gradientScale.ts';
export { type ScoredBatch, scoreBatch, type Validity } from './scored.ts';
export { type TokenGaeInput, type TokenStretchesInput, tokenGae, tokenStretches, whitenTokens } from './tokens.ts';
