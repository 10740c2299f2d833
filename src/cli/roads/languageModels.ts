/**
 * The road of language models at the command line.
 */
import { join } from 'node:path';
import { languageLook } from '../../display/languageLines.ts';
import type { RunEvaluation } from '../../node/toolkit.ts';
import { type AccuracyInterval, accuracyInterval, mean } from '../../statistics/index.ts';
import { labelKeys } from '../beginningKeys.ts';
import { gainOf, languageEffort, languageJointVerdict, languageVerdict } from '../closing/languageModels.ts';
import { flagsOfFields, properName } from '../flags.ts';
import { commandLine } from '../invocation.ts';
import { exampleProblem } from '../lm/exampleProblem.ts';
import { columnOptions, dataOptions, openTarget, readAsked } from '../lm/ownTask.ts';
import { type ServerFlags, serverOptions } from '../lm/serverOptions.ts';
import { type WeightsFlag, weightsOption } from '../lm/weights.ts';
import { formatNumber, formatShare } from '../terminal.ts';
import type { Road, RoadEvaluation, RoadTraining } from './road.ts';

const prefix = 'lm';
/** All fields belong to one method: the estimators differ in defaults only. */
const method = `${prefix} train`;

// What an estimator decides by default: not to be carried over to another one.
const estimatorFlags: readonly string[] = [
  '--estimator',
  '--advantage-scale',
  '--gradient-rescaling',
  '--alpha-max',
  '--min-valid-fraction',
  '--aggregation',
  '--update-epochs',
  '--clip-low',
  '--clip-high',
];

const training: RoadTraining = {
  description: 'improve a small language model by group policy gradient, from a warm start',
  precedence: 'defaults, defaults of the task, --config file, flags',
  examples: [
    'add-2digit',
    'add-2digit --estimator grpo --seed 1,2,3',
    'sums.jsonl --prompt-column question --held-out 0.2',
    'questions.jsonl --model smollm2-135m-instruct.gguf --lora-rank 16',
    'questions.jsonl --backend tinker --url http://127.0.0.1:8000 --model Qwen/Qwen3-4B',
    'sort --gradient-rescaling off --min-valid-fraction 0.6 --json > run.jsonl',
  ],
  fileKeys: ['task', 'seed', ...labelKeys],
  takesModules: true,
  takesPolicies: false,
  fields: ({ describeFields, languageSchema }) => flagsOfFields([[method, describeFields(languageSchema())]]),
  titleOf: (field, value, { findEstimator }) => (field === 'estimator' ? findEstimator(value).title : ''),
  help: ({ languageTasks }) => `Tasks: ${Object.keys(languageTasks).join(', ')}.`,
  options: () => dataOptions(),
  open({ target, flags, file }, library) {
    const named = (['model', 'backend', 'tokenizer'] as const).map((field) => [field, flags.get(`--${field}`) ?? file?.values[field]]);
    return openTarget(target, flags, library, Object.fromEntries(named));
  },
  begin(task, _said, _placeOf, { findTask, tasks }) {
    if (!tasks.has(task)) findTask(task); // throws with the nearest ids
    return { method, input: { task } };
  },
  resolve: (input, library, nameOf) => library.resolveLanguageConfig(input, method, nameOf, library),
  compare: ({ estimator }) => ({
    method: estimator === 'gpg-lm' ? 'grpo' : 'gpg-lm',
    keeps: (flag) => !estimatorFlags.includes(properName(flag)),
  }),
  // The prompts and completions of an iteration are fields that both share.
  sameBudget: (budget, config) => (budget.iterations === config.iterations ? [] : [['--iterations', String(budget.iterations)]]),
};

/** Rows of the table: what, how often right, interval, mean length. */
function evaluationRows({ sampled, greedy, passAtK = [], majAtK = [] }: RunEvaluation, numSamples: number): string[][] {
  const row = (name: string, { accuracy, low, high }: AccuracyInterval, ...more: readonly string[]): string[] => {
    return [name, formatShare(accuracy), `${(low * 100).toFixed(1)}–${formatShare(high)}`, ...more];
  };
  return [
    ...(sampled.returns.length > 0
      ? [row('sampled', accuracyInterval(sampled.returns, numSamples), formatNumber(mean(sampled.lengths)))]
      : []),
    row('greedy', accuracyInterval(greedy.returns), formatNumber(mean(greedy.lengths))),
    ...passAtK.map((value) => row(`pass@${value.k}`, value)),
    ...majAtK.map((value) => row(`maj@${value.k}`, value)),
  ];
}

/** What is to be said below the table: what was not counted, or not judged. */
function evaluationNotes(
  evaluation: RunEvaluation,
  { numPrompts, numSamples = 1 }: Readonly<Record<string, number | undefined>>,
): string[] {
  const { failedRewards = 0, unclear, notAsked = 0, sampled, greedy } = evaluation;
  const asked = greedy.returns.length;
  const isAll = numPrompts === undefined || asked < numPrompts;
  const sampledToo = numSamples > 0 ? `${unclear?.sampled} of ${sampled.returns.length * numSamples} sampled and ` : '';
  const unjudged = `${sampledToo}${unclear?.greedy} of ${asked} greedy answers`;
  return [
    ...(isAll && failedRewards === 0 ? [`${asked} questions: all that there are`] : []),
    ...(failedRewards > 0 ? [`${failedRewards} rewards failed; their completions are not counted`] : []),
    ...(unclear ? [`${unjudged} are unclear to the verifier; they count as not right`] : []),
    ...(notAsked > 0 ? [`not asked: ${notAsked} of the questions, too long or of characters that the model does not know`] : []),
  ];
}

const evaluation: RoadEvaluation = {
  flags: [
    {
      name: 'numPrompts',
      flag: '--prompts',
      description: 'held-out prompts; of a file its first, all if left out',
      default: 500,
      min: 1,
      max: 1_000_000,
    },
    {
      name: 'numSamples',
      flag: '--samples',
      description: 'completions per prompt; 0 = the greedy one alone',
      default: 8,
      min: 0,
      max: 4096,
    },
    {
      name: 'maxTokens',
      flag: '--max-tokens',
      description: 'of a pretrained model as it is: most tokens of an answer (default 256)',
      min: 1,
      max: 65_536,
    },
    {
      name: 'threads',
      flag: '--threads',
      description: 'threads; the results do not depend on it (default: as in training, 1 of a pretrained model as it is)',
      min: 1,
      max: 64,
    },
  ],
  options: () => [weightsOption(), ...serverOptions()],
  heading: ['accuracy', 'right', '95 % interval', 'mean length'],
  describe({ numPrompts, numSamples }, hasFile) {
    const what = hasFile
      ? numPrompts === undefined
        ? 'every question'
        : numPrompts === 1
          ? 'the first question'
          : `the first ${numPrompts} questions`
      : `${numPrompts} held-out prompts`;
    return `${what}, ${numSamples === 0 ? 'greedy' : `${numSamples} ${numSamples === 1 ? 'completion' : 'completions'} of each`}`;
  },
  async measure(directory, options, { library, said, asked, onProgress }) {
    const { baseWeights, model, tokenizer } = said as WeightsFlag & ServerFlags;
    const evaluation = await library.evaluate(directory, { ...options, ...asked, baseWeights, model, tokenizer, onProgress });
    return { evaluation, rows: evaluationRows(evaluation, options.numSamples ?? 1), notes: evaluationNotes(evaluation, options) };
  },
  files: {
    description: 'ask the questions of this file instead: JSON lines, CSV or Parquet; of a model on a server also the id of a task',
    options: columnOptions,
    read: readAsked,
  },
};

/** Training language models: `lm train`, `eval`, `lm sample`, ... */
export const languageModels: Road = {
  name: 'language-models',
  commandPrefix: [prefix],
  runNoun: 'a run of a language model',
  target: {
    key: 'task',
    noun: 'task',
    example: 'add-2digit',
    list: 'tasks',
    suggest: ({ languageTasks }) => Object.values(languageTasks).map(({ id, description }) => [id, description]),
  },
  methodKey: 'estimator',
  training,
  evaluation,
  look: languageLook,
  closing(summaries, { several, config }, paint) {
    const gains = summaries.map((summary) => gainOf(summary, Number(config.evaluationPrompts ?? 1)));
    const [only] = summaries;
    return several ? [languageJointVerdict(gains, paint)] : [...languageVerdict(only, gains[0]!, paint), languageEffort(only)];
  },
  nextSteps(folder, config, library) {
    const measure = { purpose: 'measure it', words: ['eval', folder] };
    // A task of the user's own may be known only where it was read.
    const task = library.tasks.get(String(config.task)) ?? library.languageTasks[String(config.task)];
    if (!task) return [measure];
    // A picture is no text to type.
    const prompt = task.images ? [] : ['--prompt', exampleProblem(task, library).prompt];
    return [measure, { purpose: 'let it write', words: [prefix, 'sample', folder, ...prompt] }];
  },
  instead: (command, path) =>
    command === 'export'
      ? `write it for transformers with \`${commandLine(prefix, 'export', path, '--output', 'model')}\`; its parameters are in ${join(path, 'checkpoint.safetensors')}`
      : `a language model writes: see it with \`${commandLine(prefix, 'sample', path)}\``,
};
