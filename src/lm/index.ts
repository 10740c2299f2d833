/**
 * Language models trained by their rewards: tasks, configuration, training, evaluation.
 */

export type { KeptCompletion } from './algorithm/metrics.ts';
export type { ChatMessage, ModelCheckpoint, ModelShape, PretrainedTokenizer } from './checkpoints/checkpoint.ts';
export { filesOf, type ModelFiles } from './checkpoints/files.ts';
export type { OutputFile } from './checkpoints/outputFile.ts';
export type { PretrainedModel } from './checkpoints/pretrained.ts';
export type { TokenizerPackages } from './checkpoints/tokenizer.ts';
export { type LanguageConfig, languageFields, languageSchema, resolveLanguageConfig } from './config/config.ts';
export { type DataColumns, type DataRow, readRows } from './data/rows.ts';
export { type DataTaskOptions, taskFromRows } from './data/task.ts';
export { createVocabulary, tokenizerOf } from './model/tokenizer.ts';
export type { EpisodeContext, EpisodeProgram, EpisodeReward, Turn } from './tasks/episode.ts';
export { defineTask, findTask, languageTasks } from './tasks/index.ts';
export type { SolutionTurn } from './tasks/problem.ts';
export { drawProblem, type Split } from './tasks/problems.ts';
export { type ImagePart, type Prompt, type PromptPart, promptText, type Tokenizer } from './tasks/prompt.ts';
export { type Score, type ScoreItem, type ScoreLimits, type ScoreStatus, scoreCompletions } from './tasks/rewards.ts';
export type { EpisodeProblem, EpisodeTask, LanguageTask, Problem, RewardComponents } from './tasks/task.ts';
export type { ExportFormat } from './training/exportModel.ts';
export type { ChatOptions, LanguageModel, LanguageSample, ModelEvaluateOptions, SampleOptions } from './training/languageModel.ts';
export type { LanguageIterationResult } from './training/trainee.ts';
export {
  type AnswerMark,
  createVerifier,
  type ExtractedAnswer,
  extractAnswer,
  type Verification,
  type VerificationOutcome,
  type Verifier,
  verifyAnswer,
} from './verifier/index.ts';
