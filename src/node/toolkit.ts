/**
 * What the command line uses: everything that is public, and what only it needs. The package does not export this file.
 */
import type { AlgorithmRegistry } from '../algorithms/standard.ts';
import { createPolicies } from '../api/policies.ts';
import { createSeeds } from '../api/seeds.ts';
import { createStarts } from '../api/starts.ts';
import type { EnvRegistry } from '../envs/index.ts';
import { runFiles } from '../run/layout.ts';
import { isHeld } from '../run/lock.ts';
import { isLockFile, isStartFile, tidyRun } from '../run/runFolder.ts';
import { isTemporary } from '../run/storage.ts';
import { cohort } from './library.ts';
import { nodeHome } from './storage.ts';

export { findEstimator } from '../advantage/core.ts';
export { describeLoss, methodPages } from '../advantage/methodPages.ts';
export { findMethod, methodNames, methods } from '../advantage/methods.ts';
export { openNamed } from '../api/models.ts';
export type { SeedTask } from '../api/seedLanes.ts';
export { describeFields, type FieldDescription } from '../core/config.ts';
export { CohortError, mistake, nearestNames, show, suggest } from '../core/errors.ts';
export { describeSpace, flatSize, type Space } from '../core/space.ts';
export { formatBytes, visibleText } from '../core/text.ts';
export { type Finding, leastIterations, rules, showLimit, showMeasured, warningOf, watchRun, windowLength } from '../doctor/index.ts';
export { foldRows, type TableLine } from '../envs/foldRows.ts';
export { type EnvSpec, environmentSeeds, makeVectorEnv, type SpaceRow } from '../envs/index.ts';
export { isMujocoLoaded } from '../envs/mujoco/module.ts';
export { describeOption } from '../envs/options.ts';
export { groupRuns } from '../experiments/cells.ts';
export { kubernetesObjects, podFolders } from '../experiments/clusters/kubernetes.ts';
export { readPlan, writePlan } from '../experiments/clusters/plan.ts';
export { type RayJob, rayJobs, readRayJobs, writeRayJobs } from '../experiments/clusters/ray.ts';
export { type ClusterRequest, plainName, taskWords } from '../experiments/clusters/request.ts';
export { slurmScript } from '../experiments/clusters/slurm.ts';
export {
  baselinesOf,
  type ComparedCell,
  type CompareOptions,
  compareCells,
  compareOverall,
  isBaseline,
  scoresAsCsv,
  scoresForRliable,
} from '../experiments/compare.ts';
export { type Matrix, parseMatrix } from '../experiments/matrix.ts';
export type { PlannedRun } from '../experiments/plan.ts';
export { type Cell, finalScores, type PolicyKind, type RunResult, readResults } from '../experiments/result.ts';
export { cellsToRun, type MatrixEvent, type MatrixOutcome, runningFolder } from '../experiments/runner.ts';
export { resultsEnding } from '../experiments/store.ts';
export { createKernelsAsync } from '../kernels/room.ts';
export { adapterConfigFile, isGguf, isHubName, isModelFolder, isServerAddress } from '../lm/checkpoints/place.ts';
export { languageSchema, resolveLanguageConfig } from '../lm/config/config.ts';
export { answerForeign } from '../lm/config/foreignNames.ts';
export { dataFormatOf, dataFormats } from '../lm/data/file.ts';
export { promptText, tokenizerOf } from '../lm/index.ts';
export { findTask, languageTasks } from '../lm/tasks/index.ts';
export { drawProblem } from '../lm/tasks/problems.ts';
export { picturesOf } from '../lm/tasks/prompt.ts';
export { type Score, scoreCompletions } from '../lm/tasks/rewards.ts';
export type { LanguageTask, Problem } from '../lm/tasks/task.ts';
export { patchTokens } from '../lm/tasks/task.ts';
export type { LanguageSample } from '../lm/training/languageModel.ts';
export { describePolicy, type PolicyFile, policyFiles, withoutCritic } from '../policies/policyFile.ts';
export type { PretrainedPolicy } from '../policies/pretrained.ts';
export { checkNetwork, networkOf, openStart } from '../policies/start.ts';
export { type ChartSpec, curveChart, intervalChart, pointChart, profileChart } from '../report/charts.ts';
export { type CurveAxis, type CurveSource, learningCurve, type Series } from '../report/curves.ts';
export type { Chart, ReportDocument, Section } from '../report/document.ts';
export { renderMarkdown } from '../report/markdown.ts';
export { matrixLead, matrixSections } from '../report/matrixReport.ts';
export { formatInterval, formatValue } from '../report/numbers.ts';
export { renderPage } from '../report/page.ts';
export type { Theme } from '../report/palette.ts';
export { linePanels, panelsByTarget } from '../report/panels.ts';
export { aggregateScores, improvements, scoreProfiles } from '../report/scores.ts';
export { leadOf, summarySections, titleOf } from '../report/summary.ts';
export { cellText, type Table } from '../report/table.ts';
export { findReproduction, type Restriction, reproductions, restrict } from '../reproduction/index.ts';
export type { ReproductionResults } from '../reproduction/results.ts';
export { figureNames, reproductionSections } from '../reproduction/sections.ts';
export type { RunData } from '../run/data.ts';
export type { EvaluationResult } from '../run/evaluation.ts';
export type { IterationEvent, RunEvent } from '../run/events.ts';
export { checkLabels, isLabel, type RunLabels } from '../run/labels.ts';
export { type RoadName, runFiles, runFormat, runFormatVersion } from '../run/layout.ts';
export { isDone, parseSeedPlan, type SeedPlan, seedDirectory, seedPlanFile } from '../run/seedPlan.ts';
export { jointSummary, summarizeOutcomes, writeJointSummary } from '../run/seeds.ts';
export type { RunStart } from '../run/start.ts';
export type { RecordedModule } from '../run/storedRun.ts';
export type { RunSummary } from '../run/summary.ts';
export { type CloseOptions, mlflowSink, type Sink, wandbSink } from '../sinks/index.ts';
export { checkTrackingUri } from '../sinks/mlflowServer.ts';
export { type ErrorCurve, notationSlips, type TheoryReport, theoryStatements, type VerifiedRow, verifyTheory } from '../theory/index.ts';
export { resolveConfig, runSchema } from '../training/config.ts';
export { findRecipe, overRecipe, type Recipe, recipesOf } from '../training/recipes.ts';
export { chartFiles, saveChart } from './charts.ts';
export { runTask } from './clusterTask.ts';
export { readDataTask } from './dataFile.ts';
export { examineRun, knownFacts } from './doctor.ts';
export { missingRuns, readMatrixCells, readReproduction, readResult } from './experiments.ts';
export { explainFileError } from './files.ts';
export { isMissingPackage } from './film/optional.ts';
export { giveBackLock } from './heldLock.ts';
export * from './index.ts';
export { checkModelFolder, writeModelFolder } from './modelFolder.ts';
export { pretrainedFolder, pretrainedPolicies } from './pretrained.ts';
export { submitRayJobs } from './raySubmit.ts';
export { curvesOf, drawFigures } from './reportCharts.ts';
export {
  describeVerification,
  describeWork,
  type RunLink,
  readRunLink,
  shareRun,
  type TrainingProgress,
  type Verification,
  verifyRun,
} from './share.ts';

/** Several seeds, in the parts that a command shows one by one. */
export const seeds: ReturnType<typeof createSeeds> = createSeeds(cohort.context, cohort);
/** What runs begin from. */
export const starts: ReturnType<typeof createStarts> = createStarts(cohort.context, createPolicies(cohort.context));
/** Modules of users that were loaded. */
export const modules: typeof cohort.context.modules = cohort.context.modules;

/** Tasks of the user's that can be named: those of modules, and of files. */
export const tasks: typeof cohort.context.tasks = cohort.context.tasks;

/** What reads tasks for models on servers; see `Cohort.openTokenizer`. */
export const openTokenizer: typeof cohort.openTokenizer = cohort.openTokenizer;
/** The same, by what the user calls them. */
export const tokenizers: typeof cohort.context.tokenizers = cohort.context.tokenizers;

/** Pretrained models that were opened. */
export const models: typeof cohort.context.models = cohort.context.models;

/** The environments that can be named: the package's and those of modules. */
export const environments: EnvRegistry = cohort.context.registry;
/** The algorithms that can be named, the default first. */
export const algorithms: AlgorithmRegistry = cohort.context.algorithms;

/** Whether a file of that name is no more than what a killed beginning leaves behind. */
export const isLeftOver = (name: string): boolean => isLockFile(name) || isTemporary(name) || isStartFile(name);
/** Takes away what a killed end leaves behind. */
export const tidy = (runDirectory: string): Promise<void> => tidyRun(nodeHome.open(runDirectory), nodeHome.host);
/** Whether a process writes that run at the moment. */
export const isBeingWritten = (runDirectory: string): Promise<boolean> => isHeld(nodeHome.open(runDirectory), runFiles.lock, nodeHome.host);
/** Milliseconds since 1970. */
export const wallMilliseconds = (): number => nodeHome.host.now();
