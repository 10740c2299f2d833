/**
 * The configuration of a language-model run: the fields of src/lm/config/fields.ts with every default filled in, from the task, the estimator's row of
 * the table, or another field.
 */
import * as z from 'zod/mini';
import { type CompletionEstimator, findEstimator } from '../../advantage/completions/index.ts';
import { checkRecord } from '../../core/arguments.ts';
import { parseConfig } from '../../core/config.ts';
import { CohortError, mistake, show } from '../../core/errors.ts';
import { defineTask, findTask, languageTasks } from '../tasks/index.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { languageFields } from './fields.ts';
import { foreignOfLanguage } from './foreignNames.ts';

export { languageFields };

type Parsed = z.output<z.ZodMiniObject<typeof languageFields>>;

/** Fields that stay optional; all others are filled in. */
type Optional = 'advantageScale' | 'alphaMax' | 'rewardTimeout' | 'stopAfter';

/** A configuration with every field filled in; plain JSON. Resolving it again gives the same. */
export type LanguageConfig = {
  /** Id of the task; `custom` for a task that was given as an object. */
  readonly task: string;
} & Readonly<Required<Omit<Parsed, Optional>>> &
  Readonly<Pick<Parsed, Optional>>;

/** The whole schema of a run, without `task`. */
export function languageSchema(): z.ZodMiniObject<typeof languageFields> {
  return z.strictObject(languageFields);
}

/** AdamW's default weight decay: torch's. */
export const defaultWeightDecay = 0.01;

/** Chosen at this width (docs/log.md, 2026-11-21); beyond it they fall as one over the width, as Adam's do in G. Yang et al., arXiv 2203.03466, table 3. */
const [defaultRatesWidth, defaultLearningRate, defaultWarmStartLearningRate] = [64, 1.5e-3, 3e-3];

/** Long enough for Adam's second moments (beta2 0.99) to know the gradient. Without it add-2digit ends much the same (docs/log.md, 2026-11-21). */
const defaultWarmupIterations = 10;

/** The tasks that a program knows besides the built-in ones, by id. */
export type OwnTasks = ReadonlyMap<string, LanguageTask>;

/** The task of an input: an object, or the one of that id. Throws {@link CohortError} if there is none, and for one of the user's with a built-in id. */
export function taskOf(input: Readonly<Record<string, unknown>>, own?: OwnTasks): LanguageTask {
  const task = own?.get(input.task as string) ?? input.task;
  if (typeof input.task === 'string' && task !== input.task && Object.hasOwn(languageTasks, input.task)) {
    throw mistake('task', 'an id that no built-in task has', show(input.task), 'call yours otherwise');
  }
  return typeof task === 'object' && task !== null ? defineTask(task as LanguageTask) : findTask(task as string);
}

/** The estimator of an input: an object, or the row of that name. Throws {@link CohortError} for `custom` without an object. */
export function estimatorOf(input: Readonly<Record<string, unknown>>, name: string): CompletionEstimator {
  return typeof input.estimator === 'object' && input.estimator !== null ? (input.estimator as CompletionEstimator) : findEstimator(name);
}

/**
 * Fills in defaults and validates everything. `input` is flat. Its `estimator` is a name of the table or what `defineEstimator` made; its `task` is an id
 * or an object, whose defaults go before those of the fields; `ownTasks` are known by their ids besides the built-in ones. Throws {@link CohortError} for an unknown task or field, a value out of range, and for
 * fields that contradict each other. `nameOf` writes a field the way the user wrote it (`--group-size`).
 */
export function resolveLanguageConfig(
  input: Readonly<Record<string, unknown>>,
  subject = 'configuration',
  nameOf: (field: string) => string = (field) => field,
  ownTasks?: OwnTasks,
): LanguageConfig {
  checkRecord(input, subject, 'a record of fields', "write for example { task: 'add-2digit' }");
  const { task: named, estimator, ...given } = input;
  const task = taskOf(input, ownTasks);
  const own = typeof estimator === 'object' && estimator !== null;
  const defined = Object.fromEntries(
    Object.entries({ ...given, estimator: own ? 'custom' : estimator }).filter(([, value]) => value !== undefined),
  );
  const fields = parseConfig(languageSchema(), { ...task.defaults, ...defined }, subject, nameOf, foreignOfLanguage);
  const preset = estimatorOf(input, fields.estimator);
  const updateEpochs = fields.updateEpochs ?? preset.updateEpochs;
  const narrowing = Math.min(1, defaultRatesWidth / fields.hiddenSize);
  const config: LanguageConfig = {
    ...fields,
    // A run keeps the data of a task, and so can name it.
    task: typeof named === 'string' ? named : task.data ? task.id : 'custom',
    gradientRescaling: fields.gradientRescaling ?? preset.gradientRescaling,
    aggregation: fields.aggregation ?? preset.aggregation,
    minValidFraction: fields.minValidFraction ?? preset.minValidFraction,
    clipLow: fields.clipLow ?? preset.clipLow,
    clipHigh: fields.clipHigh ?? preset.clipHigh,
    updateEpochs,
    ...shortenedEvaluations(fields, task),
    criticEpochs: fields.criticEpochs ?? updateEpochs,
    numKeyValueHeads: fields.numKeyValueHeads ?? fields.numAttentionHeads,
    headDim: fields.headDim ?? fields.hiddenSize / fields.numAttentionHeads,
    maxTokens: fields.maxTokens ?? task.completionLength,
    learningRate: fields.learningRate ?? defaultLearningRate * narrowing,
    warmStartLearningRate: fields.warmStartLearningRate ?? defaultWarmStartLearningRate * narrowing,
    warmStartSeed: fields.warmStartSeed ?? fields.seed,
    warmupIterations: fields.warmupIterations ?? Math.min(defaultWarmupIterations, fields.iterations),
    weightDecay: fields.weightDecay ?? (fields.optimizer === 'adamw' ? defaultWeightDecay : 0),
  };
  for (const [field, expected, got, advice] of contradictions(config, task, preset)) {
    throw new CohortError({ subject: `${subject}: ${nameOf(field)}`, expected, got, advice });
  }
  return config;
}

/** Where a task lists its held-out problems, there are no more of them than that. */
function shortenedEvaluations(
  { evaluationPrompts, finalEvaluationPrompts }: Parsed,
  { heldOutProblems }: LanguageTask,
): Pick<Parsed, 'evaluationPrompts' | 'finalEvaluationPrompts'> {
  const most = heldOutProblems?.().length ?? Number.POSITIVE_INFINITY;
  return { evaluationPrompts: Math.min(evaluationPrompts, most), finalEvaluationPrompts: Math.min(finalEvaluationPrompts, most) };
}

/** Baselines that a group of one does not have. */
const groupBaselines: ReadonlySet<CompletionEstimator['baseline']> = new Set([
  'group-mean',
  'leave-one-out',
  'length-weighted',
  'second-best',
]);

type Contradiction = readonly [field: keyof Parsed, expected: string, got: string, advice: string];

/** Fields that contradict each other. */
function* contradictions(config: LanguageConfig, task: LanguageTask, preset: CompletionEstimator): Generator<Contradiction> {
  const alone = !groupBaselines.has(preset.baseline);
  const { groupSize, estimator, hiddenSize, numAttentionHeads, headDim, numKeyValueHeads, optimizer } = config;
  if (groupSize < 2 && (!alone || config.minValidFraction > 0)) {
    const why = !alone ? `estimator ${estimator}` : `minValidFraction ${config.minValidFraction}`;
    yield ['groupSize', `at least 2 completions per prompt with ${why}`, show(groupSize), 'a group of one has nothing to be compared with'];
  }
  if (preset.loss === 'score' && config.updateEpochs > 1) {
    yield [
      'updateEpochs',
      `1 with estimator ${estimator}, which has no probability ratio`,
      show(config.updateEpochs),
      'leave it out, or choose grpo',
    ];
  }
  if (config.alphaMax !== undefined && config.gradientRescaling === 'off') {
    yield ['alphaMax', 'gradientRescaling group, token or nonzero with it', 'gradientRescaling off', 'choose one, or leave alphaMax out'];
  }
  if (preset.needsCritic && (config.advantageScale !== undefined || config.gradientRescaling !== 'off')) {
    const field = config.advantageScale === undefined ? 'gradientRescaling' : 'advantageScale';
    yield [field, `none with estimator ${estimator}, whose advantages come from a critic`, show(config[field]), 'leave it out'];
  }
  if (hiddenSize % 8 !== 0) yield ['hiddenSize', 'a multiple of 8', show(hiddenSize), 'choose for example 64'];
  if (!Number.isInteger(headDim) || headDim % 8 !== 0) {
    const advice = `choose numAttentionHeads that divide hiddenSize ${hiddenSize} into multiples of 8, or a headDim`;
    yield ['headDim', 'a multiple of 8', show(headDim), advice];
  }
  if (numAttentionHeads % numKeyValueHeads !== 0)
    yield ['numKeyValueHeads', `a divisor of numAttentionHeads ${numAttentionHeads}`, show(numKeyValueHeads), 'choose for example 1'];
  if (config.weightDecay > 0 && optimizer !== 'adamw') {
    yield ['weightDecay', 'optimizer adamw with it', `optimizer ${optimizer}`, 'choose adamw, or leave it out'];
  }
  if (config.momentum > 0 && optimizer !== 'sgd') {
    yield ['momentum', 'optimizer sgd with it', `optimizer ${optimizer}`, 'choose sgd, or leave it out'];
  }
  if (config.maxTokens > task.completionLength) {
    const advice = 'the task says how long a completion may be; choose less';
    yield ['maxTokens', `at most ${task.completionLength} for task ${task.id}`, show(config.maxTokens), advice];
  }
  if (config.warmupIterations > config.iterations) {
    yield ['warmupIterations', `at most iterations ${config.iterations}`, show(config.warmupIterations), 'choose fewer'];
  }
}
