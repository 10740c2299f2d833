/**
 * `cohort-rl lm train <task>`: warms a small language model up and improves it by reinforcement learning, one run per seed.
 */
import type { Command } from 'commander';
import { readConfigFile } from '../configFile.ts';
import type { NextStep } from '../display/closing.ts';
import { type FieldFlag, languageFlags, languageMethod } from '../flags.ts';
import { commandLine, invocation, shownPath } from '../invocation.ts';
import { type Library, loadLibrary } from '../library.ts';
import {
  fieldOptions,
  helpOption,
  keptFlags,
  outputMode,
  runOptions,
  saidFlags,
  type TrainOptions,
  taskOption,
  writeFlags,
} from '../trainOptions.ts';
import { trainAll } from '../trainSeeds.ts';
import { buildLanguageRequest, type LanguageRequest, type LanguageWords } from './request.ts';
import { exampleProblem } from './tasks.ts';

/** Adds `train` to `lm`. Without the library it has a name and a description only: enough for the list of commands. */
export function addLanguageTrain(group: Command, library: Library | undefined, exit: (code: number) => void): void {
  const command = group
    .command('train')
    .description('improve a small language model by group policy gradient, from a warm start')
    .usage('[options] [task]')
    .argument('[task]', `id of a task, for example add-2digit (\`${invocation()} lm tasks\` lists them)`);
  if (!library) return;
  const fields = languageFlags(library);
  command.addOption(taskOption('--config <file>', 'settings from a YAML file: one `field: value` per line; flags come before it'));
  for (const option of fieldOptions(fields, [languageMethod])) command.addOption(option);
  for (const option of runOptions('<task>__<estimator>')) command.addOption(option);
  command.addHelpOption(helpOption());
  command.addHelpText('after', () => trainHelp(library));
  command.action(async (task: string | undefined, options: TrainOptions, self: Command) => {
    exit(await runTrain({ task, flags: saidFlags(self, fields, library) }, options, fields));
  });
}

function trainHelp(library: Library): string {
  return [
    '',
    "What wins: defaults < the task's own < --config file < flags.",
    `Tasks: ${Object.keys(library.languageTasks).join(', ')}.`,
    '',
    'Examples:',
    `  ${invocation()} lm train add-2digit`,
    `  ${invocation()} lm train add-2digit --estimator grpo --seed 1,2,3`,
    `  ${invocation()} lm train sort --gradient-rescaling off --min-valid-fraction 0.6 --json > run.jsonl`,
  ].join('\n');
}

async function runTrain(words: LanguageWords, options: TrainOptions, fields: readonly FieldFlag[]): Promise<number> {
  const library = await loadLibrary();
  const mode = outputMode(options, library);
  const file = options.config === undefined ? undefined : await readConfigFile(options.config, library);
  const request = buildLanguageRequest({ ...words, file }, fields, library);
  const { task, seeds, input, config } = request;
  return trainAll(
    {
      ...{ road: 'lm', target: task, method: config.estimator, seeds, input, config },
      title: languageTitle(config, seeds),
      next: (runDirectory) => nextSteps(request, words, runDirectory, library),
    },
    { runDirectory: options.runDir, mode },
    library,
  );
}

/** The header of the display: task, estimator, sizes, seeds. */
export function languageTitle(config: Readonly<Record<string, unknown>>, seeds: readonly (number | string)[]): string[] {
  // A config.json that was damaged: the library will say so in a moment.
  if (typeof config.task !== 'string') return ['resume'];
  return [
    config.task,
    String(config.estimator).toUpperCase(),
    `${config.groups} prompts x ${config.groupSize} completions`,
    `${config.layers} ${config.layers === 1 ? 'layer' : 'layers'} of ${config.hiddenSize}`,
    seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`,
  ];
}

// What an estimator decides unless it is said: not to be carried over to another one.
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

/** What to type after a run: measure, read, train longer, compare. */
function nextSteps({ task, config }: LanguageRequest, { flags }: LanguageWords, runDirectory: string, library: Library): NextStep[] {
  const kept = keptFlags(flags);
  const other = config.estimator === 'gpg-lm' ? 'grpo' : 'gpg-lm';
  const folder = shownPath(runDirectory);
  const shared = kept.filter(([flag]) => !estimatorFlags.includes(flag));
  return [
    { purpose: 'measure it', command: commandLine('lm', 'eval', folder) },
    {
      purpose: 'let it write',
      command: commandLine('lm', 'sample', folder, '--prompt', exampleProblem(library.findTask(task), library).prompt),
    },
    {
      purpose: 'train longer',
      command: commandLine('lm', 'train', task, ...writeFlags(kept), '--iterations', String(config.iterations * 2)),
      kind: 'longer',
    },
    {
      purpose: `compare with ${other.toUpperCase()}`,
      command: commandLine('lm', 'train', task, '--estimator', other, ...writeFlags(shared)),
    },
  ];
}
