/**
 * `import ... from 'cohort-rl/theory'`: the propositions of arXiv 2510.03679 as rows that are computed, and what they are computed with: small decision
 * processes, their exact gradients, and what estimators give in expectation.
 */
export { expectedGradient } from './enumeration.ts';
export {
  type ExactGradient,
  exactGradient,
  type FiniteMdp,
  randomFiniteMdp,
  randomSoftmaxPolicy,
  type SoftmaxPolicy,
  softmaxPolicy,
} from './finiteMdp.ts';
export { type Check, type ErrorCurve, type Estimator, type Outcome, type RowKind, rowKinds, type Subjects, type Surrogate } from './row.ts';
export { type NotationSlip, notationSlips } from './rows/slips.ts';
export { enumerateTrajectories, type TrajectoryTable } from './trajectories.ts';
export { type Statement, type TheoryReport, theoryStatements, type VerifiedRow, type VerifyOptions, verifyTheory } from './verifyTheory.ts';
