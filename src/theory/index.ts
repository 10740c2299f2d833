/**
 * The propositions of arXiv 2510.03679 as numbers: exact gradients of small MDPs, and what estimators give in expectation, by enumeration.
 */
export { enumerateTrajectories, expectedGradient, forEachGroup, type TrajectoryTable, weightedScores } from './enumeration.ts';
export { exactGradient, type FiniteMdp, randomFiniteMdp, randomSoftmaxPolicy, type SoftmaxPolicy, softmaxPolicy } from './finiteMdp.ts';
export { cosine, estimator, largestDifference, type Problem, problem, random, relativeBias } from './problem.ts';
