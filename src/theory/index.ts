/**
 * Small exact MDPs, and expectations of gradient estimators without sampling.
 */
export {
  type ExpectedGradientInput,
  enumerateTrajectories,
  expectedGradient,
  forEachGroup,
  type TrajectoryTable,
  weightedScores,
} from './enumeration.ts';
export {
  type ExactGradient,
  exactGradient,
  type FiniteMdp,
  type FiniteMdpShape,
  randomFiniteMdp,
  randomSoftmaxPolicy,
  type SoftmaxPolicy,
  softmaxPolicy,
} from './finiteMdp.ts';
