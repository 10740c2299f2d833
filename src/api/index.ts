/**
 * The public names that are the same on every platform. `node/index.ts` and `browser/index.ts` add those that need one.
 */
export * from '../advantage/index.ts';
export type { Algorithm } from '../algorithms/algorithm.ts';
export { type AlgorithmName, AlgorithmRegistry, algorithms, standardAlgorithms } from '../algorithms/index.ts';
export type { FieldDescription } from '../core/config.ts';
export { describeFields, describeRange } from '../core/config.ts';
export type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult, VectorEnv } from '../core/env.ts';
export { CohortError, nearestNames, show, suggest } from '../core/errors.ts';
export type { EnvWorkerHandle, Platform, ThreadHandle } from '../core/platform.ts';
export { Registry, type RegistryWords } from '../core/registry.ts';
export type { Scene } from '../core/scene.ts';
export { type BoxSpace, box, contains, type DiscreteSpace, describeSpace, discrete, flatSize, type Space } from '../core/space.ts';
export type { Trajectories } from '../core/trajectory.ts';
export { version } from '../core/version.ts';
export * from '../envs/index.ts';
export { createKernelsAsync, type Kernels, type KernelsOptions } from '../kernels/index.ts';
export * from '../lm/index.ts';
export type { PlayOptions } from '../play/episode.ts';
export { type EpisodeMoment, playEpisode } from '../play/playEpisode.ts';
export type { Player, PlayerOptions } from '../play/player.ts';
export { decodePolicy, encodePolicy } from '../policies/encode.ts';
export {
  describePolicy,
  type PolicyDescription,
  type PolicyFile,
  type PolicyObservationStatistics,
  type PolicySource,
  policyFiles,
  withoutCritic,
} from '../policies/policyFile.ts';
export { instantiatePolicy } from '../policy/instantiate.ts';
export { Policy, type PolicySpec } from '../policy/policy.ts';
export { createGenerator, Generator, learnerKey, Philox, SeedSequence } from '../random/index.ts';
export * from '../run/evaluation.ts';
export * from '../run/events.ts';
export { type RoadName, roadNames } from '../run/layout.ts';
export { type MetricDescription, metricTable } from '../run/metrics.ts';
export * from '../run/seeds.ts';
export * from '../run/summary.ts';
export { type ResolvedConfig, resolveConfig, runSchema } from '../training/config.ts';
export { findRecipe, type Recipe, recipes, withRecipe } from '../training/recipes.ts';
export type { IterationResult } from '../training/trainee.ts';
export type { Cohort, EvaluateOptions, PlayerLoadOptions, ResumeOptions, RunEvaluation } from './cohort.ts';
export { createCohort } from './cohort.ts';
export type { LibraryContext, LibraryOptions, RunOptions } from './context.ts';
export type { EnvFactory, TrainConfig, TrainFields, Training, TrainingResult } from './environments.ts';
export type {
  LanguageRunOptions,
  LanguageTrainConfig,
  LanguageTrainFields,
  LanguageTraining,
  LanguageTrainingResult,
} from './languageModels.ts';
