/**
 * Language models trained by their rewards: tasks, configuration, training, evaluation.
 */
export { type AccuracyInterval, accuracyInterval, majAtK, majorityVote, passAtK, usualKs, type Vote, wilsonInterval } from './accuracy.ts';
export { type LanguageConfig, languageFields, languageSchema, resolveLanguageConfig } from './config.ts';
export type { LanguageEvaluation, LanguageModel, LanguageSample, ModelEvaluateOptions, SampleOptions } from './languageModel.ts';
export { drawProblem, type Split } from './problems.ts';
export { type Score, type ScoreItem, type ScoreLimits, type ScoreStatus, scoreCompletions } from './rewards.ts';
export type { LanguageTask, Problem, RewardComponents } from './task.ts';
export { defineTask, findTask, languageTasks } from './tasks/index.ts';
export type { LanguageIterationResult, LanguageTraining, LanguageTrainingResult } from './train.ts';
export {
  type AnswerMark,
  type ExtractedAnswer,
  extractAnswer,
  type Verification,
  type VerificationOutcome,
  verifyAnswer,
} from './verifier/index.ts';
export { createVocabulary, type Vocabulary } from './vocabulary.ts';
