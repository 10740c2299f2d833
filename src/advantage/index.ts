/**
 * `cohort-rl/advantage`: the estimators and everything that methods are made of. Training reads core.ts, and the rest when it is needed.
 */
export { type BaselineShape, ownBaselines } from './baselines/index.ts';
export * from './core.ts';
export { type BinMember, type ExplainedBin, explainStep, type StepExplanation } from './explain.ts';
export { describeLoss, type MethodPage, methodPages } from './methodPages.ts';
export { baselineOf, coordinatesOf, methodSettings } from './methodSettings.ts';
