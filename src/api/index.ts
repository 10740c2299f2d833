/**
 * The public names that are the same on every platform. `node/index.ts` and `browser/index.ts` add those that need one; the rest stands in the
 * entries `cohort-rl/advantage`, `envs`, `kernels`, `lm`, `policies`, `random` and `statistics`.
 */
export type { BinKey, BinKeyValue, BinName, BinStep, CompletionEstimator, EstimatorName } from '../advantage/core.ts';
export { defineEstimator } from '../advantage/core.ts';
export type { Algorithm } from '../algorithms/algorithm.ts';
export type { AlgorithmRegistry } from '../algorithms/standard.ts';
export { type AlgorithmName, algorithms } from '../algorithms/standard.ts';
export type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult, VectorEnv } from '../core/env.ts';
export { CohortError, type CohortErrorParts } from '../core/errors.ts';
export type { EnvWorkerHandle, Platform, ThreadHandle } from '../core/platform.ts';
export type { Scene } from '../core/scene.ts';
export {
  type BoxSpace,
  box,
  type DictSpace,
  type DiscreteSpace,
  discrete,
  type MultiBinarySpace,
  type MultiDiscreteSpace,
  type Space,
  type TupleSpace,
} from '../core/space.ts';
export { version } from '../core/version.ts';
export { checkEnv } from '../envs/checkEnv.ts';
export { drawScene } from '../envs/draw/index.ts';
export type { CohortModule, ModuleContext } from '../envs/module.ts';
export type { EnvOf, EnvOptions, EnvRegistry, EnvSpec, EnvTypes, SpaceRow } from '../envs/spec.ts';
export { vectorize } from '../envs/vectorize.ts';
export type {
  LanguageConfig,
  LanguageIterationResult,
  LanguageModel,
  LanguageSample,
  LanguageTask,
  ModelFiles,
  PretrainedModel,
  Problem,
} from '../lm/index.ts';
export { defineTask } from '../lm/index.ts';
export type { PlayOptions } from '../play/episode.ts';
export { type EpisodeMoment, playEpisode } from '../play/playEpisode.ts';
export type { Player, PlayerOptions } from '../play/player.ts';
export { decodePolicy, encodePolicy } from '../policies/encode.ts';
export type { PolicyFile } from '../policies/policyFile.ts';
export type { Policy, PolicySpec } from '../policy/policy.ts';
export type { Generator } from '../random/index.ts';
export type { AccuracyAtK, Evaluation, EvaluationResult, EvaluationStatistics } from '../run/evaluation.ts';
export type * from '../run/events.ts';
export type { RunHome } from '../run/home.ts';
export type { RoadName } from '../run/layout.ts';
export type { MetricDescription, MetricKey, Metrics } from '../run/metrics.ts';
export type { JointSummary, SeedOutcome } from '../run/seeds.ts';
export type { RunProgress, RunStatus, RunSummary } from '../run/summary.ts';
export type { ResolvedConfig } from '../training/config.ts';
export { type Recipe, recipes } from '../training/recipes.ts';
export type { OpenShards, ShardedRun } from '../training/shards/open.ts';
export type { CollectAnswer, CollectTask, GradientAnswer, GradientTask, ShardExecutor } from '../training/shards/tasks.ts';
export type { IterationResult } from '../training/trainee.ts';
export { createCheckedCohort as createCohort } from './checked.ts';
export type { Cohort, EvaluateOptions, ResumeOptions, ResumeSeedsOptions, RunEvaluation } from './cohort.ts';
export type { LibraryOptions, RunOptions } from './context.ts';
export type { EnvFactory, EnvironmentRunOptions, PlayerLoadOptions, TrainConfig, Training, TrainingResult } from './environments.ts';
export type { RunMatrixOptions } from './experiments.ts';
export { createGenerator } from './generator.ts';
export type { LanguageRunOptions, LanguageTrainConfig, LanguageTraining, LanguageTrainingResult } from './languageModels.ts';
export type { OpenModelOptions } from './models.ts';
export type { SeedsConfig, SeedsOptions, SeedsResult } from './seeds.ts';
