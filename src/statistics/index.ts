/** The statistics behind every table: what a list of numbers amounts to, intervals, comparisons. Pure functions; they import nothing. */
export { drawResamples, type Resample, type Scores, stratifiedBootstrap } from './bootstrap.ts';
export {
  bonferroni,
  contrast,
  type Difference,
  holm,
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
export { normalQuantile } from './normal.ts';
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
