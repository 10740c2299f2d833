/** The statistics behind every table: what a list of numbers amounts to, intervals, comparisons. Pure functions; they import nothing. */
export { type AggregateOptions, type Aggregates, aggregateScores, optimalityGap } from './aggregates.ts';
export { drawResamples, type Resample, type Scores, stratifiedBootstrap, stratifiedBootstraps } from './bootstrap.ts';
export {
  bonferroni,
  contrast,
  type Difference,
  holm,
  improvementInterval,
  type MeanWithError,
  meanWithError,
  pairedDifference,
  probabilityOfImprovement,
  welchDifference,
} from './compare.ts';
export {
  interquartileMean,
  mean,
  median,
  quantile,
  type SampleStatistics,
  sampleStatistics,
  standardDeviation,
  standardError,
  variance,
} from './describe.ts';
export type { Interval } from './interval.ts';
export { type MannWhitney, type MannWhitneyMethod, mannWhitney } from './mannWhitney.ts';
export { normalQuantile, normalTail } from './normal.ts';
export { type Curves, type ProfileOptions, performanceProfile, sampleEfficiency } from './profiles.ts';
export {
  type AccuracyInterval,
  accuracyInterval,
  majAtK,
  majorityVote,
  type Proportion,
  passAtK,
  proportionDifference,
  proportionOf,
  usualKs,
  type Vote,
  wilsonInterval,
} from './proportion.ts';
export { meanInterval, studentQuantile, studentTail } from './students.ts';
