/**
 * `import ... from 'cohort-rl/experiments'`: results of runs, matrices of runs as data, and how runs compare. Everything here works in Node and in a page.
 */
export { differingFields, groupRuns } from './cells.ts';
export {
  baselinesOf,
  type CellStatistics,
  type ComparedCell,
  type CompareOptions,
  type ComparisonReading,
  type ComparisonWith,
  cellStatistics,
  compareCells,
  compareOverall,
  iqmInterval,
  isBaseline,
  type OverallComparison,
  type RliableScores,
  scoresAsCsv,
  scoresForRliable,
} from './compare.ts';
export { equalProgressName, equalProgressRuns } from './equalProgress.ts';
export { decidingSettings, type RunIdentity, runIdentity } from './identity.ts';
export { cellsOfMatrix, type Expected, listSeeds, type Matrix, type MatrixCell, type MatrixInput, parseMatrix } from './matrix.ts';
export { cellsWithOriginals } from './originals.ts';
export type { PlannedRun, ResolveRun } from './plan.ts';
export {
  type Cell,
  finalScore,
  finalScores,
  type PolicyKind,
  type RunResult,
  readResults,
  writeResult,
} from './result.ts';
export type { MatrixEvent, MatrixOutcome } from './runner.ts';
export { drawTrials, halvingRounds, type Round, type Search } from './search.ts';
export { type Agreement, agreement, type CellVerdict, type ClaimVerdict, judge, judgeClaim, type PublishedFigure } from './verdict.ts';
