/**
 * The configuration of a language-model run: the fields of src/lm/config/fields.ts with every default filled in, from the task, the estimator's row of
 * the table, or another field.
 */
import * as z from 'zod/mini';
import { type CompletionEstimator, findEstimator } from '../../advantage/completions/index.ts';
import { checkRecord } from '../../core/arguments.ts';
import { parseConfig } from '../../core/config.ts';
import { mistake, show } from '../../core/errors.ts';
import { type AdapterSpec, adapterTargets } from '../../kernels/transformer/spec.ts';
import { isServed, refuseSampler, tokenizerPlace } from '../checkpoints/place.ts';
import { type PretrainedModel, readBy, type TaskReader } from '../checkpoints/pretrained.ts';
import { defineTask, findTask, languageTasks } from '../tasks/index.ts';
import { readStopTexts } from '../tasks/stopTexts.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { branchContradictions, branchDefaults } from './branchFields.ts';
import { languageFields } from './fields.ts';
import { foreignOfLanguage } from './foreignNames.ts';
import { serverContradictions } from './serverFields.ts';

export { languageFields };

type Parsed = z.output<z.ZodMiniObject<typeof languageFields>>;

/** Fields that stay optional; all others are filled in. */
type Optional =
  | ('advantageScale' | 'alphaMax' | 'rewardTimeout' | 'stopAfter' | 'model' | 'loraAlpha' | 'stop' | 'url' | 'tokenizer')
  | ('branches' | 'branchInterval' | 'branchAfter');

/** A configuration with every field filled in; plain JSON. Resolving it again gives the same. */
export type LanguageConfig = {
  /** Id of the task; `custom` for a task that was given as an object. */
  readonly task: string;
  /** SHA-256 that stands for the files of `model`. */
  readonly modelSha256?: string;
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

/** What a program knows by name besides what is built in. */
export interface Known {
  /** Tasks by id. */
  readonly tasks?: ReadonlyMap<string, LanguageTask>;
  /** Pretrained models that were opened, by what the user calls them. */
  readonly models?: ReadonlyMap<string, PretrainedModel>;
  /** Tokenizers of models on servers that were opened, by the same. */
  readonly tokenizers?: ReadonlyMap<string, TaskReader>;
}

/** The pretrained model of an input: one that was opened, or the one of that name; `undefined` without. Throws {@link CohortError} if it is not open. */
export function modelOf(input: Readonly<Record<string, unknown>>, { models }: Known = {}): PretrainedModel | undefined {
  const { model } = input;
  if (model === undefined || model === null || isServed(input)) return undefined;
  if (typeof model === 'object') return model as PretrainedModel;
  const found = models?.get(model as string);
  if (found) return found;
  throw mistake('model', 'a pretrained model that was opened', show(model), 'call `await openModel(place)` first');
}

/** What reads the task: the pretrained model of an input, or the tokenizer of the one on a server. Throws {@link CohortError} if it is not open. */
function readerOf(input: Readonly<Record<string, unknown>>, known: Known): TaskReader | undefined {
  if (!isServed(input)) return modelOf(input, known);
  const place = tokenizerPlace(input);
  if (place === undefined) return undefined;
  const found = known.tokenizers?.get(place);
  if (found) return found;
  const advice = 'call `await openTokenizer(place)` first, or choose task for the characters of the task';
  throw mistake('tokenizer', 'a tokenizer that was opened', show(place), advice);
}

/**
 * The task of an input, an object or the one of that id, as the model reads it if there is one. Throws {@link CohortError} if there is none, for one of the user's
 * with a built-in id, and as {@link readBy} does.
 */
export function taskOf(input: Readonly<Record<string, unknown>>, known: Known = {}): LanguageTask {
  const named = known.tasks?.get(input.task as string) ?? input.task;
  if (typeof input.task === 'string' && named !== input.task && Object.hasOwn(languageTasks, input.task)) {
    throw mistake('task', 'an id that no built-in task has', show(input.task), 'call yours otherwise');
  }
  const task = typeof named === 'object' && named !== null ? defineTask(named as LanguageTask) : findTask(named as string);
  const reader = readerOf(input, known);
  if (!reader) return task;
  const { maxTokens } = input;
  return readBy(task, reader, typeof maxTokens === 'number' && maxTokens >= 1 ? Math.floor(maxTokens) : undefined);
}

/** Defaults that suit a pretrained model: it needs no warm start, and every completion of it is dear. */
const modelDefaults = {
  warmStartAccuracy: 0,
  loraRank: 16,
  iterations: 50,
  numGroups: 8,
  evaluationPrompts: 50,
  finalEvaluationPrompts: 200,
  evaluationSamples: 1,
} as const;

/** The same on a server, whose width is not known: Tinker's own learning rate. */
const serverDefaults = { ...modelDefaults, learningRate: 1e-4 } as const;

/** Matrices with adapters, by `loraTargets`. */
export const adapterTargetSets: Readonly<Record<Parsed['loraTargets'], AdapterSpec['targets']>> = {
  all: adapterTargets,
  attention: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  'query-value': ['q_proj', 'v_proj'],
};

/** Fields that a pretrained model decides. */
const shapeFields = [
  ...(['hiddenSize', 'numHiddenLayers', 'numAttentionHeads', 'numKeyValueHeads', 'headDim', 'intermediateSize'] as const),
  ...(['ropeTheta', 'rotaryLayout', 'rmsNormEps', 'attentionBias', 'queryKeyNorm', 'tieWordEmbeddings'] as const),
];

/** The fields of an adapter that training begins from. Throws {@link CohortError} for one of other matrices than a field can name. */
function adapterFields(begun: PretrainedModel['adapter'], place: string): Record<string, unknown> {
  if (!begun) return {};
  const { rank, alpha, targets, frozenLayers = 0 } = begun.adapter;
  const isSet = (set: AdapterSpec['targets']): boolean => set.length === targets.length && set.every((one) => targets.includes(one));
  const named = Object.entries(adapterTargetSets).find(([, set]) => isSet(set));
  if (named) return { loraRank: rank, loraAlpha: alpha, loraTargets: named[0], frozenLayers };
  const sets = Object.values(adapterTargetSets).map((set) => set.join(', '));
  throw mistake(`model ${show(place)}`, `an adapter of ${sets.join('; or of ')}`, targets.join(', '), 'take an adapter of these matrices');
}

/** The fields that a pretrained model decides, with its values. Throws {@link CohortError} where the user says something else. */
function shapeOf(
  { checkpoint: { shape }, place, adapter }: PretrainedModel,
  said: Readonly<Record<string, unknown>>,
  where: (field: string) => string,
) {
  const values: Record<string, unknown> = {
    ...Object.fromEntries(shapeFields.map((field) => [field, shape[field] ?? false])),
    ...adapterFields(adapter, place),
  };
  const other = Object.keys(values).find((field) => said[field] !== undefined && said[field] !== values[field]);
  if (other === undefined) return values;
  throw mistake(where(other), `${show(values[other])}, as the model ${show(place)} has it`, show(said[other]), 'leave it out');
}

/** What an input says of a model on a server. Throws {@link CohortError} where the model or the address is missing. */
function servedModel(input: Readonly<Record<string, unknown>>, where: (field: string) => string) {
  const { model, tokenizer, url } = input;
  const place = tokenizerPlace(input, where('model'));
  if (typeof model !== 'string' || model === '') {
    throw mistake(where('model'), 'the server’s name of a model', show(model), 'name one, for example Qwen/Qwen3-4B');
  }
  if (url === undefined || url === null) {
    throw mistake(where('url'), 'the address of the server, with backend tinker', 'none', 'write for example http://127.0.0.1:8000');
  }
  return { model, tokenizer: place ?? tokenizer };
}

/** The estimator of an input: an object, or the row of that name. Throws {@link CohortError} for `custom` without an object. */
export function estimatorOf(input: Readonly<Record<string, unknown>>, name: string): CompletionEstimator {
  return typeof input.estimator === 'object' && input.estimator !== null ? (input.estimator as CompletionEstimator) : findEstimator(name);
}

/**
 * Fills in defaults and validates everything. `input` is flat. Its `estimator` is a name of the table or what `defineEstimator` made; its `task` is an id
 * or an object, whose defaults go before those of the fields; `known` are tasks and models by name. Throws {@link CohortError} for an unknown task or field, a value out of range, and for
 * fields that contradict each other. `nameOf` writes a field the way the user wrote it (`--group-size`).
 */
export function resolveLanguageConfig(
  input: Readonly<Record<string, unknown>>,
  subject = 'configuration',
  nameOf: (field: string) => string = (field) => field,
  known: Known = {},
): LanguageConfig {
  checkRecord(input, subject, 'a record of fields', "write for example { task: 'add-2digit' }");
  const { task: named, estimator, model: _, modelSha256: recorded, ...given } = input;
  refuseSampler(input, `${subject}: ${nameOf('backend')}`);
  const task = taskOf(input, known);
  const model = modelOf(input, known);
  const where = (field: string): string => `${subject}: ${nameOf(field)}`;
  if (model && recorded !== undefined && recorded !== model.sha256) {
    const advice = 'give the model that the run began from, or begin a new run';
    throw mistake(where('model'), `the files of SHA-256 ${show(recorded)}`, `others (${model.sha256}) at ${show(model.place)}`, advice);
  }
  const own = typeof estimator === 'object' && estimator !== null;
  const defined = Object.fromEntries(
    Object.entries({ ...given, estimator: own ? 'custom' : estimator }).filter(([, value]) => value !== undefined),
  );
  const served = isServed(input);
  if (served && task.images) throw mistake(where('task'), 'a task of texts, with backend tinker', 'one with pictures', 'train it here');
  const decided = served ? servedModel(input, where) : model && { ...shapeOf(model, defined, where), model: model.place };
  // What an adapter was trained with goes on, unless another one is said.
  const dropout = model?.adapter?.adapter.dropout;
  const ofModel = model && { ...modelDefaults, ...(dropout !== undefined && { loraDropout: dropout }) };
  const lowest = { ...task.defaults, ...(served ? serverDefaults : ofModel) };
  const fields = parseConfig(languageSchema(), { ...lowest, ...defined, ...decided }, subject, nameOf, foreignOfLanguage);
  const preset = estimatorOf(input, fields.estimator);
  // A server learns from a batch once.
  const updateEpochs = fields.updateEpochs ?? (served ? 1 : preset.updateEpochs);
  const maxTokens = fields.maxTokens ?? task.completionLength;
  const narrowing = Math.min(1, defaultRatesWidth / fields.hiddenSize);
  const config: LanguageConfig = {
    ...fields,
    ...(model && { modelSha256: model.sha256 }),
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
    maxTokens,
    ...branchDefaults(fields, preset, maxTokens),
    learningRate: fields.learningRate ?? defaultLearningRate * narrowing,
    warmStartLearningRate: fields.warmStartLearningRate ?? defaultWarmStartLearningRate * narrowing,
    warmStartSeed: fields.warmStartSeed ?? fields.seed,
    warmupIterations: fields.warmupIterations ?? Math.min(defaultWarmupIterations, fields.iterations),
    weightDecay: fields.weightDecay ?? (fields.optimizer === 'adamw' ? defaultWeightDecay : 0),
  };
  for (const [field, expected, got, advice] of contradictions(config, task, preset)) {
    throw mistake(`${subject}: ${nameOf(field)}`, expected, got, advice);
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

/** What a pretrained model cannot be combined with yet, and what needs one. */
function* modelContradictions(
  { model, loraRank, warmStartAccuracy, estimator, baseWeights }: LanguageConfig,
  preset: CompletionEstimator,
): Generator<Contradiction> {
  if (baseWeights !== 'float32' && loraRank === 0) {
    const advice = 'weights that are trained need all their digits: give --model and --lora-rank, or leave it out';
    yield ['baseWeights', 'float32 without adapters beside the weights of a model', baseWeights, advice];
  }
  if (model === undefined) {
    if (loraRank > 0)
      yield [
        'loraRank',
        '0 without a model',
        show(loraRank),
        'adapters leave pretrained weights as they are: give --model, or leave it out',
      ];
    return;
  }
  if (preset.needsCritic) {
    yield [
      'estimator',
      'one without a critic, with a model',
      estimator,
      'a critic of the size of the model is not supported: choose gpg-lm or another group method',
    ];
  }
  if (warmStartAccuracy > 0) {
    yield ['warmStartAccuracy', '0 with a model', show(warmStartAccuracy), 'a pretrained model begins as it is: leave it out'];
  }
}

/** What cannot be frozen. */
function* frozenContradictions({ frozenLayers, numHiddenLayers, tieWordEmbeddings, loraRank }: LanguageConfig): Generator<Contradiction> {
  if (frozenLayers >= numHiddenLayers) {
    yield ['frozenLayers', `less than numHiddenLayers = ${numHiddenLayers}`, show(frozenLayers), 'leave a block to be trained'];
  }
  if (frozenLayers > 0 && tieWordEmbeddings && loraRank === 0) {
    const advice = 'the head would be trained and the embedding, the same matrix, would not: give loraRank, or leave it out';
    yield ['frozenLayers', '0 where the head is the embedding and all weights are trained', show(frozenLayers), advice];
  }
}

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
  if (config.dualClip > 0 && (preset.loss !== 'clipped' || config.dualClip <= 1 + config.clipHigh)) {
    const expected =
      preset.loss === 'clipped'
        ? `0, or more than 1 + clipHigh = ${1 + config.clipHigh}`
        : `0 with estimator ${estimator}, which does not clip like that`;
    yield ['dualClip', expected, show(config.dualClip), 'write 3, as verl has it, or leave it out'];
  }
  if (config.formatWeight !== 1 && config.formatReward === 'none') {
    yield ['formatWeight', 'a formatReward with it', 'formatReward none', 'give formatReward too, or leave it out'];
  }
  if (readStopTexts(config.stop).includes('')) {
    yield ['stop', 'texts that are not empty', show(config.stop), 'write for example </answer>, with | between several and \\| for a bar'];
  }
  if (config.overlongTokens > config.maxTokens) {
    yield [
      'overlongTokens',
      `at most maxTokens = ${config.maxTokens}`,
      show(config.overlongTokens),
      'choose fewer: a fifth of maxTokens is usual',
    ];
  }
  const ofDivergence = config.klForm !== 'k3' ? 'klForm' : config.klIn !== 'loss' ? 'klIn' : undefined;
  const ofReference = config.klTarget > 0 ? 'klTarget' : config.referenceInterval > 0 ? 'referenceInterval' : undefined;
  if (ofReference && config.klCoef === 0) yield [ofReference, 'a klCoef above 0 with it', 'klCoef 0', 'give klCoef too, or leave it out'];
  if (config.referenceInterval > 0 && config.loraRank > 0) {
    const advice = 'with adapters the reference is the model without them, which stays: leave it out';
    yield ['referenceInterval', '0 with loraRank', show(config.referenceInterval), advice];
  }
  if (config.referenceMix !== 1 && config.referenceInterval === 0) {
    yield ['referenceMix', 'a referenceInterval with it', 'referenceInterval 0', 'give referenceInterval too, or leave it out'];
  }
  if (ofDivergence && config.klCoef === 0) yield [ofDivergence, 'a klCoef above 0 with it', 'klCoef 0', 'give klCoef too, or leave it out'];
  if (config.alphaMax !== undefined && config.gradientRescaling === 'off') {
    yield ['alphaMax', 'gradientRescaling group, token or nonzero with it', 'gradientRescaling off', 'choose one, or leave alphaMax out'];
  }
  yield* branchContradictions(config, preset, task) as Generator<Contradiction>;
  if (preset.needsCritic && (config.advantageScale !== undefined || config.gradientRescaling !== 'off')) {
    const field = config.advantageScale === undefined ? 'gradientRescaling' : 'advantageScale';
    yield [field, `none with estimator ${estimator}, whose advantages come from a critic`, show(config[field]), 'leave it out'];
  }
  if (config.loraDropout > 0 && config.loraRank === 0) {
    yield ['loraDropout', 'a loraRank above 0 with it', 'loraRank 0', 'it is a dropout of adapters: give loraRank too, or leave it out'];
  }
  yield* frozenContradictions(config);
  if (config.backend === 'kernels') yield* modelContradictions(config, preset);
  const usual = parseConfig(languageSchema(), { ...task.defaults }, 'defaults');
  yield* serverContradictions(config, preset, usual, shapeFields) as Generator<Contradiction>;
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
  if (config.rewardTimeout !== undefined && task.rollout) {
    const advice = 'a rollout runs in the thread of the run: leave it out; rewardSeconds ends what waits';
    yield ['rewardTimeout', `none for task ${task.id}, which has a rollout`, show(config.rewardTimeout), advice];
  }
  if (config.maxTokens > task.completionLength) {
    const advice = 'the task says how long a completion may be; choose less';
    yield ['maxTokens', `at most ${task.completionLength} for task ${task.id}`, show(config.maxTokens), advice];
  }
  if (config.warmupIterations > config.iterations) {
    yield ['warmupIterations', `at most iterations ${config.iterations}`, show(config.warmupIterations), 'choose fewer'];
  }
}
